"""The buffer of `mode: non-blocking`, held up and let go by hand."""

import threading
from datetime import UTC, datetime

from emulator.logs.lines import Lines
from emulator.logs.ring import Dropped, Ring
from emulator.model.log_position import Place

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
PATIENCE = 60.0


class _Reader:
    """Takes what a ring hands on, as long as its gate is open."""

    def __init__(self, limit: int) -> None:
        self.taken: list[Lines] = []
        self.asked = threading.Semaphore(0)
        self.gate = threading.Event()
        self.gate.set()
        self.ring = Ring(limit, self._take)

    def put(self, *lines: bytes) -> None:
        end = Place(len(lines))
        self.ring.put(Lines("stdout", NOON, list(lines), Place(), end, clean=True))

    def texts(self) -> list[list[bytes]]:
        self.gate.set()
        self.ring.drain()
        return [lines.lines for lines in self.taken]

    def hold(self) -> None:
        """Let the reader hang over two bytes, which count until it is through with them."""
        self.gate.clear()
        self.put(b"00")
        assert self.asked.acquire(timeout=PATIENCE)

    def _take(self, lines: Lines) -> None:
        self.asked.release()
        assert self.gate.wait(PATIENCE)
        self.taken.append(lines)


def test_what_has_been_handed_on_makes_room_for_as_much_again() -> None:
    reader = _Reader(4)
    for _ in range(5):
        reader.put(b"aa", b"bb")
        reader.ring.drain()
    assert reader.texts() == [[b"aa", b"bb"]] * 5
    assert reader.ring.dropped == Dropped()


def test_the_newest_lines_are_dropped_and_counted_while_the_reader_hangs() -> None:
    reader = _Reader(6)
    reader.hold()
    reader.put(b"aa", b"bb", b"c")
    reader.put(b"dd", b"e")
    assert reader.ring.dropped == Dropped(lines=3, bytes=4)
    assert reader.texts() == [[b"00"], [b"aa", b"bb"]]
    # What was dropped of a batch has been read all the same.
    assert reader.taken[1].end == Place(3)


def test_an_empty_buffer_takes_a_line_that_is_larger_than_itself() -> None:
    reader = _Reader(1)
    reader.put(b"larger", b"next")
    assert reader.texts() == [[b"larger"]]
    assert reader.ring.dropped == Dropped(lines=1, bytes=4)
