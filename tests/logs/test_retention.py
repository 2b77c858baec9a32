"""Streams whose last event is older than their group keeps events are deleted."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

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
