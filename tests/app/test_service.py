"""A scheduler takes on what a killed one was about to do, and no more than that."""

import fcntl
import shutil
import threading
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from emulator.app.emulator import Emulator
from emulator.app.serving import ServeOptions
from emulator.app.settings import Settings
from emulator.app.tally import Tally
from emulator.clock import system_clock
from emulator.engines.fake import FakeEngine, FakeProcess
from emulator.eventbridge.missed import MissedPolicy
from emulator.eventbridge.occasion import due
from emulator.eventbridge.rule_changes import schedule_key
from emulator.events import (
    EventBus,
    FiringDelivered,
    Promised,
    PromiseKind,
    SchedulerBegan,
    TaskRetryScheduled,
    Warned,
)
from emulator.state.history import History
from emulator.state.owner import Owner
from emulator.state.records import Firing
from emulator.state.scheduler_lock import lock_path
from emulator.state.scheduler_note import SchedulerNote, SchedulerNotes
from emulator.workers import begin_thread

GONE = str(Owner.current()._replace(started="1"))
MINUTE = timedelta(minutes=1)
PATIENCE = 60.0


DEFINITIONS = """
taskDefinitions:
  job: {{networkMode: none, containerDefinitions: [{{name: app, image: alpine, memory: 32}}]}}
rules:
  - name: once
    scheduleExpression: at({at:%Y-%m-%dT%H:%M:%S})
    timezone: UTC
    taskDefinition: job
"""


def test_a_missed_firing_that_a_killed_scheduler_has_promised_is_made_up_for_once(
    tmp_path: Path,
) -> None:
    now = system_clock()
    at = now.replace(second=0, microsecond=0) - 5 * MINUTE
    (tmp_path / "ecs-local.yaml").write_text(DEFINITIONS.format(at=at), "utf-8")
    settings = Settings(directory=tmp_path, state_dir=tmp_path / "state", missed=MissedPolicy.ALL)
    emulator = Emulator(settings, engine=FakeEngine)
    _leave_promise(emulator, at, now)
    fired: Counter[datetime] = Counter()
    bus = EventBus()
    bus.subscribe(FiringDelivered, lambda event: fired.update([event.scheduled_at]))
    emulator.serve(emulator.rules(), ServeOptions(watch=False), bus)
    assert fired == {at: 1}


def test_what_comes_due_while_a_scheduler_begins_fires_as_it_was_told(tmp_path: Path) -> None:
    at = system_clock().replace(microsecond=0) - timedelta(seconds=10)
    (tmp_path / "ecs-local.yaml").write_text(DEFINITIONS.format(at=at), "utf-8")
    told: list[Mapping[str, datetime | None]] = []
    emulator = Emulator(
        Settings(directory=tmp_path, state_dir=tmp_path / "state"),
        clock=lambda: system_clock() if told else at - timedelta(seconds=1),
        engine=_everything,
    )
    bus = EventBus()
    bus.subscribe(SchedulerBegan, lambda event: told.append(event.next_due))
    tally = emulator.serve(emulator.rules(), ServeOptions(watch=False), bus)
    assert told == [{"once": at}]
    assert tally.firings == 1


def test_a_scheduler_that_only_waits_for_its_tasks_still_gives_its_sign_of_life(
    tmp_path: Path,
) -> None:
    at = system_clock().replace(microsecond=0) - timedelta(seconds=10)
    (tmp_path / "ecs-local.yaml").write_text(DEFINITIONS.format(at=at), "utf-8")
    engine = FakeEngine(images=None, choose=lambda _: FakeProcess(duration=None))
    begun, fired, bus = threading.Event(), threading.Event(), EventBus()
    emulator = Emulator(
        Settings(directory=tmp_path, state_dir=tmp_path / "state"),
        clock=lambda: system_clock() if begun.is_set() else at - timedelta(seconds=1),
        engine=lambda: engine,
    )
    bus.subscribe(SchedulerBegan, lambda _: begun.set())
    bus.subscribe(FiringDelivered, lambda _: fired.set())
    run = begin_thread(
        lambda: emulator.serve(emulator.rules(), ServeOptions(watch=False), bus), "run"
    )
    assert fired.wait(PATIENCE)
    # Nothing is due any more: no more than the first two signs can be from before that.
    signs = {SchedulerNotes(emulator.state.path).last_beat()}
    end = time.monotonic() + PATIENCE
    while len(signs) < 4 and time.monotonic() < end:
        signs.add(SchedulerNotes(emulator.state.path).last_beat())
        time.sleep(0.05)
    emulator.interrupt()
    run.join(PATIENCE)
    assert len(signs) == 4


def test_whoever_is_killed_right_after_it_said_what_comes_has_an_heir(tmp_path: Path) -> None:
    at = system_clock() + 10 * MINUTE
    (tmp_path / "ecs-local.yaml").write_text(DEFINITIONS.format(at=at), "utf-8")
    settings = Settings(directory=tmp_path, state_dir=tmp_path / "state")
    emulator, bus = Emulator(settings, engine=_everything), EventBus()
    notes = SchedulerNotes(settings.state_dir)
    left: list[tuple[SchedulerNote | None, datetime | None]] = []

    def look(_event: SchedulerBegan) -> None:
        left.append((notes.read(), notes.last_beat()))
        emulator.end()

    bus.subscribe(SchedulerBegan, look)
    emulator.serve(emulator.rules(), ServeOptions(watch=False), bus)
    ((note, beat),) = left
    assert note is not None
    assert list(note.rules) == ["once"]
    assert beat == note.since


def test_a_note_is_never_there_without_a_sign_of_life(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = system_clock() + 10 * MINUTE
    (tmp_path / "ecs-local.yaml").write_text(DEFINITIONS.format(at=at), "utf-8")
    emulator = Emulator(
        Settings(directory=tmp_path, state_dir=tmp_path / "state"), engine=_everything
    )
    beats: list[datetime | None] = []
    write = SchedulerNotes.write

    def noted(notes: SchedulerNotes, note: SchedulerNote) -> None:
        beats.append(notes.last_beat())
        write(notes, note)

    monkeypatch.setattr(SchedulerNotes, "write", noted)
    emulator.end()
    emulator.serve(emulator.rules(), ServeOptions(watch=False), EventBus())
    assert beats
    assert None not in beats


def _leave_promise(emulator: Emulator, at: datetime, now: datetime) -> None:
    """Leave what a scheduler does that is killed between its promise and its next sign of life."""
    emulator.state.prepare()
    (once,) = emulator.rules()
    notes = SchedulerNotes(emulator.state.path)
    notes.write(SchedulerNote(owner=GONE, since=at - MINUTE, rules={"once": schedule_key(once)}))
    notes.beat(at - MINUTE)
    occasion = due(once, at, emulator.definitions)
    promised = Promised(key="p", kind=PromiseKind.MAKE_UP, value=occasion, at=now)
    history = History(emulator.state.database, owner=GONE)
    history.record([], [Firing("once", at, "missed", now)], promised=[promised])
    history.close()


def _everything() -> FakeEngine:
    """Return an engine that has every image."""
    return FakeEngine(images=None)


def test_a_state_directory_that_is_removed_is_told_and_begun_anew_with_what_runs(
    tmp_path: Path,
) -> None:
    at = system_clock() + 10 * MINUTE
    (tmp_path / "ecs-local.yaml").write_text(DEFINITIONS.format(at=at), "utf-8")
    settings = Settings(directory=tmp_path, state_dir=tmp_path / "state")
    emulator, bus = Emulator(settings, engine=_everything), EventBus()
    warnings, begun, told = list[str](), threading.Event(), threading.Event()

    def on_warning(event: Warned) -> None:
        warnings.append(event.message)
        told.set()

    bus.subscribe(Warned, on_warning)
    bus.subscribe(SchedulerBegan, lambda _: begun.set())
    tallies: list[Tally] = []
    options = ServeOptions(watch=False)
    run = threading.Thread(
        target=lambda: tallies.append(emulator.serve(emulator.rules(), options, bus))
    )
    run.start()
    assert begun.wait(PATIENCE)
    lock_path(settings.state_dir).unlink()
    assert told.wait(PATIENCE)
    assert emulator.state.scheduler() is not None
    emulator.interrupt()
    run.join(PATIENCE)
    (warning,) = warnings
    assert f"{settings.state_dir}: it was removed during the run" in warning
    assert not tallies[0].incomplete


def test_a_history_that_is_begun_anew_has_the_attempts_that_wait(tmp_path: Path) -> None:
    now = system_clock()
    at = now.replace(second=0, microsecond=0) - 5 * MINUTE
    retried = "local: {rules: {once: {retry: {attempts: 2, delay: 1h}}}}\n"
    (tmp_path / "ecs-local.yaml").write_text(DEFINITIONS.format(at=at) + retried, "utf-8")
    emulator = Emulator(
        Settings(directory=tmp_path, state_dir=tmp_path / "state", missed=MissedPolicy.ALL),
        engine=lambda: FakeEngine({"app": FakeProcess(exit_code=3)}, images=None),
    )
    _leave_promise(emulator, at, now)
    bus = EventBus()
    waits, on_record = threading.Event(), threading.Event()
    bus.subscribe(TaskRetryScheduled, lambda _: waits.set())

    def remove() -> None:
        assert waits.wait(PATIENCE)
        shutil.rmtree(emulator.state.path, ignore_errors=True)
        give_up = time.monotonic() + PATIENCE
        while not on_record.wait(0.1) and time.monotonic() < give_up:
            with closing(History(emulator.state.database)) as history:
                if history.waiting_attempts():
                    on_record.set()
        emulator.interrupt()

    remover = threading.Thread(target=remove)
    remover.start()
    emulator.serve(emulator.rules(), ServeOptions(watch=False), bus)
    remover.join(PATIENCE)
    assert on_record.is_set()


def test_a_scheduler_whose_lock_was_removed_ends_where_another_came_first(tmp_path: Path) -> None:
    at = system_clock() + 10 * MINUTE
    (tmp_path / "ecs-local.yaml").write_text(DEFINITIONS.format(at=at), "utf-8")
    settings = Settings(directory=tmp_path, state_dir=tmp_path / "state")
    emulator, bus, begun = Emulator(settings, engine=_everything), EventBus(), threading.Event()
    warnings: list[str] = []
    notes, now = SchedulerNotes(settings.state_dir), system_clock()
    note = SchedulerNote(owner=GONE, since=now, rules={"its own": "rate(1 day)"})

    def warned(event: Warned) -> None:
        warnings.append(event.message)
        notes.write(note)
        notes.beat(now - MINUTE)

    bus.subscribe(Warned, warned)
    bus.subscribe(SchedulerBegan, lambda _: begun.set())
    options = ServeOptions(watch=False)
    run = threading.Thread(target=lambda: emulator.serve(emulator.rules(), options, bus))
    run.start()
    assert begun.wait(PATIENCE)
    other = settings.state_dir / "scheduler.lock.other"
    with other.open("w", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        other.replace(lock_path(settings.state_dir))
        run.join(PATIENCE)
    assert not run.is_alive()
    assert "this one ends" in warnings[0]
    # Whoever is the heir of the other one goes by what that has left.
    assert (notes.read(), notes.last_beat()) == (note, now - MINUTE)
