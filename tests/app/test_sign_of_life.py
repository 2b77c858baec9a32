"""Whoever comes after a killed scheduler goes on from its last sign of life."""

from datetime import timedelta
from pathlib import Path

from emulator.app.sign_of_life import SignOfLife
from emulator.state.scheduler_note import SchedulerNotes
from tests.builders import NOON

SECOND = timedelta(seconds=1)
NIGHT = timedelta(hours=8)


class _Scheduler:
    """What a sign of life needs to know; `steps` is what was done, in order."""

    def __init__(self, state: Path) -> None:
        self.caught_up = True
        self.steps: list[str] = []
        self.notes = SchedulerNotes(state)
        self.alive = SignOfLife(
            self.notes,
            caught_up=lambda: self.caught_up,
            flush=lambda: self.steps.append(f"flushed at {self.notes.last_beat():%H:%M:%S}"),
            failed=lambda error: self.steps.append(type(error).__name__),
        )
        self.alive.give(NOON)


def test_no_sign_is_given_before_what_a_sleep_passed_over_is_seen_to(tmp_path: Path) -> None:
    scheduler = _Scheduler(tmp_path)
    scheduler.caught_up = False
    scheduler.alive.look(NOON + NIGHT)
    assert scheduler.notes.last_beat() == NOON
    scheduler.caught_up = True
    scheduler.alive.look(NOON + NIGHT + SECOND)
    assert scheduler.steps == [f"flushed at {NOON:%H:%M:%S}"]
    assert scheduler.notes.last_beat() == NOON + NIGHT + SECOND


def test_from_second_to_second_nobody_waits_for_the_record(tmp_path: Path) -> None:
    scheduler = _Scheduler(tmp_path)
    scheduler.alive.look(NOON + SECOND)
    assert (scheduler.steps, scheduler.notes.last_beat()) == ([], NOON + SECOND)


def test_a_sign_that_cannot_be_written_is_reported(tmp_path: Path) -> None:
    scheduler = _Scheduler(tmp_path / "not there")
    assert scheduler.steps == ["FileNotFoundError"]
