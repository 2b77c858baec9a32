"""The endpoint at 169.254.170.2 inside of each awsvpc task: metadata, statistics, credentials.

::

    pause container                     ecs-local
    listens at 169.254.170.2:80   --->  receives the listening socket through a Unix socket
                                        accepts, reads a request, answers from the task's record

The socket is made within the task's own network namespace, so that nobody but the task reaches
it, and no address or port of this machine is taken. The engine must run on this machine, for a
socket to be handed from one process to another.
"""

import os
import secrets
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Final

from emulator.ecs.endpoint_answers import NOT_FOUND, TOO_MANY, Answer, RateLimit, Stats, TaskView
from emulator.ecs.task_credentials import TaskCredentials
from emulator.model.task import Task

HOST: Final = "http://169.254.170.2"
_MOST_CONNECTIONS: Final = 64
"""Connections of one task that are answered at once; further ones wait."""

_SECONDS: Final = 10.0
"""How long a connection may say nothing."""


class TaskEndpoint:
    """The endpoint of one task: opened before its pause container starts, closed at its end.

    `path` is the Unix socket to be mounted into the pause container.
    """

    def __init__(self, view: TaskView, path: Path) -> None:
        self.path = path
        self._view = view
        self._limit = RateLimit(time.monotonic)
        self._lock = threading.Lock()
        self._slots = threading.BoundedSemaphore(_MOST_CONNECTIONS)
        self._listener: socket.socket | None = None
        self._closed = False
        self._handover = _listen(path)
        threading.Thread(target=self._serve, name="endpoint", daemon=True).start()

    def environment(self, container: str) -> dict[str, str]:
        """Return what tells a container of the endpoint; the agent writes it over the user's."""
        own, credentials = self._view.ids[container], self._view.credentials_id
        found = {
            "ECS_CONTAINER_METADATA_URI": f"{HOST}/v3/{own}",
            "ECS_CONTAINER_METADATA_URI_V4": f"{HOST}/v4/{own}",
            "ECS_AGENT_URI": f"{HOST}/api/{own}",
        }
        if credentials is not None:
            found["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = f"/v2/credentials/{credentials}"
        return found

    def started(self, container: str) -> None:
        """Take in that the task's record says of a container that it runs."""
        self._view.started[container].set()

    def close(self) -> None:
        """Accept nothing any more, and leave nothing behind; idempotent."""
        with self._lock:
            self._closed = True
            _end(self._handover)
            if self._listener is not None:
                _end(self._listener)
        self.path.unlink(missing_ok=True)

    def _serve(self) -> None:
        # An error of a socket here is its end: the task is over, or the engine gone.
        with suppress(OSError):
            listener = self._receive()
            while listener is not None:
                self._slots.acquire()
                connection, _ = listener.accept()
                threading.Thread(
                    target=self._answer, args=(connection,), name="endpoint", daemon=True
                ).start()

    def _receive(self) -> socket.socket | None:
        """Wait for the listening socket from the pause container; None for anything else."""
        connection, _ = self._handover.accept()
        with connection:
            _, descriptors, _, _ = socket.recv_fds(connection, 1, 1)
        if not descriptors:
            return None
        listener = socket.socket(fileno=descriptors[0])
        with self._lock:
            self._listener = listener
            if self._closed:
                _end(listener)
        return listener

    def _answer(self, connection: socket.socket) -> None:
        try:
            with connection, suppress(OSError):
                connection.settimeout(_SECONDS)
                _Request(connection, self._found)
        finally:
            self._slots.release()

    def _found(self, path: str) -> Answer:
        with self._lock:
            admitted = self._limit.admits()
        return self._view.answer(path) if admitted else TOO_MANY


class _Request(BaseHTTPRequestHandler):
    """Reads the requests of one connection and answers them."""

    protocol_version = "HTTP/1.1"
    server_version = "ecs-local"
    sys_version = ""
    wbufsize = -1
    """Buffered: an answer in two pieces would wait for the acknowledgement of the first."""

    def __init__(self, connection: socket.socket, found: Callable[[str], Answer]) -> None:
        self._found = found
        super().__init__(connection, ("", 0), None)  # type: ignore[arg-type] # no server asks

    def do_GET(self) -> None:
        self._send(self._found(self.path))

    def do_PUT(self) -> None:
        self._send(NOT_FOUND)

    def log_message(self, *_: object) -> None:
        """Say nothing: paths hold the ids that open them."""

    def _send(self, answer: Answer) -> None:
        body = answer.body.encode("utf-8", "replace")
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Endpoints:
    """Opens endpoints; their Unix sockets are in `directory`, which is this user's alone."""

    def __init__(
        self, directory: Path, credentials: TaskCredentials, now: Callable[[], datetime]
    ) -> None:
        self._directory = directory
        self._credentials = credentials
        self._now = now

    def open(self, task: Callable[[], Task], stats: Stats) -> TaskEndpoint:
        """Open the endpoint of a task. Raises OSError where no socket can be made."""
        made = task()
        self._directory.mkdir(mode=0o700, exist_ok=True)
        view = TaskView(
            task=task,
            ids={c.name: f"{made.id}-{_ten_digits()}" for c in made.containers},
            credentials_id=str(uuid.uuid4()) if made.task_definition.task_role_arn else None,
            credentials=self._credentials,
            stats=stats,
            now=self._now,
            started={c.name: threading.Event() for c in made.containers},
        )
        return TaskEndpoint(view, self._directory / made.id)


def remove_stale(directory: Path) -> None:
    """Remove Unix sockets that a process which is gone has left."""
    if not directory.is_dir():
        return
    for path in directory.iterdir():
        with socket.socket(socket.AF_UNIX) as probe, _address(path) as address:
            try:
                probe.connect(address)
            except ConnectionRefusedError:
                path.unlink(missing_ok=True)
            except OSError:
                continue


def _ten_digits() -> str:
    return str(secrets.randbelow(9 * 10**9) + 10**9)


def _listen(path: Path) -> socket.socket:
    """Return a Unix socket that listens at a path.

    Everybody may write to it, for a container's root may be nobody on this machine; its directory
    keeps others away.
    """
    made = socket.socket(socket.AF_UNIX)
    try:
        with _address(path) as address:
            made.bind(address)
        path.chmod(0o666)
        made.listen(1)
    except OSError:
        made.close()
        raise
    return made


@contextmanager
def _address(path: Path) -> Iterator[str]:
    """Give an address for a path: it has 108 bytes at most, and a path may be longer."""
    descriptor = os.open(path.parent, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{descriptor}/{path.name}"
    finally:
        os.close(descriptor)


def _end(listener: socket.socket) -> None:
    with suppress(OSError):
        listener.shutdown(socket.SHUT_RDWR)  # Closing alone would wake no thread that accepts.
    listener.close()
