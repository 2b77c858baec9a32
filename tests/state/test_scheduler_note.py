"""What a scheduler notes of itself, and what is left of it when it is killed."""

import resource
from datetime import timedelta
from pathlib import Path

import pytest

from emulator.state.scheduler_note import SchedulerNote, SchedulerNotes
from tests.builders import NOON

NOTE = SchedulerNote(
    owner="me/1@2",
    since=NOON,
    detached=True,
    rules={"夜間": "rate(1 minute)"},
    joined={"夜間": NOON},
    heir_of=("me/1@1",),
    heir_since=NOON,
)


def test_a_note_reads_back_and_goes_with_its_scheduler(tmp_path: Path) -> None:
    notes = SchedulerNotes(tmp_path)
    assert (notes.read(), notes.last_beat()) == (None, None)
    notes.write(NOTE)
    notes.beat(NOON)
    assert (notes.read(), notes.last_beat()) == (NOTE, NOON)
    notes.remove()
    notes.remove()
    assert (notes.read(), notes.last_beat()) == (None, None)


def test_a_kill_in_the_middle_of_a_beat_leaves_the_one_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes = SchedulerNotes(tmp_path)
    notes.beat(NOON)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", killed)
    with pytest.raises(KeyboardInterrupt):
        notes.beat(NOON + timedelta(seconds=1))
    assert notes.last_beat() == NOON


def test_a_beat_that_finds_no_room_names_its_file(tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        with pytest.raises(OSError, match="File too large") as refused:
            SchedulerNotes(tmp_path).beat(NOON)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert refused.value.filename == str(tmp_path / "scheduler.alive")


def test_a_note_of_an_earlier_version_reads(tmp_path: Path) -> None:
    text = '{"owner": "a", "since": "2026-11-24T12:00:00Z", "detached": false, "rules": {"r": "k"}}'
    (tmp_path / "scheduler.json").write_text(text, "utf-8")
    note = SchedulerNotes(tmp_path).read()
    assert note is not None
    assert (note.rules, note.joined, note.heir_of, note.heir_since) == ({"r": "k"}, {}, (), None)


@pytest.mark.parametrize(
    "text",
    [
        *("", "{", "[]", '{"owner": 1}', '{"owner": "a", "since": 7}'),
        *("2026-11-24T12:00:00", "0001-01-01T00:00:00Z"),
        '{"owner": "a", "since": "2026-11-24T12:00:00", "detached": false, "rules": {}}',
        '{"owner": "a", "since": "2026-11-24T12:00:00Z", "detached": false, "rules": 3}',
    ],
)
def test_a_note_that_cannot_be_read_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "scheduler.json").write_text(text, "utf-8")
    (tmp_path / "scheduler.alive").write_text(text, "utf-8")
    notes = SchedulerNotes(tmp_path)
    assert (notes.read(), notes.last_beat()) == (None, None)
