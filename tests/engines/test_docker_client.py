"""The connection to the Docker engine: where it leads, and what is asked before anything else."""

import errno
import hashlib
import json
import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from docker.errors import DockerException

from emulator.engines.docker_client import connect, engine_address
from emulator.engines.docker_errors import translated
from emulator.errors import EngineUnavailableError


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


def _context(folder: Path, name: str, meta: object) -> None:
    """Write a context as the docker command does: in a folder named by its digest."""
    place = folder / "contexts/meta" / hashlib.sha256(name.encode()).hexdigest()
    place.mkdir(parents=True)
    (place / "meta.json").write_text(meta if isinstance(meta, str) else json.dumps(meta), "utf-8")
    (folder / "config.json").write_text("{}", "utf-8")


@pytest.fixture
def contexts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    monkeypatch.delenv("DOCKER_HOST", raising=False)
    monkeypatch.delenv("DOCKER_CONTEXT", raising=False)
    return tmp_path


def test_the_context_that_the_environment_names_is_where_the_engine_is(
    client: type[_Client], listener: str, contexts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint = {"docker": {"Host": listener, "SkipTLSVerify": False}}
    _context(contexts, "colima", {"Name": "colima", "Metadata": {}, "Endpoints": endpoint})
    monkeypatch.setenv("DOCKER_CONTEXT", "colima")
    connect()
    assert client.asked == [f"http+{listener}"]


def test_a_context_there_is_none_of_is_refused_by_name(
    client: type[_Client], contexts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_CONTEXT", "gone")
    with pytest.raises(EngineUnavailableError, match="there is no docker context 'gone'"):
        connect()
    assert client.asked == []


def test_a_current_context_that_is_gone_is_refused_as_the_docker_command_does(
    client: type[_Client], contexts: Path
) -> None:
    (contexts / "config.json").write_text('{"currentContext": "gone"}', "utf-8")
    with pytest.raises(EngineUnavailableError, match="there is no docker context 'gone'"):
        connect()
    assert client.asked == []


def test_a_configuration_file_that_names_no_context_means_the_default_one(contexts: Path) -> None:
    (contexts / "config.json").write_text('{"currentContext": ""}', "utf-8")
    assert engine_address() == "unix:///var/run/docker.sock"


@pytest.mark.parametrize("host", ["tcp://[::1:2375", "tcp://127.0.0.1:port", "tcp://box:99999"])
def test_an_address_that_is_none_is_refused_by_what_is_wrong(
    client: type[_Client], monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    monkeypatch.setenv("DOCKER_HOST", host)
    with pytest.raises(EngineUnavailableError) as refused:
        connect()
    assert refused.value.message.startswith(f"no container engine can be asked at {host}: ")
    assert client.asked == []


def test_a_context_whose_file_is_none_is_refused(
    client: type[_Client], contexts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _context(contexts, "colima", "{")
    monkeypatch.setenv("DOCKER_CONTEXT", "colima")
    with pytest.raises(EngineUnavailableError, match=r"cannot be read: .*corrupted"):
        connect()
    assert client.asked == []


def test_an_engine_behind_ssh_needs_a_package_that_is_named(
    client: type[_Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", "ssh://build@example")
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with pytest.raises(EngineUnavailableError, match=r"ssh://build@example.* paramiko is missing"):
        connect()
    assert client.asked == []


@pytest.mark.parametrize(
    ("number", "said", "hint"),
    [
        (errno.EACCES, "Permission denied", "usermod -aG docker"),
        (errno.ENOENT, "No such file or directory", "start Docker"),
        (errno.EMFILE, "Too many open files", "`ulimit -n`"),
    ],
)
def test_the_default_socket_is_named_and_the_hint_fits_what_is_in_the_way(
    contexts: Path, number: int, said: str, hint: str
) -> None:
    with pytest.raises(EngineUnavailableError) as refused, translated():
        raise OSError(number, os.strerror(number))
    where = "unix:///var/run/docker.sock"
    assert refused.value.message == f"no container engine answers at {where}: {said}"
    assert hint in str(refused.value.hint)


def _read_page() -> None:
    page = requests.Response()
    page._content = b"<html>502 Bad Gateway</html>"
    page.json()


def _ask_version() -> None:
    """Read it as the SDK does where it asks for the engine's version."""
    try:
        _read_page()
    except requests.JSONDecodeError as error:
        message = "Error while fetching server API version"
        raise DockerException(message) from error


@pytest.mark.parametrize("ask", [_read_page, _ask_version])
def test_what_gives_no_json_is_said_to_be_no_engine(ask: Callable[[], None]) -> None:
    with pytest.raises(EngineUnavailableError) as refused, translated():
        ask()
    assert "what answers at unix:///var/run/docker.sock is not a container engine" in str(
        refused.value
    )
    assert "DOCKER_HOST" in str(refused.value.hint)
