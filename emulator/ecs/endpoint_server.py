"""Answers HTTP requests on listening sockets, as many connections at once as one task may have."""

import errno
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from http.server import BaseHTTPRequestHandler
from typing import Final

from emulator.ecs.endpoint_answers import NOT_FOUND, Answer
from emulator.workers import NoThreadError, begin_thread, in_thread_or_here

_MOST_CONNECTIONS: Final = 64
"""Connections of one task that are answered at once; further ones wait."""

_SECONDS: Final = 10.0
"""How long a connection may say nothing."""

PAUSE_SECONDS: Final = 0.2
_PASSING: Final = (
    *(errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM),
    errno.ECONNABORTED,
)
"""What keeps a connection from being accepted, and is not the end of the socket."""


class EndpointServer:
    """Serves the sockets it is given until it is closed; `found` is asked for each path."""

    def __init__(self, found: Callable[[str], Answer]) -> None:
        self._found = found
        self._lock = threading.Lock()
        self._slots = threading.BoundedSemaphore(_MOST_CONNECTIONS)
        self._listeners: list[socket.socket] = []
        self._closed = False

    def serve(self, listener: socket.socket) -> None:
        """Accept the connections of a listening socket from now on; returns at once.

        Raises `NoThreadError`.
        """
        with self._lock:
            if self._closed:
                end(listener)
                return
            self._listeners.append(listener)
        try:
            begin_thread(partial(self._accept, listener), "endpoint")
        except NoThreadError:
            end(listener)
            raise

    def close(self) -> None:
        """Accept nothing any more; idempotent."""
        with self._lock:
            self._closed = True
            listeners, self._listeners = self._listeners, []
        for listener in listeners:
            end(listener)

    def _accept(self, listener: socket.socket) -> None:
        for connection in accepted(listener):
            self._slots.acquire()
            in_thread_or_here(partial(self._answer, connection), "endpoint")

    def _answer(self, connection: socket.socket) -> None:
        try:
            with connection, suppress(OSError):
                connection.settimeout(_SECONDS)
                _Request(connection, self._found)
        finally:
            self._slots.release()


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


def accepted(listener: socket.socket) -> Iterator[socket.socket]:
    """Yield the connections of a listening socket until it is closed.

    One for which there is nothing left to open waits: it may come when others have gone.
    """
    while True:
        try:
            connection, _ = listener.accept()
        except OSError as error:
            if error.errno not in _PASSING:
                return
            time.sleep(PAUSE_SECONDS)
        else:
            yield connection


def end(listener: socket.socket) -> None:
    """Close a listening socket, and wake whoever accepts from it."""
    with suppress(OSError):
        listener.shutdown(socket.SHUT_RDWR)  # Closing alone would wake no thread that accepts.
    listener.close()
