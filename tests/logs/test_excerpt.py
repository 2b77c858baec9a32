"""The ends of log streams: the last lines, of several streams in order of time."""

from datetime import timedelta
from pathlib import Path

import pytest

from emulator.logs.directory import LogDirectory
from emulator.logs.excerpt import REACH, last_lines
from emulator.logs.writer import format_events
from tests.builders import NOON

GROUP = "/jobs"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def logs(tmp_path: Path) -> LogDirectory:
    made = LogDirectory(tmp_path)
    made.ensure_group(GROUP, retention_in_days=None, created_at=NOON)
    return made


def _write(logs: LogDirectory, stream: str, *events: tuple[int, list[bytes]]) -> None:
    path = logs.stream_path(GROUP, stream)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(format_events(NOON + at * MINUTE, lines) for at, lines in events))


def test_the_last_lines_come_without_their_stamps(logs: LogDirectory) -> None:
    _write(logs, "a", (0, [b"one", b"two"]), (1, ["三".encode()]))
    assert last_lines(logs, [(GROUP, "a")], 2) == ["two", "三"]
    assert last_lines(logs, [(GROUP, "a")], 0) == []


def test_an_event_of_several_lines_counts_as_its_lines(logs: LogDirectory) -> None:
    _write(logs, "a", (0, [b"Traceback\n  File\nValueError"]))
    assert last_lines(logs, [(GROUP, "a")], 2) == ["  File", "ValueError"]


def test_several_streams_are_merged_by_time(logs: LogDirectory) -> None:
    _write(logs, "a", (0, [b"a0"]), (2, [b"a2", b"a2 too"]))
    _write(logs, "b", (1, [b"b1"]), (3, [b"b3"]))
    assert last_lines(logs, [(GROUP, "a"), (GROUP, "b")], 4) == ["b1", "a2", "a2 too", "b3"]


def test_a_stream_without_a_file_has_no_lines(logs: LogDirectory) -> None:
    assert last_lines(logs, [(GROUP, "gone")], 3) == []


def test_of_a_long_file_whole_lines_of_its_end_are_read(logs: LogDirectory) -> None:
    _write(logs, "a", (0, [b"%05d" % number for number in range(5000)]))
    found = last_lines(logs, [(GROUP, "a")], 5000)
    assert found[-1] == "04999"
    assert found == [f"{number:05d}" for number in range(5000 - len(found), 5000)]


def test_of_a_line_longer_than_the_reach_its_end_is_shown(logs: LogDirectory) -> None:
    _write(logs, "a", (0, [b"x" * 3 * REACH + b"end"]))
    (line,) = last_lines(logs, [(GROUP, "a")], 5)
    assert line.startswith("…x")
    assert line.endswith("xend")
