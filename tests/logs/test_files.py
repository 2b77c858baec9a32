"""Events as they are written to files and read back."""

import errno
import os
import resource
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.errors import LogWriteError
from emulator.logs.directory import LogDirectory
from emulator.logs.reader import LogEvent, follow_events, read_events
from emulator.logs.writer import LogWriter, format_events, write_failure

START = datetime(2026, 11, 23, 22, 11, 46, 514000, tzinfo=UTC)
GROUP, STREAM = "/jobs", "batch/app/0f"


def _second(number: float) -> datetime:
    return START + timedelta(seconds=number)


def _directory(root: Path) -> LogDirectory:
    directory = LogDirectory(root)
    directory.ensure_group(GROUP, retention_in_days=None, created_at=START)
    return directory


def _messages(events: Iterator[LogEvent]) -> list[str]:
    return [event.message for event in events]


@contextmanager
def _files_of_at_most(size: int) -> Iterator[None]:
    """Make the kernel refuse what would make a file larger, as a full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def _files_open_at_once(more: int) -> Iterator[None]:
    """Let this process open at most so many files besides those it has."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with Path(os.devnull).open("rb") as lowest_free:
        limit = lowest_free.fileno() + more
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_an_event_is_a_line_with_its_instant_in_utc() -> None:
    zone = START.astimezone()
    assert format_events(zone, [b"Mon Nov 23"]) == b"2026-11-23T22:11:46.514Z Mon Nov 23\n"


def test_milliseconds_are_always_there() -> None:
    assert format_events(datetime(2026, 1, 1, tzinfo=UTC), [b"x"]).startswith(
        b"2026-01-01T00:00:00.000Z "
    )


def test_further_lines_of_an_event_begin_with_a_tab() -> None:
    assert format_events(START, [b"Traceback:\n  boom", b"next"]) == (
        b"2026-11-23T22:11:46.514Z Traceback:\n\t  boom\n2026-11-23T22:11:46.514Z next\n"
    )


def test_a_stream_without_events_is_an_empty_file(tmp_path: Path) -> None:
    directory = _directory(tmp_path)
    LogWriter(directory).open_stream(GROUP, STREAM)
    assert directory.stream_path(GROUP, STREAM).read_bytes() == b""


@given(
    st.lists(
        st.lists(
            st.text(st.characters(codec="utf-8", exclude_characters="\r"), min_size=1).filter(
                lambda text: text.strip("\n")
            ),
            min_size=1,
            max_size=4,
        ),
        max_size=5,
    )
)
def test_what_is_written_is_what_is_read(batches: list[list[str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        directory = _directory(Path(folder))
        writer = LogWriter(directory)
        writer.open_stream(GROUP, STREAM)
        for number, batch in enumerate(batches):
            writer.write(GROUP, STREAM, _second(number), [text.encode() for text in batch])
        writer.close()
        assert [
            (event.timestamp, event.message) for event in read_events(directory, [(GROUP, STREAM)])
        ] == [(_second(number), text) for number, batch in enumerate(batches) for text in batch]


def test_streams_are_merged_in_order_of_time(tmp_path: Path) -> None:
    directory = _directory(tmp_path)
    writer = LogWriter(directory)
    for number in range(6):
        writer.write(GROUP, f"s{number % 2}", _second(number), [b"%d" % number])
    streams = [(GROUP, "s0"), (GROUP, "s1")]
    assert _messages(read_events(directory, streams)) == list("012345")
    assert _messages(read_events(directory, streams, tail=2)) == list("45")
    assert _messages(read_events(directory, streams, since=_second(2), until=_second(4))) == list(
        "23"
    )


def test_more_streams_are_merged_than_a_process_may_have_files_open(tmp_path: Path) -> None:
    directory = _directory(tmp_path)
    writer = LogWriter(directory)
    streams = [(GROUP, f"batch/app/{number:03}") for number in range(100)]
    for number, stream in enumerate(streams):
        writer.write(*stream, _second(number), [b"%d" % number])
        writer.close_stream(*stream)
    followed = follow_events(directory, lambda: streams, wait=lambda: False)
    with _files_open_at_once(20):
        assert _messages(read_events(directory, streams)) == [str(n) for n in range(100)]
        assert _messages(followed) == [str(n) for n in range(100)]


def test_events_of_a_long_file_are_read_whole_and_once(tmp_path: Path) -> None:
    directory = _directory(tmp_path)
    writer = LogWriter(directory)
    texts = [f"{number}\n{'x' * (number % 700)}\nend" for number in range(300)]
    for number, text in enumerate(texts):
        writer.write(GROUP, STREAM, _second(number), [text.encode()])
    assert _messages(read_events(directory, [(GROUP, STREAM)])) == texts


def test_since_is_found_in_a_long_file_as_reading_it_whole_would(tmp_path: Path) -> None:
    directory = _directory(tmp_path)
    writer = LogWriter(directory)
    for number in range(4000):
        size = 100_000 if number % 1000 == 500 else 90
        text = f"{number} ".encode() + b"x" * size
        writer.write(GROUP, STREAM, _second(number / 10), [text + b"\nmore"])
    for since in (-1, 0, 49.9, 50, 50.05, 123.4, 399.9, 400, 10_000):
        expected = [number for number in range(4000) if number / 10 >= since]
        found = read_events(directory, [(GROUP, STREAM)], since=_second(since))
        assert [int(event.message.split()[0]) for event in found] == expected


def test_a_stream_that_does_not_exist_has_no_events(tmp_path: Path) -> None:
    assert list(read_events(_directory(tmp_path), [(GROUP, "nothing")])) == []


def test_lines_before_the_first_event_are_no_events(tmp_path: Path) -> None:
    directory = _directory(tmp_path)
    path = directory.stream_path(GROUP, "s")
    path.write_bytes(b"scribbled\n" + format_events(START, [b"one"]))
    assert _messages(read_events(directory, [(GROUP, "s")])) == ["one"]


# -- following ----------------------------------------------------------------------------------


class _Growing:
    """A follower that is fed one write before each further look."""

    def __init__(self, path: Path, writes: list[bytes]) -> None:
        self._path = path
        self._writes = writes

    def wait(self) -> bool:
        if not self._writes:
            return False
        with self._path.open("ab") as file:
            file.write(self._writes.pop(0))
        return True


def _followed(directory: LogDirectory, writes: list[bytes]) -> list[str]:
    path = directory.stream_path(GROUP, "s")
    growing = _Growing(path, writes)
    return _messages(follow_events(directory, lambda: [(GROUP, "s")], wait=growing.wait))


def test_following_yields_events_as_they_come(tmp_path: Path) -> None:
    writes = [format_events(_second(number), [b"%d" % number]) for number in range(3)]
    assert _followed(_directory(tmp_path), writes) == ["0", "1", "2"]


def test_a_line_that_is_half_written_is_waited_for(tmp_path: Path) -> None:
    line = format_events(START, ["夜間".encode()])
    assert _followed(_directory(tmp_path), [line[:30], line[30:]]) == ["夜間"]


def test_no_line_of_an_event_is_lost_that_is_read_while_it_is_written(tmp_path: Path) -> None:
    event = format_events(START, [b"Traceback:\n  one\n  two"])
    half = event.index(b"\t  two")
    text = "\n".join(_followed(_directory(tmp_path), [event[:half], event[half:]]))
    assert text.splitlines() == ["Traceback:", "  one", "  two"]


def test_a_stream_that_appears_later_is_followed_from_its_beginning(tmp_path: Path) -> None:
    directory = _directory(tmp_path)
    writer = LogWriter(directory)
    looks = iter([[], [(GROUP, "new")]])
    waits = iter([True, False])

    def select() -> list[tuple[str, str]]:
        return next(looks)

    def wait() -> bool:
        writer.write(GROUP, "new", START, [b"one"])
        return next(waits)

    assert _messages(follow_events(directory, select, wait=wait)) == ["one"]


def test_following_since_an_instant_leaves_out_what_was_before(tmp_path: Path) -> None:
    directory = _directory(tmp_path)
    writer = LogWriter(directory)
    for number in range(4):
        writer.write(GROUP, "s", _second(number), [b"%d" % number])
    found = follow_events(directory, lambda: [(GROUP, "s")], since=_second(2), wait=lambda: False)
    assert _messages(found) == ["2", "3"]


# -- disks that do not take it ------------------------------------------------------------------


def test_a_write_that_is_refused_says_which_file_and_what_to_do(tmp_path: Path) -> None:
    directory = _directory(tmp_path)
    writer = LogWriter(directory)
    with _files_of_at_most(10), pytest.raises(LogWriteError) as refused:
        writer.write(GROUP, STREAM, START, [b"too much"])
    assert str(directory.stream_path(GROUP, STREAM)) in str(refused.value)
    assert "--state-dir" in str(refused.value)


@pytest.mark.parametrize("reopened", [False, True])
def test_of_a_batch_that_does_not_fit_nothing_stays(tmp_path: Path, reopened: bool) -> None:
    directory = _directory(tmp_path)
    writer = LogWriter(directory)
    writer.write(GROUP, STREAM, START, [b"whole"])
    with _files_of_at_most(120), pytest.raises(LogWriteError):
        writer.write(GROUP, STREAM, _second(1), [b"lost", b"x" * 100])
    if reopened:
        writer.close_stream(GROUP, STREAM)
    writer.write(GROUP, STREAM, _second(2), [b"whole again"])
    found = read_events(directory, [(GROUP, STREAM)])
    assert _messages(found) == ["whole", "whole again"]


def test_what_follows_the_torn_line_of_a_process_that_died_is_whole(tmp_path: Path) -> None:
    directory = _directory(tmp_path)
    file = directory.stream_path(GROUP, STREAM)
    file.parent.mkdir(parents=True)
    file.write_bytes(format_events(START, [b"whole"]) + format_events(_second(1), [b"torn"])[:-2])
    LogWriter(directory).write(GROUP, STREAM, _second(2), [b"whole again"])
    found = read_events(directory, [(GROUP, STREAM)])
    assert _messages(found) == ["whole", "tor", "whole again"]


def test_a_folder_that_cannot_be_made_is_a_log_write_error(tmp_path: Path) -> None:
    directory = _directory(tmp_path)
    (tmp_path / "jobs/batch").write_text("a file is in the way", "utf-8")
    with pytest.raises(LogWriteError, match="cannot write"):
        LogWriter(directory).open_stream(GROUP, STREAM)


def test_writers_in_many_threads_never_mix_their_lines(tmp_path: Path) -> None:
    directory = _directory(tmp_path)
    writer = LogWriter(directory)

    def write(letter: bytes) -> None:
        for _ in range(50):
            writer.write(GROUP, STREAM, START, [letter * 200, letter * 200])

    threads = [threading.Thread(target=write, args=(bytes([65 + n]),)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    messages = _messages(read_events(directory, [(GROUP, STREAM)]))
    assert len(messages) == 400
    assert all(len(set(message)) == 1 and len(message) == 200 for message in messages)


def test_closing_gives_the_files_back(tmp_path: Path) -> None:
    writer = LogWriter(_directory(tmp_path))
    before = len(list(Path("/proc/self/fd").iterdir()))
    for number in range(10):
        writer.open_stream(GROUP, f"s{number}")
    writer.close()
    assert len(list(Path("/proc/self/fd").iterdir())) == before


@pytest.mark.parametrize(
    ("number", "remedy"),
    [
        (errno.ENOSPC, "free some space or choose another --state-dir"),
        (errno.EDQUOT, "free some space or choose another --state-dir"),
        (errno.EROFS, "choose another --state-dir"),
    ],
)
def test_space_is_advised_where_there_is_none(number: int, remedy: str) -> None:
    error = write_failure(Path("/logs/a.log"), OSError(number, os.strerror(number)))
    assert error.message == f"cannot write /logs/a.log: {os.strerror(number)}"
    assert error.hint == f"{remedy}; the container runs on meanwhile"
