"""Which part of the engine's own log of a container has not become log events yet (pure)."""

from typing import Final

from emulator.model.log_position import LogPosition, OutputStream, Place

_REPLACEMENT: Final = "\ufffd".encode()


class Remainder:
    """Leaves out of a log that is read from its beginning what lies before a position.

    The log comes in records, each of which ends with a newline or goes on in the next.
    """

    def __init__(self, position: LogPosition) -> None:
        self._target = position
        self._here: dict[OutputStream, Place] = {"stdout": Place(), "stderr": Place()}

    def of(self, stream: OutputStream, record: bytes, *, exact: bool) -> bytes:
        """Return what of the next record of a stream lies behind the position.

        Not `exact`: bytes that are not UTF-8 have become U+FFFD in the record.
        """
        here, target = self._here[stream], self._target.of(stream)
        if here >= target:
            return record
        if here.lines < target.lines:
            taken = len(record)
        elif exact:
            taken = min(target.bytes - here.bytes, len(record))
        else:
            taken = _copied(record, target.bytes - here.bytes)
        self._here[stream] = _advanced(here, record[:taken], exact=exact)
        return record[taken:]


def _advanced(place: Place, data: bytes, *, exact: bool) -> Place:
    if data.endswith(b"\n"):
        return Place(place.lines + 1)
    grown = 0 if exact else 2 * data.count(_REPLACEMENT)
    return Place(place.lines, place.bytes + len(data) - grown)


def _copied(record: bytes, size: int) -> int:
    """Return the length of what as many bytes of output have become in a copy made UTF-8.

    Each byte that was not UTF-8 is three in the copy. Where the output itself had a U+FFFD nobody
    can tell; the line is open then, and some of its bytes come twice.
    """
    if _REPLACEMENT not in record:
        return min(size, len(record))
    position = 0
    while size > 0 and position < len(record):
        position += 3 if record.startswith(_REPLACEMENT, position) else 1
        size -= 1
    return position
