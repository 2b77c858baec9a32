"""The raw output of a container: attached before it starts, demultiplexed in large pieces.

Following the engine's log after the start loses output of containers that end at once, and is
several times slower: see `benchmarks/`. Frames are as "Attach to a container" in the Docker
Engine API describes them: a stream type, three zero bytes, a big-endian length, the data.
"""

import socket
from collections.abc import Iterator
from typing import Any, Final

from emulator.engines.base import OutputChunk

READ_SIZE: Final = 64 * 1024
"""Larger ones are hardly faster, and take their memory for each container that writes much."""
_HEADER: Final = 8
_STDERR: Final = 2


class AttachedOutput:
    """The connection to a container's output; an iterator of chunks that ends with it."""

    def __init__(self, response: Any, stream: Any, *, tty: bool) -> None:
        # The response owns the connection: it must live as long as this does.
        self._response = response
        self._socket: socket.socket = getattr(stream, "_sock", stream)
        self._socket.settimeout(None)
        self._tty = tty

    def __iter__(self) -> Iterator[OutputChunk]:
        try:
            if self._tty:
                for data in self._reads():
                    yield OutputChunk("stdout", data)
            else:
                yield from demultiplex(self._reads())
        finally:
            self._response.close()

    def _reads(self) -> Iterator[bytes]:
        while True:
            try:
                data = self._socket.recv(READ_SIZE)
            except OSError:
                # The engine went away. Whoever asks it next about the container learns why.
                return
            if not data:
                return
            yield data


def demultiplex(reads: Iterator[bytes]) -> Iterator[OutputChunk]:
    """Return the chunks in a sequence of reads, joining neighbours of one stream (pure).

    A frame cut off at the end yields what has come of it.
    """
    rest = b""
    stream, left = 0, 0
    for read in reads:
        data = rest + read if rest else read
        position, size = 0, len(data)
        pieces: list[bytes] = []
        kind = stream
        while position < size:
            if left == 0:
                if size - position < _HEADER:
                    break
                stream = data[position]
                left = int.from_bytes(data[position + 4 : position + _HEADER], "big")
                position += _HEADER
                if stream != kind and pieces:
                    yield _chunk(kind, pieces)
                    pieces = []
                kind = stream
                continue
            piece = data[position : position + left]
            pieces.append(piece)
            position += len(piece)
            left -= len(piece)
        rest = data[position:]
        if pieces:
            yield _chunk(kind, pieces)


def _chunk(kind: int, pieces: list[bytes]) -> OutputChunk:
    return OutputChunk("stderr" if kind == _STDERR else "stdout", b"".join(pieces))
