"""Endpoints over real sockets, handed over as pause containers do it."""

import errno
import json
import os
import socket
import stat
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest

from emulator.ecs import endpoint_server
from emulator.ecs.endpoint_answers import BURST
from emulator.ecs.endpoints import Endpoints, remove_stale
from emulator.ecs.task_credentials import TaskCredentials
from emulator.ecs.task_endpoint import TaskEndpoint
from emulator.model.task import Task
from emulator.model.task_definition import NetworkMode
from emulator.workers import NoThreadError
from tests.builders import NOON, container, task

ROLE = {"task_role_arn": "arn:aws:iam::123456789012:role/batch"}


def _open(
    directory: Path, made: Task, elapsed: Callable[[], float] = time.monotonic
) -> TaskEndpoint:
    credentials = TaskCredentials(None, lambda: NOON)
    endpoints = Endpoints(directory, credentials, lambda: NOON, elapsed=elapsed)
    opened = endpoints.open(lambda: made, lambda names: dict.fromkeys(names))
    opened.started("app")
    return opened


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    # Longer than the address of a Unix socket can be.
    return tmp_path / ("long" * 30)


@pytest.fixture
def endpoint(directory: Path) -> Iterator[TaskEndpoint]:
    opened = _open(directory, task(container(), **ROLE))
    yield opened
    opened.close()


class _Pause:
    """Listens on loopback and hands the socket over."""

    def __init__(self, directory: Path | None) -> None:
        assert directory is not None
        descriptor = os.open(directory, os.O_PATH)
        self.way = socket.socket(socket.AF_UNIX)
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen()
            self.port = int(listener.getsockname()[1])
            self.way.connect(f"/proc/self/fd/{descriptor}/handover")
            socket.send_fds(self.way, [b"."], [listener.fileno()])
        os.close(descriptor)

    def __enter__(self) -> int:
        return self.port

    def __exit__(self, *_: object) -> None:
        self.way.close()


def _get(port: int, *paths: str) -> list[tuple[int, str]]:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    found = []
    for path in paths:
        connection.request("GET", path)
        response = connection.getresponse()
        found.append((response.status, response.read().decode()))
    connection.close()
    return found


def _paths(endpoint: TaskEndpoint) -> list[str]:
    uris = endpoint.environment("app").values()
    return [uri.removeprefix("http://169.254.170.2") for uri in uris]


def test_the_handed_over_socket_answers_on_one_connection_after_another(
    endpoint: TaskEndpoint,
) -> None:
    with _Pause(endpoint.directory) as port:
        metadata_v3, metadata_v4, _, credentials = _paths(endpoint)
        answers = _get(port, metadata_v4, metadata_v3, credentials)
        assert [status for status, _ in answers] == [200, 200, 200]
        assert json.loads(answers[0][1])["Name"] == "app"
        assert _get(port, "/v4/other")[0][0] == 404


def test_every_container_of_its_own_network_hands_one_over(endpoint: TaskEndpoint) -> None:
    with _Pause(endpoint.directory) as one, _Pause(endpoint.directory) as two:
        path = _paths(endpoint)[1]
        assert [_get(port, path)[0][0] for port in (one, two)] == [200, 200]


@pytest.mark.parametrize("number", [errno.EMFILE, errno.ECONNABORTED])
def test_what_a_system_lacks_for_a_moment_is_not_the_end_of_an_endpoint(
    directory: Path, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    lacking, accept = iter([True, False, True]), socket.socket.accept

    def short(listener: socket.socket) -> object:
        if next(lacking, False):
            raise OSError(number, os.strerror(number))
        return accept(listener)

    monkeypatch.setattr(socket.socket, "accept", short)
    monkeypatch.setattr(endpoint_server, "PAUSE_SECONDS", 0.0)
    opened = _open(directory, task(container(), **ROLE))
    with _Pause(opened.directory) as port:
        assert [status for status, _ in _get(port, "/")] == [404]
    opened.close()


def test_a_socket_that_there_is_no_thread_for_is_given_back(
    endpoint: TaskEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(*_: object) -> object:
        raise NoThreadError("can't start new thread")

    with monkeypatch.context() as short:
        short.setattr(endpoint_server, "begin_thread", none)
        refused = _Pause(endpoint.directory)
        with refused as port, socket.socket() as probe:
            refused.way.settimeout(10)
            assert refused.way.recv(1) == b""
            with pytest.raises(ConnectionRefusedError):
                probe.connect(("127.0.0.1", port))
    with _Pause(endpoint.directory) as port:
        assert [status for status, _ in _get(port, "/")] == [404]


def test_who_connects_and_gives_nothing_keeps_nobody_away(endpoint: TaskEndpoint) -> None:
    descriptor = os.open(endpoint.directory or "", os.O_PATH)
    with socket.socket(socket.AF_UNIX) as idle:
        idle.connect(f"/proc/self/fd/{descriptor}/handover")
    os.close(descriptor)
    with _Pause(endpoint.directory) as port:
        assert _get(port, "/")[0][0] == 404


def test_the_environment_names_every_endpoint(endpoint: TaskEndpoint) -> None:
    assert list(endpoint.environment("app")) == [
        "ECS_CONTAINER_METADATA_URI",
        "ECS_CONTAINER_METADATA_URI_V4",
        "ECS_AGENT_URI",
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    ]


def test_another_process_serves_the_same_paths_and_the_giver_is_told_of_the_change(
    directory: Path, endpoint: TaskEndpoint
) -> None:
    with _Pause(endpoint.directory):
        again = _open(directory, task(container(), **ROLE))
        assert _paths(again) == _paths(endpoint)
        assert again.directory == endpoint.directory
        with _Pause(again.directory) as port:
            assert _get(port, *_paths(again)[:2])[0][0] == 200
        again.close()


def test_the_end_of_a_receiver_reaches_the_giver(endpoint: TaskEndpoint) -> None:
    pause = _Pause(endpoint.directory)
    with pause as port:
        _get(port, "/")
        endpoint.close()
        pause.way.settimeout(10)
        assert pause.way.recv(1) == b""


def test_nobody_else_may_read_what_is_kept(directory: Path, endpoint: TaskEndpoint) -> None:
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    assert stat.S_IMODE((directory / "key").stat().st_mode) == 0o600
    other = Endpoints(directory / "other", TaskCredentials(None, lambda: NOON), lambda: NOON)
    directory.joinpath("other").mkdir()
    opened = other.open(lambda: task(container(), **ROLE), lambda names: dict.fromkeys(names))
    # Credentials have an id that nobody can tell from the task's.
    assert _paths(opened)[3] != _paths(endpoint)[3]
    opened.close()


def test_what_is_no_request_harms_nobody(endpoint: TaskEndpoint) -> None:
    with _Pause(endpoint.directory) as port:
        with socket.create_connection(("127.0.0.1", port), timeout=60) as raw:
            raw.sendall(b"\0\xff nonsense\r\n\r\n")
            raw.recv(4096)
        assert _get(port, "/")[0][0] == 404


def test_a_closed_endpoint_listens_no_more_and_leaves_nothing(
    directory: Path, endpoint: TaskEndpoint
) -> None:
    with _Pause(endpoint.directory) as port:
        _get(port, "/")
        endpoint.close()
        endpoint.close()
        with pytest.raises(ConnectionError):
            _get(port, "/")
    assert [path.name for path in directory.iterdir()] == ["key"]


def test_too_many_requests_are_told_so(directory: Path) -> None:
    opened = _open(directory, task(container(), **ROLE), elapsed=lambda: 0.0)
    with _Pause(opened.directory) as port:
        answers = _get(port, *["/"] * (BURST + 1))
    opened.close()
    assert {status for status, _ in answers[:-1]} == {404}
    assert answers[-1] == (429, "You have reached maximum request limit.")


def test_in_network_mode_host_it_is_on_loopback_and_stays_where_it_is(directory: Path) -> None:
    made = task(container(), network_mode=NetworkMode.HOST, **ROLE)
    opened = _open(directory, made)
    environment = opened.environment("app")
    assert opened.directory is None
    assert "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI" not in environment
    uri = environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"]
    found, _, path = uri.removeprefix("http://127.0.0.1:").partition("/")
    assert json.loads(_get(int(found), f"/{path}")[0][1])["RoleArn"].endswith("role/batch")
    kept = {p.name: p.read_text() for p in (directory / made.id).iterdir()}
    opened.close()
    # As a process that was killed leaves it.
    (directory / made.id).mkdir()
    (directory / made.id / "port").write_text(kept["port"])
    again = _open(directory, made)
    assert again.environment("app") == environment
    again.close()


def test_a_port_that_somebody_else_has_meanwhile_is_not_taken_for_its_own(
    directory: Path,
) -> None:
    made = task(container(), network_mode=NetworkMode.HOST, **ROLE)
    (directory / made.id).mkdir(parents=True)
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        (directory / made.id / "port").write_text(str(other.getsockname()[1]))
        with pytest.raises(OSError, match="in use"):
            _open(directory, made)


def test_what_is_left_of_tasks_that_are_over_is_removed(tmp_path: Path) -> None:
    for name in ("over", "goes-on", "not-recorded-yet"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "port").touch()
    (tmp_path / "over" / "owner").write_text("gone")
    (tmp_path / "not-recorded-yet" / "owner").write_text("alive")
    (tmp_path / "key").touch()
    with socket.socket(socket.AF_UNIX) as earlier:
        earlier.bind(str(tmp_path / "of-an-earlier-version"))
    remove_stale(tmp_path, {"goes-on"}, "alive".__eq__)
    left = sorted(path.name for path in tmp_path.iterdir())
    assert left == ["goes-on", "key", "not-recorded-yet"]
    remove_stale(tmp_path / "not there", (), "alive".__eq__)


def test_a_port_that_cannot_be_read_means_no_endpoint(directory: Path) -> None:
    made = task(container(), network_mode=NetworkMode.HOST, **ROLE)
    (directory / made.id).mkdir(parents=True)
    (directory / made.id / "port").write_text("")
    with pytest.raises(OSError, match="no port is in it"):
        _open(directory, made)
