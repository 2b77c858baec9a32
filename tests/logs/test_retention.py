"""Streams whose last event is older than their group keeps events are deleted."""

import fcntl
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from emulator.logs.directory import LogDirectory
from emulator.logs.retention import expire
from emulator.logs.writer import LogWriter

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def _stream(directory: LogDirectory, group: str, stream: str, *, age: timedelta) -> Path:
    writer = LogWriter(directory)
    writer.write(group, stream, NOW - age, [b"x"])
    writer.close()
    path = directory.stream_path(group, stream)
    moment = (NOW - age).timestamp()
    os.utime(path, (moment, moment))
    return path


def test_only_what_is_older_than_its_groups_retention_goes(tmp_path: Path) -> None:
    directory = LogDirectory(tmp_path)
    directory.ensure_group("/week", retention_in_days=7, created_at=NOW)
    directory.ensure_group("/ever", retention_in_days=None, created_at=NOW)
    old = _stream(directory, "/week", "batch/app/old", age=timedelta(days=7, seconds=1))
    young = _stream(directory, "/week", "batch/app/young", age=timedelta(days=7, seconds=-1))
    kept = _stream(directory, "/ever", "batch/app/old", age=timedelta(days=4000))
    assert expire(directory, NOW) == ["/week:batch/app/old"]
    assert [old.exists(), young.exists(), kept.exists()] == [False, True, True]


def test_a_group_below_another_goes_by_its_own_retention(tmp_path: Path) -> None:
    directory = LogDirectory(tmp_path)
    directory.ensure_group("/a", retention_in_days=1, created_at=NOW)
    directory.ensure_group("/a/b", retention_in_days=None, created_at=NOW)
    kept = _stream(directory, "/a/b", "s", age=timedelta(days=30))
    assert expire(directory, NOW) == []
    assert kept.exists()


def test_an_empty_directory_expires_nothing(tmp_path: Path) -> None:
    assert expire(LogDirectory(tmp_path / "none"), NOW) == []


def test_a_stream_that_a_process_still_writes_stays_however_silent(tmp_path: Path) -> None:
    directory = LogDirectory(tmp_path)
    directory.ensure_group("/day", retention_in_days=1, created_at=NOW)
    path = _stream(directory, "/day", "batch/app/silent", age=timedelta(days=2))
    writer = LogWriter(directory)
    writer.open_stream("/day", "batch/app/silent")
    assert expire(directory, NOW) == []
    writer.close_stream("/day", "batch/app/silent")
    assert expire(directory, NOW) == ["/day:batch/app/silent"]
    assert not path.exists()


def test_what_is_no_file_does_not_keep_others_from_going(tmp_path: Path) -> None:
    directory = LogDirectory(tmp_path)
    directory.ensure_group("/day", retention_in_days=1, created_at=NOW)
    old = _stream(directory, "/day", "z", age=timedelta(days=2))
    foreign = tmp_path / "foreign"
    foreign.write_text("x")
    os.utime(foreign, (0, 0))
    old.with_name("link.log").symlink_to(foreign)
    os.mkfifo(old.with_name("fifo.log"))
    os.utime(old.with_name("fifo.log"), (0, 0))
    assert expire(directory, NOW) == ["/day:z"]
    assert foreign.exists()


def test_a_stream_taken_while_a_process_opens_it_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory = LogDirectory(tmp_path)
    directory.ensure_group("/day", retention_in_days=1, created_at=NOW)
    path = _stream(directory, "/day", "s", age=timedelta(days=2))
    gone: list[str] = []
    lock = fcntl.flock

    def lock_late(file: int, operation: int) -> None:
        if operation == fcntl.LOCK_SH and not gone:
            gone.extend(expire(directory, NOW))
        lock(file, operation)

    monkeypatch.setattr(fcntl, "flock", lock_late)
    writer = LogWriter(directory)
    writer.write("/day", "s", NOW, [b"new"])
    writer.close()
    assert gone == ["/day:s"]
    assert path.read_bytes() == b"2026-11-24T12:00:00.000Z new\n"
