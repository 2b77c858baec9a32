"""Queues as directories of messages."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.errors import StateDirectoryError
from emulator.state.json_lines import older
from emulator.state.queues import QueueDirectory, file_name

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def test_a_message_is_a_file_of_its_queue(tmp_path: Path) -> None:
    path = QueueDirectory(tmp_path).put("lost", {"MessageId": "1", "Body": "夜間"}, NOON)
    assert path == tmp_path / "lost" / "20261124T120000.000000Z-1.json"
    assert json.loads(path.read_text("utf-8")) == {"MessageId": "1", "Body": "夜間"}
    assert list(path.parent.iterdir()) == [path]


def test_a_queue_keeps_the_newest_messages(tmp_path: Path) -> None:
    queue = QueueDirectory(tmp_path, most_messages=2)
    paths = [
        queue.put("lost", {"MessageId": str(n)}, NOON + timedelta(seconds=n)) for n in range(4)
    ]
    assert sorted((tmp_path / "lost").iterdir()) == paths[2:]


def test_what_another_process_puts_into_a_queue_counts_soon(tmp_path: Path) -> None:
    one, other = (QueueDirectory(tmp_path, most_messages=20) for _ in range(2))
    for n in range(50):
        for queue in (one, other):
            message = {"MessageId": f"{n}-{queue is one}"}
            queue.put("lost", message, NOON + timedelta(seconds=n))
    names = sorted(path.name for path in (tmp_path / "lost").iterdir())
    assert 20 <= len(names) <= 24
    assert names[-1].endswith("-49-True.json")


def test_a_directory_that_cannot_be_written_is_an_error_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "lost").write_text("in the way")
    with pytest.raises(StateDirectoryError, match="cannot be written"):
        QueueDirectory(tmp_path).put("lost", {"MessageId": "1"}, NOON)


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("lost", "lost"),
        ("lost.fifo", "lost.fifo"),
        ("", "%"),
        ("..", "%2E%2E"),
        ("lost.1", "lost%2E1"),
        ("a/b", "a%2Fb"),
        ("a_b-c d", "a_b-c%20d"),
        ("夜", "%E5%A4%9C"),
        ("１", "%EF%BC%91"),
    ],
)
def test_a_plain_name_is_kept_and_all_else_escaped(name: str, file: str) -> None:
    assert file_name(name) == file


def test_of_a_name_that_is_too_long_its_digest_is_kept() -> None:
    one, other = file_name("夜" * 50 + "a"), file_name("夜" * 50 + "b")
    assert len(one) == len(other) == 117
    assert one[:101] == other[:101] == ("%E5%A4%9C" * 12)[:100] + "%"
    assert one != other
    assert file_name("夜" * 13) == "%E5%A4%9C" * 13


def test_a_full_file_of_one_name_is_not_the_file_of_another() -> None:
    full = older(Path(f"{file_name('bus')}.jsonl"))
    assert full.name != f"{file_name('bus.1')}.jsonl"


@given(st.text(), st.text())
def test_names_stay_apart_and_in_their_directory(one: str, other: str) -> None:
    for name in (one, other):
        made = file_name(name)
        assert made not in ("", ".", "..")
        assert not set(made) & set("/\0")
        assert len(made.encode()) <= 200
    assert (file_name(one) == file_name(other)) == (one == other)
