"""One process asks another to stop a task."""

from pathlib import Path

import pytest

from emulator.errors import StateDirectoryError
from emulator.state.history import History
from emulator.state.stop_requests import StopRequests, request_stop
from tests.builders import NOON


def test_a_stop_request_reaches_its_owner_once(path: Path, history: History) -> None:
    requests = StopRequests(history, "me/1@1")
    assert requests.take() == []
    other = History(path)
    request_stop(other, "a1", "me/1@1", "takes too long", NOON)
    request_stop(other, "b2", "somebody/2@2", "not mine", NOON)
    other.close()
    assert requests.take() == [("a1", "takes too long")]
    assert requests.take() == []


def test_a_stop_request_that_could_not_be_read_is_taken_at_the_next_look(
    path: Path, history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    requests = StopRequests(history, "me/1@1")
    other = History(path)
    request_stop(other, "a1", "me/1@1", "takes too long", NOON)
    other.close()

    def locked() -> None:
        message = "database is locked"
        raise StateDirectoryError(message)

    with monkeypatch.context() as busy:
        busy.setattr(history, "writing", locked)
        with pytest.raises(StateDirectoryError):
            requests.take()
    assert requests.take() == [("a1", "takes too long")]
