"""What another service at the engine's address answers, which is no engine's answer."""

import socket
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from docker.errors import DockerException

from emulator.engines.base import EngineRefusedError
from emulator.engines.docker import DockerEngine
from emulator.engines.spec import ContainerSpec
from emulator.errors import EngineError, EngineUnavailableError

_ITSELF = {"ServerVersion": "27.0"}

_QUESTIONS: dict[str, Callable[[DockerEngine], object]] = {
    "create": lambda engine: engine.create(ContainerSpec(name="n", image="i")),
    "wait": lambda engine: engine.wait("abc"),
    "wait_briefly": lambda engine: engine.wait_briefly("abc", timedelta(seconds=1)),
    "address": lambda engine: engine.address("abc"),
    "watch_health": lambda engine: list(engine.watch_health("abc")),
    "stats": lambda engine: engine.stats("abc"),
    "read_log": lambda engine: list(engine.read_log("abc")),
    "find_image": lambda engine: engine.find_image("busybox"),
    "pull_image": lambda engine: engine.pull_image("busybox", progress=lambda _line: None),
    "pause_image": lambda engine: engine.pause_image(),
    "find_containers": lambda engine: engine.find_containers({}),
    "find_volumes": lambda engine: engine.find_volumes({}),
}


class _Client:
    """The SDK's client of a service that gives one answer to all but who it is."""

    api_version = "1.41"

    def __init__(self, itself: object, answer: object) -> None:
        self._itself = itself
        self._answer = answer

    def info(self) -> object:
        return self._itself

    def pull(self, _image: str, **_settings: object) -> list[object]:
        return [self._answer]

    def __getattr__(self, _name: str) -> Callable[..., object]:
        return lambda *_args, **_settings: self._answer


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    def answers(*, itself: object = _ITSELF, otherwise: object = None) -> DockerEngine:
        client = _Client(itself, otherwise)
        monkeypatch.setattr("docker.APIClient", lambda **_settings: client)
        return DockerEngine()

    monkeypatch.setattr("emulator.engines.docker_connection._known", {})
    path = str(tmp_path / "engine.sock")
    monkeypatch.setenv("DOCKER_HOST", f"unix://{path}")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen()
        yield answers


@pytest.mark.parametrize("answer", [["message"], [7], "message", 7, [["message"]]])
@pytest.mark.parametrize("question", _QUESTIONS)
def test_an_answer_of_another_shape_is_told_with_who_gave_it(
    service: Any, question: str, answer: object
) -> None:
    engine = service(otherwise=answer)
    with pytest.raises(EngineRefusedError, match=r"engine\.sock does not answer as Docker does"):
        _QUESTIONS[question](engine)


@pytest.mark.parametrize(
    "question", ["create", "wait", "wait_briefly", "watch_health", "find_image", "find_containers"]
)
def test_another_object_is_told_with_what_it_lacks(service: Any, question: str) -> None:
    engine = service(otherwise={"message": "page not found"})
    with pytest.raises(EngineRefusedError, match="does not answer as Docker does") as caught:
        _QUESTIONS[question](engine)
    assert caught.value.hint == (
        "point DOCKER_HOST to the engine itself, or look at the proxy before it"
    )


def test_a_part_of_another_kind_is_told_with_what_was_asked(service: Any) -> None:
    with pytest.raises(EngineRefusedError, match="the list of volumes: 'int' object"):
        service(otherwise={"Volumes": 3}).find_volumes({})
    with pytest.raises(EngineRefusedError, match="the state of a container: 'State' is missing"):
        service(otherwise={"Status": "up"}).wait("abc")


@pytest.mark.parametrize("details", [{"message": "not found"}, {"ID": "", "Containers": 0}])
def test_an_object_that_describes_no_engine_is_none(service: Any, details: object) -> None:
    with pytest.raises(EngineUnavailableError, match="is not a container engine"):
        service(itself=details).info()


def test_a_description_with_a_number_that_is_none_is_told(service: Any) -> None:
    engine = service(itself={**_ITSELF, "NCPU": None})
    with pytest.raises(EngineRefusedError, match="its description of itself: int"):
        engine.known()


@pytest.mark.parametrize("version", ["abc", "1.x"])
def test_a_version_that_is_none_is_told(
    service: Any, monkeypatch: pytest.MonkeyPatch, version: str
) -> None:
    def refuse(**_settings: object) -> None:
        int(version)

    engine = service()
    monkeypatch.setattr("docker.APIClient", refuse)
    with pytest.raises(EngineError, match="does not answer as Docker does: its version: invalid"):
        engine.find_volumes({})


def test_what_the_sdk_cannot_read_of_a_version_is_no_engine(
    service: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_settings: object) -> None:
        version: Any = ["1.41"]
        try:
            version["ApiVersion"]
        except TypeError as error:
            message = f"Error while fetching server API version: {error}"
            raise DockerException(message) from error

    engine = service()
    monkeypatch.setattr("docker.APIClient", refuse)
    with pytest.raises(EngineUnavailableError, match="it does not tell its version"):
        engine.find_volumes({})
