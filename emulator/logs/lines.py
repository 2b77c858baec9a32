"""Output bytes become log events, by the rules of the awslogs driver (pure).

A line is an event; empty lines are none; a line over 262,118 bytes goes out in pieces. Sources:
moby's Copier and awslogs driver, which Fargate's logger shares after its reader.
"""

from typing import Final

LARGEST_EVENT: Final = 262_144 - 26
"""Bytes of one event: CloudWatch's 256 KiB less what it counts for each event."""


class LineAssembler:
    """Cuts one stream of bytes into messages; what is not finished waits, in bounded memory."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[bytes]:
        """Return the messages that are complete with these bytes, without their newlines."""
        if b"\n" not in data:
            self._rest += data
            return self._overflow()
        head, _, tail = data.rpartition(b"\n")
        block = self._rest + head if self._rest else head
        self._rest = tail
        return _messages(block) + self._overflow()

    def finish(self) -> list[bytes]:
        """Return the last line when it has no newline at its end."""
        block, self._rest = self._rest, b""
        return _messages(block)

    def _overflow(self) -> list[bytes]:
        if len(self._rest) <= LARGEST_EVENT:
            return []
        *full, self._rest = _pieces(self._rest)
        return [event for piece in full for event in _events(piece)]


def _messages(block: bytes) -> list[bytes]:
    lines = block.split(b"\n")
    if _valid(block) is block and (
        len(block) <= LARGEST_EVENT or max(map(len, lines)) <= LARGEST_EVENT
    ):
        return [line for line in lines if line]
    return [event for line in lines if line for event in _events(line)]


def _events(line: bytes) -> list[bytes]:
    """Return the events of one line: cut as it came, then again where replacements made it grow."""
    return [event for piece in _pieces(line) for event in _pieces(_valid(piece))]


def _valid(block: bytes) -> bytes:
    """Return text as CloudWatch stores it: what is not UTF-8 becomes U+FFFD."""
    try:
        block.decode("utf-8")
    except UnicodeDecodeError:
        return block.decode("utf-8", "replace").encode("utf-8")
    return block


def _pieces(line: bytes) -> list[bytes]:
    """Return a line in pieces of at most the largest event, never cut inside a code point."""
    pieces = []
    start = 0
    while len(line) - start > LARGEST_EVENT:
        end = start + LARGEST_EVENT
        for back in range(4):
            # A byte 10xxxxxx continues a code point that began before it.
            if line[end - back] & 0xC0 != 0x80:
                end -= back
                break
        pieces.append(line[start:end])
        start = end
    pieces.append(line[start:])
    return pieces
