"""A log file and its journal tell another process where to go on, whenever the first one died."""

import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import patch

import pytest

from emulator.logs.directory import LogDirectory
from emulator.logs.journal import journal_path, recover
from emulator.logs.writer import LogWriter
from emulator.model.log_position import START, LogPosition, Place

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
STREAM = ("/jobs", "batch/app/1")
ONE, TWO = LogPosition(Place(1)), LogPosition(Place(2, 5), Place(7))


class _DiedError(Exception):
    """Stands for the end of the process."""


@pytest.fixture
def directory(tmp_path: Path) -> LogDirectory:
    made = LogDirectory(tmp_path)
    made.ensure_group("/jobs", retention_in_days=None, created_at=NOON)
    return made


def _path(directory: LogDirectory) -> Path:
    return directory.stream_path(*STREAM)


def _write(directory: LogDirectory, dies_after: int | None) -> None:
    """Write two batches; of the second only so many bytes get to the disk."""
    writer = LogWriter(directory)
    writer.write(*STREAM, NOON, [b"one"], ONE)
    real = os.write

    def dying(file: int, data: memoryview) -> int:
        if dies_after is None:
            return real(file, data)
        real(file, data[:dies_after])
        raise _DiedError

    with patch.object(os, "write", dying), suppress(_DiedError):
        writer.write(*STREAM, NOON, [b"two", b"three"], TWO)
    writer.close()


def test_a_batch_that_was_written_counts(directory: LogDirectory) -> None:
    _write(directory, None)
    assert recover(_path(directory)) == TWO


@pytest.mark.parametrize("dies_after", [0, 1, 20, 40])
def test_a_batch_that_was_not_or_only_in_part_does_not_and_is_cut_off(
    directory: LogDirectory, dies_after: int
) -> None:
    _write(directory, dies_after)
    assert recover(_path(directory)) == ONE
    assert _path(directory).read_bytes() == b"2026-11-24T12:00:00.000Z one\n"


def test_a_stream_without_a_byte_begins_at_the_beginning(directory: LogDirectory) -> None:
    assert recover(_path(directory)) == START
    writer = LogWriter(directory)
    writer.open_stream(*STREAM)
    writer.close()
    assert recover(_path(directory)) == START
    # Its process may die between making the journal and writing to it.
    journal_path(_path(directory)).write_bytes(b"")
    assert recover(_path(directory)) == START


@pytest.mark.parametrize(
    "journal", [None, b"", b"something else\n", b"1 2 3\n", b"1 2 3 4 5 6 7 8 9 x\n"]
)
def test_a_file_whose_journal_says_nothing_tells_nothing(
    directory: LogDirectory, journal: bytes | None
) -> None:
    _write(directory, None)
    journal_path(_path(directory)).unlink()
    if journal is not None:
        journal_path(_path(directory)).write_bytes(journal)
    assert recover(_path(directory)) is None


def test_a_stream_that_is_over_has_no_journal_left(directory: LogDirectory) -> None:
    writer = LogWriter(directory)
    writer.write(*STREAM, NOON, [b"one"], ONE)
    writer.close_stream(*STREAM)
    assert [path.name for path in _path(directory).parent.iterdir()] == ["1.log"]


def test_who_takes_a_stream_up_goes_on_from_its_position(directory: LogDirectory) -> None:
    _write(directory, 3)
    writer = LogWriter(directory)
    assert writer.take_up(*STREAM) == ONE
    writer.write(*STREAM, NOON, [b"two"], TWO)
    writer.close()
    assert recover(_path(directory)) == TWO
    assert len(_path(directory).read_bytes().splitlines()) == 2


def test_a_journal_is_no_log_stream(directory: LogDirectory) -> None:
    _write(directory, None)
    (group,) = directory.groups()
    assert [name for name, _ in directory.streams(group)] == ["batch/app/1"]
