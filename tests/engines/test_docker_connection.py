"""How often a Docker engine is asked to describe itself, over the connections of one process."""

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from docker.errors import APIError

from emulator.engines.docker import DockerEngine
from emulator.errors import EngineUnavailableError


class _Client:
    """The SDK's client, as far as it is asked here; `away` engines answer nothing."""

    asked: list[str]
    away = False
    version = "27.0"

    def __init__(self, **_settings: Any) -> None:
        self.api_version = "1.41"

    def info(self) -> Any:
        return self._answer("info", {"ServerVersion": self.version, "SystemTime": "2026-11-23"})

    def ping(self) -> Any:
        return self._answer("ping", True)

    def close(self) -> None:
        """Give nothing back."""

    def _answer(self, question: str, answer: Any) -> Any:
        self.asked.append(question)
        if self.away:
            message = "Connection refused"
            raise ConnectionRefusedError(message)
        return answer


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[type[_Client]]:
    monkeypatch.setattr(_Client, "asked", [], raising=False)
    monkeypatch.setattr("docker.APIClient", _Client)
    monkeypatch.setattr("emulator.engines.docker_connection._known", {})
    path = str(tmp_path / "engine.sock")
    monkeypatch.setenv("DOCKER_HOST", f"unix://{path}")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen()
        yield _Client


def test_an_engine_describes_itself_once_to_all_that_only_need_to_know_it(
    client: type[_Client],
) -> None:
    found = [DockerEngine().known() for _ in range(3)]
    assert found == [found[0]] * 3
    assert client.asked == ["info", "ping", "ping"]


def test_who_wants_to_hear_it_now_is_told_so(
    client: type[_Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    DockerEngine().known()
    monkeypatch.setattr(client, "version", "28.0")
    assert DockerEngine().info().version == "28.0"
    assert DockerEngine().known().version == "28.0"
    assert client.asked == ["info", "info", "ping"]


def test_a_known_engine_that_was_away_describes_itself_anew(
    client: type[_Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = DockerEngine()
    engine.known()
    with monkeypatch.context() as away:
        away.setattr(client, "away", True)
        with pytest.raises(EngineUnavailableError):
            engine.known()
    monkeypatch.setattr(client, "version", "28.0")
    assert engine.known().version == "28.0"
    assert client.asked == ["info", "ping", "info"]


def test_another_engine_describes_itself(
    client: type[_Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    DockerEngine().known()
    monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:2375")
    DockerEngine().known()
    assert client.asked == ["info", "info"]


def test_an_engine_that_refuses_to_describe_itself_is_named_with_its_address(
    client: type[_Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_self: object) -> None:
        message = "500 Server Error"
        raise APIError(message, explanation="no space left")

    monkeypatch.setattr(client, "info", refuse)
    with pytest.raises(EngineUnavailableError, match=r"unix://.* is not well: no space left"):
        DockerEngine().info()


@pytest.mark.parametrize("answer", [[], None, "engine"])
def test_what_does_not_describe_itself_is_no_engine(
    client: type[_Client], monkeypatch: pytest.MonkeyPatch, answer: object
) -> None:
    monkeypatch.setattr(client, "info", lambda _self: answer)
    with pytest.raises(EngineUnavailableError, match="is not a container engine"):
        DockerEngine().info()
