"""Where log groups and streams lie: no two share a file, none gets out, names come back."""

import json
import os
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from emulator.logs.directory import GROUP_FILE, LogDirectory
from emulator.logs.writer import LogWriter

CREATED = datetime(2026, 11, 24, 12, tzinfo=UTC)


def _made(root: Path, *groups: str, days: int | None = None) -> LogDirectory:
    directory = LogDirectory(root)
    for group in groups:
        directory.ensure_group(group, retention_in_days=days, created_at=CREATED)
    return directory


def _write(directory: LogDirectory, group: str, stream: str, message: bytes = b"x") -> Path:
    writer = LogWriter(directory)
    writer.write(group, stream, CREATED, [message])
    writer.close()
    return directory.stream_path(group, stream)


def _names(directory: LogDirectory) -> set[tuple[str, str]]:
    return {
        (group.name, stream)
        for group in directory.groups()
        for stream, _ in directory.streams(group)
    }


def test_a_stream_lies_under_its_group_without_the_leading_slash(tmp_path: Path) -> None:
    directory = _made(tmp_path, "/ecs-scheduled-tasks/example")
    path = _write(directory, "/ecs-scheduled-tasks/example", "batch/alpine/0f")
    assert path == tmp_path / "ecs-scheduled-tasks/example/batch/alpine/0f.log"


def test_a_groups_folder_tells_its_name_retention_and_creation(tmp_path: Path) -> None:
    _made(tmp_path, "/jobs/夜間", days=180)
    assert json.loads((tmp_path / "jobs/夜間" / GROUP_FILE).read_text("utf-8")) == {
        "logGroupName": "/jobs/夜間",
        "retentionInDays": 180,
        "creationTime": "2026-11-24T12:00:00.000Z",
    }


def test_a_group_is_found_by_its_name_and_told_in_the_text_that_it_was_given(
    tmp_path: Path,
) -> None:
    directory = _made(tmp_path, "/jobs/夜間", "/jobs/b", "/jobs/a", days=180)
    assert [group.name for group in directory.groups()] == ["/jobs/a", "/jobs/b", "/jobs/夜間"]
    known = directory.group("/jobs/夜間")
    assert known is not None
    assert (known.name, known.retention_in_days, known.path) == (
        "/jobs/夜間",
        180,
        tmp_path / "jobs/夜間",
    )
    assert directory.group("/jobs") is None
    assert '"/jobs/夜間"' in (tmp_path / "jobs/夜間" / GROUP_FILE).read_text("utf-8")


def test_what_lies_behind_a_link_is_neither_a_group_nor_a_stream(tmp_path: Path) -> None:
    elsewhere = _made(tmp_path / "elsewhere", "/other")
    _write(elsewhere, "/other", "secret")
    directory = _made(tmp_path / "logs", "/jobs")
    _write(directory, "/jobs", "own")
    for below in (tmp_path / "logs", tmp_path / "logs/jobs"):
        (below / "link").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    assert _names(directory) == {("/jobs", "own")}
    assert [group.name for group in directory.groups()] == ["/jobs"]


def test_what_another_process_says_of_a_group_counts_from_then_on(tmp_path: Path) -> None:
    ours, theirs = _made(tmp_path, "/jobs"), LogDirectory(tmp_path)
    theirs.ensure_group("/jobs", retention_in_days=30, created_at=CREATED)
    known = ours.group("/jobs")
    assert known is not None
    assert known.retention_in_days == 30
    ours.ensure_group("/jobs", retention_in_days=7, created_at=CREATED, renew=False)
    assert ours.group("/jobs") == known


def test_whoever_may_read_a_stream_may_read_of_which_group_it_is(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        directory = _made(tmp_path, "/jobs")
        stream = _write(directory, "/jobs", "batch")
    finally:
        os.umask(before)
    modes = {path.stat().st_mode & 0o777 for path in (stream, tmp_path / "jobs" / GROUP_FILE)}
    assert modes == {0o640}
    assert {path.name for path in (tmp_path / "jobs").iterdir()} == {"batch.log", GROUP_FILE}


def test_a_new_retention_is_noted_and_the_creation_stays(tmp_path: Path) -> None:
    directory = _made(tmp_path, "/jobs")
    later = datetime(2027, 1, 1, tzinfo=UTC)
    directory.ensure_group("/jobs", retention_in_days=7, created_at=later)
    (group,) = directory.groups()
    assert (group.retention_in_days, group.created_at) == (7, CREATED)


def test_a_group_file_that_was_damaged_is_written_anew(tmp_path: Path) -> None:
    directory = _made(tmp_path, "/jobs")
    (tmp_path / "jobs" / GROUP_FILE).write_text("{", "utf-8")
    assert directory.groups() == []
    directory.ensure_group("/jobs", retention_in_days=None, created_at=CREATED)
    assert [group.name for group in directory.groups()] == ["/jobs"]


def test_groups_are_not_taken_for_none_where_they_cannot_be_listed(tmp_path: Path) -> None:
    assert LogDirectory(tmp_path / "nothing-yet").groups() == []
    file = tmp_path / "logs"
    file.touch()
    with pytest.raises(NotADirectoryError):
        LogDirectory(file).groups()


def test_groups_that_differ_in_their_slash_only_have_folders_of_their_own(tmp_path: Path) -> None:
    directory = _made(tmp_path, "/a", "a")
    assert _write(directory, "/a", "s") != _write(directory, "a", "s")
    assert _names(directory) == {("/a", "s"), ("a", "s")}


def test_a_stream_that_would_lie_in_another_groups_folder_stays_in_its_own(tmp_path: Path) -> None:
    directory = _made(tmp_path, "/a", "/a/b")
    _write(directory, "/a", "b/c")
    _write(directory, "/a/b", "c")
    assert _names(directory) == {("/a", "b/c"), ("/a/b", "c")}


def test_a_group_that_comes_after_such_a_stream_has_a_folder_of_its_own(tmp_path: Path) -> None:
    directory = _made(tmp_path, "/a")
    _write(directory, "/a", "b/c")
    directory.ensure_group("/a/b", retention_in_days=None, created_at=CREATED)
    _write(directory, "/a/b", "c")
    assert _names(directory) == {("/a", "b/c"), ("/a/b", "c")}


def test_a_group_keeps_its_folder_when_what_displaced_it_is_gone(tmp_path: Path) -> None:
    directory = _made(tmp_path, "/a")
    stream = _write(directory, "/a", "b/c")
    directory.ensure_group("/a/b", retention_in_days=None, created_at=CREATED)
    before = _write(directory, "/a/b", "c")
    stream.unlink()
    assert directory.stream_path("/a/b", "c") == before


def test_a_folder_that_another_process_gave_to_another_group_is_seen(tmp_path: Path) -> None:
    directory = _made(tmp_path, "/a")
    before = _write(directory, "/a", "s")
    shutil.rmtree(tmp_path / "a")
    _made(tmp_path, "a")
    directory.ensure_group("/a", retention_in_days=None, created_at=CREATED)
    assert _write(directory, "/a", "s") != before
    assert [group.name for group in directory.groups()] == ["/a", "a"]


@pytest.mark.parametrize(
    ("group", "stream"),
    [
        ("/a/../../b", "s"),
        ("/a", "../../../s"),
        ("..", ".."),
        ("/a", "/etc/passwd"),
        ("/a", ".hidden"),
        ("/a", "x\0y"),
        ("/a", ".log-group.json"),
    ],
)
def test_no_name_leads_out_or_hides(tmp_path: Path, group: str, stream: str) -> None:
    root = tmp_path / "logs"
    directory = _made(root, group)
    path = _write(directory, group, stream)
    assert path.resolve().is_relative_to(root.resolve())
    assert not any(part.startswith(".") for part in path.relative_to(root).parts)
    assert _names(directory) == {(group, stream)}


def test_a_group_whose_folder_is_a_link_out_is_refused(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    root = tmp_path / "logs"
    root.mkdir()
    (root / "a").symlink_to(outside)
    with pytest.raises(OSError, match="leads out of the log directory"):
        _made(root, "/a")
    assert list(outside.iterdir()) == []


def test_a_group_whose_folder_is_a_link_within_is_as_good_as_any(tmp_path: Path) -> None:
    root = tmp_path / "logs"
    (root / "elsewhere").mkdir(parents=True)
    (root / "a").symlink_to(root / "elsewhere")
    _write(_made(root, "/a/b"), "/a/b", "s")
    assert (root / "elsewhere" / "b" / "s.log").exists()


def test_a_group_that_leads_out_since_is_refused_though_it_is_known(tmp_path: Path) -> None:
    root, outside = tmp_path / "logs", tmp_path / "outside"
    directory = _made(root, "/a")
    (root / "a").rename(outside)
    (root / "a").symlink_to(outside)
    with pytest.raises(OSError, match="leads out of the log directory"):
        directory.ensure_group("/a", retention_in_days=None, created_at=CREATED)


def test_what_a_group_keeps_is_renewed_only_where_it_is_asked(tmp_path: Path) -> None:
    directory = _made(tmp_path, "/a", days=7)
    directory.ensure_group("/a", retention_in_days=1, created_at=CREATED, renew=False)
    assert [group.retention_in_days for group in directory.groups()] == [7]
    directory.ensure_group("/a", retention_in_days=1, created_at=CREATED)
    assert directory.group("/a") == LogDirectory(tmp_path).group("/a")
    assert [group.retention_in_days for group in directory.groups()] == [1]
    assert directory.group("/b") is None


def test_a_stream_file_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("safe", "utf-8")
    root = tmp_path / "logs"
    directory = _made(root, "/a")
    directory.stream_path("/a", "s").symlink_to(victim)
    with pytest.raises(Exception, match="cannot write"):
        _write(directory, "/a", "s")
    assert victim.read_text("utf-8") == "safe"


PARTS = st.sampled_from(["a", "b", "c", "", ".", "..", "a.log", ".log", "~", "a~", "%2F", "夜"])
NAMES = st.one_of(
    st.lists(PARTS, min_size=1, max_size=4).map("/".join),
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=8),
    st.integers(190, 512).map(lambda length: "n" * length),
    st.integers(60, 170).map(lambda length: "夜" * length),
).filter(lambda name: name != "/")
"""Ordinary names, and what tries to meet another, to get out, or to be too long for a file."""


@given(st.lists(st.tuples(NAMES, NAMES), min_size=1, max_size=6, unique=True))
@example([("/a", "b/c"), ("/a/b", "c"), ("a", "b/c")])
@example([("/a/b", "c"), ("/a", "b/"), ("/a", "b//c")])
@example([("g", "n" * 300), ("g", "n" * 301)])
@example([("g", "a//b"), ("g", "a/\x01/b")])
def test_streams_never_share_a_file_never_get_out_and_keep_their_names(
    streams: list[tuple[str, str]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder, "logs")
        directory = LogDirectory(root)
        paths = []
        for number, (group, stream) in enumerate(streams):
            directory.ensure_group(group, retention_in_days=None, created_at=CREATED)
            paths.append(_write(directory, group, stream, str(number).encode()))
        assert len(set(paths)) == len(streams)
        assert all(path.resolve().is_relative_to(root.resolve()) for path in paths)
        assert [directory.stream_path(*stream) for stream in streams] == paths
        assert [path.read_text("utf-8").split()[-1] for path in paths] == [
            str(number) for number in range(len(streams))
        ]
        assert _names(directory) == set(streams)
