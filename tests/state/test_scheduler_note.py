"""What a scheduler notes of itself, and what is left of it when it is killed."""

from pathlib import Path

import pytest

from emulator.state.scheduler_note import SchedulerNote, SchedulerNotes
from tests.builders import NOON

NOTE = SchedulerNote(owner="me/1@2", since=NOON, detached=True, rules={"夜間": "rate(1 minute)"})


def test_a_note_reads_back_and_goes_with_its_scheduler(tmp_path: Path) -> None:
    notes = SchedulerNotes(tmp_path)
    assert (notes.read(), notes.last_beat()) == (None, None)
    notes.write(NOTE)
    notes.beat(NOON)
    assert (notes.read(), notes.last_beat()) == (NOTE, NOON)
    notes.remove()
    notes.remove()
    assert (notes.read(), notes.last_beat()) == (None, None)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"owner": 1}', '{"owner": "a", "since": 7}'])
def test_a_note_that_cannot_be_read_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "scheduler.json").write_text(text, "utf-8")
    (tmp_path / "scheduler.alive").write_text(text, "utf-8")
    notes = SchedulerNotes(tmp_path)
    assert (notes.read(), notes.last_beat()) == (None, None)
