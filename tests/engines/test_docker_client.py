"""The connection to the Docker engine: where it leads, and what is asked before anything else."""

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from emulator.engines.docker_client import connect


class _Client:
    """The SDK's client, as far as it is asked here: "auto" asks the engine for its version."""

    asked: list[str]

    def __init__(self, *, version: str, base_url: str, **_settings: Any) -> None:
        if version == "auto":
            self.asked.append(base_url)
        self.api_version = "1.41" if version == "auto" else version


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> type[_Client]:
    _Client.asked = []
    monkeypatch.setattr("docker.APIClient", _Client)
    monkeypatch.setattr("emulator.engines.docker_client._versions", {})
    monkeypatch.delenv("DOCKER_TLS_VERIFY", raising=False)
    return _Client


@pytest.fixture
def listener(tmp_path: Path) -> Iterator[str]:
    path = str(tmp_path / "engine.sock")
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(path)
        made.listen()
        yield f"unix://{path}"


def test_an_engine_is_asked_for_its_version_once(
    client: type[_Client], listener: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", listener)
    versions = [connect().api_version for _ in range(3)]
    assert versions == ["1.41"] * 3
    assert len(client.asked) == 1
    assert client.asked[0].endswith(listener.removeprefix("unix://"))


def test_another_engine_is_asked_for_its_own(
    client: type[_Client], listener: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for host in (listener, "tcp://127.0.0.1:2375", listener):
        monkeypatch.setenv("DOCKER_HOST", host)
        connect()
    assert len(client.asked) == 2


def test_where_nobody_listens_nothing_is_asked(
    client: type[_Client], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path / 'nobody.sock'}")
    with pytest.raises(OSError, match="No such file"):
        connect()
    assert client.asked == []
