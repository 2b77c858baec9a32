"""Attempts and turns that a killed scheduler had promised come, or are reported."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from emulator.app.leftovers import missed_turns, unfinished_attempts
from emulator.app.live import Live
from emulator.app.recorded_task import Archive
from emulator.app.settings import Settings
from emulator.ecs.run_task import RunTaskRequest, run_task
from emulator.engines.fake import FakeEngine
from emulator.events import EventBus, FiringMissed, TaskRetryScheduled, TaskStateChanged, Warned
from emulator.model.definitions import Definitions, Local
from emulator.model.task import Origin, StopCode, Task, TaskStatus
from emulator.model.task_policies import LocalRule, TaskRetry
from emulator.state.firings import record_firings
from emulator.state.history import History
from emulator.state.owner import Owner
from emulator.state.records import Firing, WaitingAttempt
from emulator.timers import SimulatedTimers
from tests.builders import NOON, definitions

GONE = str(replace(Owner.current(), started="1"))
MINUTE = timedelta(minutes=1)
RETRIED = definitions(local=Local(rules={"nightly": LocalRule(retry=TaskRetry(attempts=3))}))


def _failed(**changes: Any) -> Task:
    request = RunTaskRequest(
        task_definition="job",
        rule="nightly",
        scheduled_at=NOON,
        cause=("first", "nightly"),
        origin=Origin.EVENT,
    )
    (task,) = run_task(request, definitions(), now=NOON)
    containers = tuple(replace(c, exit_code=7, started_at=NOON) for c in task.containers)
    return replace(
        task,
        last_status=TaskStatus.STOPPED,
        stop_code=StopCode.ESSENTIAL_CONTAINER_EXITED,
        stopped_reason="Essential container in task exited",
        stopped_at=NOON,
        containers=containers,
        **changes,
    )


class _Heir:
    """A state directory in which a killed process left a failed task whose next attempt waits."""

    def __init__(self, path: Path, owner: str, at: datetime) -> None:
        self.path, self.task = path, _failed()
        self.told: list[str] = []
        self.next_at: list[datetime] = []
        self.tasks: dict[str, Task] = {}
        history = History(path / "history.sqlite3", owner=owner, archive=Archive())
        waiting = WaitingAttempt(self.task.id, self.task.id, at)
        history.record([self.task], (), [waiting])
        history.close()

    def take_over(self, *heir_of: str, known: Definitions = RETRIED) -> list[WaitingAttempt]:
        bus, timers = EventBus(), SimulatedTimers(NOON)
        bus.subscribe(Warned, lambda event: self.told.append(event.message))
        bus.subscribe(TaskRetryScheduled, lambda event: self.next_at.append(event.at))
        bus.subscribe(TaskStateChanged, lambda e: self.tasks.update({e.task.id: e.task}))
        settings = Settings(directory=self.path, state_dir=self.path)
        with Live(settings, known, bus, timers.now, FakeEngine, timers=timers) as live:
            unfinished_attempts(live, heir_of)
            timers.step(NOON + 10 * MINUTE)
            live.cluster.wait_idle()
            live.recorder.flush()
            return live.history.waiting_attempts()


def test_an_attempt_comes_when_it_was_to_come_with_its_rule_chain_and_first_task(
    tmp_path: Path,
) -> None:
    heir = _Heir(tmp_path, GONE, NOON + MINUTE)
    assert heir.take_over(GONE) == []
    assert heir.next_at == [NOON + MINUTE]
    (second,) = heir.tasks.values()
    assert (second.attempt, second.retry_of, second.origin) == (2, heir.task.id, Origin.RETRY)
    assert (second.rule, second.scheduled_at) == ("nightly", NOON)
    assert second.cause == ("first", "nightly")
    assert (second.succeeded, heir.told) == (True, [])


def test_an_attempt_whose_time_has_passed_comes_at_once(tmp_path: Path) -> None:
    heir = _Heir(tmp_path, GONE, NOON - MINUTE)
    assert heir.take_over(GONE) == []
    assert heir.next_at == [NOON]


@pytest.mark.parametrize(
    ("heir_of", "known", "reason"),
    [
        ((), RETRIED, "the process that was to start it is gone"),
        ((GONE,), definitions(), "by now the definitions say so"),
    ],
)
def test_an_attempt_that_does_not_come_is_reported_once(
    tmp_path: Path, heir_of: tuple[str, ...], known: Definitions, reason: str
) -> None:
    heir = _Heir(tmp_path, GONE, NOON)
    assert heir.take_over(*heir_of, known=known) == []
    assert heir.told == [f"task {heir.task.id} gets no other attempt: {reason}"]
    assert heir.tasks == {}


def test_an_attempt_that_a_living_process_waits_for_is_left_to_it(tmp_path: Path) -> None:
    heir = _Heir(tmp_path, str(Owner.current()), NOON)
    assert len(heir.take_over(GONE)) == 1
    assert (heir.told, heir.tasks) == ([], {})


def test_a_firing_that_still_waited_for_its_turn_is_reported_as_missed(tmp_path: Path) -> None:
    bus = EventBus()
    missed: list[FiringMissed] = []
    bus.subscribe(FiringMissed, missed.append)
    settings = Settings(directory=tmp_path, state_dir=tmp_path)
    with Live(settings, RETRIED, bus, lambda: NOON, FakeEngine) as live:
        firings = [
            Firing("waits", NOON - MINUTE, "queued", NOON),
            Firing("came", NOON - MINUTE, "queued", NOON),
            Firing("came", NOON - MINUTE, "fired", NOON),
        ]
        record_firings(live.history, firings)
        missed_turns(live, bus, NOON - 5 * MINUTE, NOON)
    assert [(event.rule, event.scheduled) for event in missed] == [("waits", (NOON - MINUTE,))]
