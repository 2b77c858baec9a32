"""An endpoint over real sockets, handed over as a pause container does it."""

import json
import os
import socket
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest

from emulator.ecs.endpoints import Endpoints, TaskEndpoint, remove_stale
from emulator.ecs.task_credentials import TaskCredentials
from tests.builders import NOON, container, task


@pytest.fixture
def endpoint(tmp_path: Path) -> Iterator[TaskEndpoint]:
    # Longer than the address of a Unix socket can be.
    directory = tmp_path / ("long" * 30)
    directory.mkdir()
    made = task(container(), task_role_arn="arn:aws:iam::123456789012:role/batch")
    endpoints = Endpoints(directory, TaskCredentials(None, lambda: NOON), lambda: NOON)
    opened = endpoints.open(lambda: made, lambda names: dict.fromkeys(names))
    opened.started("app")
    yield opened
    opened.close()


def _hand_over(endpoint: TaskEndpoint) -> int:
    """Listen on loopback, send the socket, and return its port."""
    descriptor = os.open(endpoint.path.parent, os.O_PATH)
    with socket.socket() as listener, socket.socket(socket.AF_UNIX) as way:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        way.connect(f"/proc/self/fd/{descriptor}/{endpoint.path.name}")
        socket.send_fds(way, [b"."], [listener.fileno()])
        port = int(listener.getsockname()[1])
    os.close(descriptor)
    return port


def _get(port: int, *paths: str) -> list[tuple[int, str]]:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    found = []
    for path in paths:
        connection.request("GET", path)
        response = connection.getresponse()
        found.append((response.status, response.read().decode()))
    connection.close()
    return found


def test_the_handed_over_socket_answers_on_one_connection_after_another(
    endpoint: TaskEndpoint,
) -> None:
    port = _hand_over(endpoint)
    environment = endpoint.environment("app")
    paths = [uri.removeprefix("http://169.254.170.2") for uri in environment.values()]
    metadata_v3, metadata_v4, _, credentials = paths
    answers = _get(port, metadata_v4, metadata_v3, credentials)
    assert [status for status, _ in answers] == [200, 200, 200]
    assert json.loads(answers[0][1])["Name"] == "app"
    assert _get(port, "/v4/other")[0][0] == 404


def test_the_environment_names_every_endpoint(endpoint: TaskEndpoint) -> None:
    assert list(endpoint.environment("app")) == [
        "ECS_CONTAINER_METADATA_URI",
        "ECS_CONTAINER_METADATA_URI_V4",
        "ECS_AGENT_URI",
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    ]


def test_what_is_no_request_harms_nobody(endpoint: TaskEndpoint) -> None:
    port = _hand_over(endpoint)
    with socket.create_connection(("127.0.0.1", port), timeout=10) as raw:
        raw.sendall(b"\0\xff nonsense\r\n\r\n")
        raw.recv(4096)
    assert _get(port, "/")[0][0] == 404


def test_a_closed_endpoint_listens_no_more_and_leaves_nothing(endpoint: TaskEndpoint) -> None:
    port = _hand_over(endpoint)
    _get(port, "/")
    endpoint.close()
    endpoint.close()
    with pytest.raises(ConnectionError):
        _get(port, "/")
    assert list(endpoint.path.parent.iterdir()) == []


def test_too_many_requests_are_told_so(endpoint: TaskEndpoint) -> None:
    port = _hand_over(endpoint)
    answers = _get(port, *["/"] * 100)
    assert (429, "You have reached maximum request limit.") in answers


def test_sockets_of_processes_that_are_gone_are_removed(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as gone:
        gone.bind(str(tmp_path / "gone"))
    with socket.socket(socket.AF_UNIX) as living:
        living.bind(str(tmp_path / "living"))
        living.listen()
        remove_stale(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["living"]
    remove_stale(tmp_path / "not there")
