"""What a person is told of a pull, of what the engine says."""

from collections.abc import Iterator
from itertools import count
from types import SimpleNamespace
from typing import Any

import pytest

from emulator.engines import docker_pull
from emulator.engines.base import ImageUnavailableError
from emulator.engines.docker_pull import pull

EVENTS = (
    {"status": "Pulling from library/app", "id": "1.2"},
    {"status": "Pulling fs layer", "progressDetail": {}, "id": "aaa"},
    {"status": "Pulling fs layer", "progressDetail": {}, "id": "bbb"},
    {"status": "Already exists", "progressDetail": {}, "id": "aaa"},
    {"status": "Pull complete", "progressDetail": {}, "id": "bbb"},
    {"status": "Digest: sha256:0123"},
    {"status": "Status: Downloaded newer image for app:1.2"},
)


class _Api:
    def __init__(self, events: tuple[dict[str, Any], ...]) -> None:
        self._events = events

    def pull(self, image: str, **_: object) -> Iterator[dict[str, Any]]:
        yield from self._events


@pytest.fixture(autouse=True)
def a_second_each(monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = count()
    monkeypatch.setattr(docker_pull, "time", SimpleNamespace(monotonic=lambda: next(seconds)))


def test_layers_are_counted_and_nothing_else_is_one() -> None:
    told: list[str] = []
    pull(_Api(EVENTS), "app:1.2", None, None, told.append)
    assert "pulling app:1.2: 1 of 2 layers" in told
    assert told[-1] == "pulling app:1.2: 2 of 2 layers"


def test_an_error_in_the_midst_of_it_is_that_of_the_image() -> None:
    with pytest.raises(ImageUnavailableError, match="toomanyrequests"):
        pull(_Api((*EVENTS[:2], {"error": "toomanyrequests: slow down"})), "app", None, None, print)
