"""A Unix socket through which pause containers give the sockets that listen in their networks."""

import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from emulator.ecs.endpoint_server import accepted, end
from emulator.workers import NoThreadError, begin_thread

_SECONDS: Final = 5.0
"""How long a giver may take."""


class Handover:
    """Listens at a path until it is closed, and calls `take` with each listening socket it gets.

    Raises OSError, and `NoThreadError`; where `take` does, its giver is to come again.

    A connection stays open as long as this process serves what came through it: its end tells the
    pause container to make another socket, for whoever listens at the path then.
    """

    def __init__(self, path: Path, take: Callable[[socket.socket], None]) -> None:
        self._path = path
        self._take = take
        self._lock = threading.Lock()
        self._givers: list[socket.socket] = []
        self._closed = False
        self._listener = _listen(path)
        try:
            begin_thread(self._accept, "handover")
        except NoThreadError:
            self.close()
            raise

    def close(self) -> None:
        """Take nothing any more, and remove the socket; idempotent."""
        with self._lock:
            self._closed = True
            givers, self._givers = self._givers, []
        end(self._listener)
        for giver in givers:
            end(giver)
        self._path.unlink(missing_ok=True)

    def _accept(self) -> None:
        for giver in accepted(self._listener):
            self._receive(giver)

    def _receive(self, giver: socket.socket) -> None:
        giver.settimeout(_SECONDS)
        try:
            _, descriptors, _, _ = socket.recv_fds(giver, 1, 1)
            for descriptor in descriptors:
                self._take(socket.socket(fileno=descriptor))
        except (OSError, NoThreadError):
            # Whoever gave it learns by the end of the connection, and comes again.
            descriptors = []
        with self._lock:
            kept = bool(descriptors) and not self._closed
            if kept:
                self._givers.append(giver)
        if not kept:
            giver.close()


def _listen(path: Path) -> socket.socket:
    """Return a Unix socket that listens at a path, in place of what is there.

    Everybody may write to it, for a container's root may be nobody on this machine; the directory
    keeps others away.
    """
    made = socket.socket(socket.AF_UNIX)
    try:
        path.unlink(missing_ok=True)
        with _address(path) as address:
            made.bind(address)
        path.chmod(0o666)
        made.listen()
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
