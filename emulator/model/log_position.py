"""How much of a container's output has become log events: what a restarted emulator goes on from.

Counted is what the engine's own log has, too: lines. Bytes only where a line is still open, for
the engine replaces bytes that are not UTF-8, but never a newline.
"""

from typing import Final, Literal, NamedTuple

OutputStream = Literal["stdout", "stderr"]


class Place(NamedTuple):
    """A place in one output stream: whole lines, and bytes of the line after them."""

    lines: int = 0
    bytes: int = 0


BEGINNING: Final = Place()


class LogPosition(NamedTuple):
    """A place in each of a container's output streams."""

    stdout: Place = BEGINNING
    stderr: Place = BEGINNING

    def of(self, stream: OutputStream) -> Place:
        """Return the place in one stream."""
        return self.stdout if stream == "stdout" else self.stderr

    def moved(self, stream: OutputStream, place: Place) -> "LogPosition":
        """Return the position with another place in one stream."""
        return self._replace(**{stream: place})


START: Final = LogPosition()
