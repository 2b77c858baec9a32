"""Non-blocking logs drop what their buffer has no room for, and say how much."""

import threading
from datetime import UTC, datetime

from emulator.logs.assembly import Events
from emulator.logs.pipeline import LogRules, Pipeline
from emulator.logs.ring import Dropped

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


class _SlowDisk:
    """Takes the first events only when it is let."""

    def __init__(self) -> None:
        self.messages: list[bytes] = []
        self.reached = threading.Event()
        self.free = threading.Event()

    def __call__(self, events: Events) -> None:
        self.reached.set()
        self.free.wait()
        self.messages += events.messages


def test_what_does_not_fit_while_the_disk_is_slow_is_dropped_and_counted() -> None:
    disk = _SlowDisk()
    pipeline = Pipeline(LogRules(buffer_bytes=10), disk)
    pipeline.feed("stdout", b"first\n", NOON)
    disk.reached.wait()
    pipeline.feed("stdout", b"12345\n6\n789\n", NOON)
    pipeline.feed("stdout", b"more\n", NOON)
    disk.free.set()
    pipeline.finish(NOON)
    assert disk.messages == [b"first", b"12345"]
    assert pipeline.dropped == Dropped(lines=3, bytes=8)


def test_a_line_larger_than_the_buffer_is_taken_while_it_is_empty() -> None:
    disk = _SlowDisk()
    disk.free.set()
    pipeline = Pipeline(LogRules(buffer_bytes=2), disk)
    pipeline.feed("stdout", b"larger\n", NOON)
    pipeline.finish(NOON)
    assert disk.messages == [b"larger"]
    assert pipeline.dropped == Dropped()


def test_nothing_is_dropped_while_there_is_room_and_all_comes_in_order() -> None:
    disk = _SlowDisk()
    pipeline = Pipeline(LogRules(buffer_bytes=1_000_000), disk)
    for number in range(1000):
        pipeline.feed("stdout", b"%d\n" % number, NOON)
    disk.free.set()
    pipeline.finish(NOON)
    assert disk.messages == [b"%d" % number for number in range(1000)]


def test_a_blocking_log_makes_its_writer_wait() -> None:
    disk = _SlowDisk()
    pipeline = Pipeline(LogRules(), disk)
    writer = threading.Thread(target=pipeline.feed, args=("stdout", b"one\n", NOON))
    writer.start()
    disk.reached.wait()
    assert writer.is_alive()
    disk.free.set()
    writer.join()
    assert disk.messages == [b"one"]
