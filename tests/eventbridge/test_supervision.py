"""Attempts, time limits, turns and places, on a fake engine and a clock that is moved by hand."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from emulator.ecs.cluster import Cluster
from emulator.engines.fake import FakeEngine, FakeProcess
from emulator.eventbridge.delivery import Delivery
from emulator.eventbridge.supervision import Supervision
from emulator.eventbridge.telling import Telling
from emulator.events import (
    EventBus,
    FiringFired,
    FiringOverlapped,
    FiringSkipped,
    TaskRetryCancelled,
    TaskRetryScheduled,
    TaskStateChanged,
    TaskWaits,
)
from emulator.model.definitions import Local
from emulator.model.task import Task, TaskStatus
from emulator.model.task_policies import LocalRule, Notify, Overlap, TaskRetry
from emulator.timers import SimulatedTimers
from tests.builders import NOON, definitions, rule, workshop

PATIENCE = 60.0
MINUTE = timedelta(minutes=1)
ENDLESS = FakeProcess(duration=None)


class Machine:
    """A delivery under supervision, with everything it tells as words."""

    def __init__(
        self,
        process: FakeProcess,
        local: LocalRule,
        *,
        limit: int | None = None,
        timeout_seconds: int | None = None,
        retries: int = 0,
    ) -> None:
        self.told: list[str] = []
        self.ended: list[Task] = []
        self._changed = threading.Condition()
        self._running: set[str] = set()
        bus = self.bus = EventBus()
        self.rule = rule(timeout_seconds=timeout_seconds, retries=retries)
        known = definitions(rules=(self.rule,), local=Local(rules={"nightly": local}))
        self.timers = SimulatedTimers(NOON)
        shop = workshop(FakeEngine({"app": process}), bus, clock=self.timers.now)
        self.cluster = Cluster(shop, limit=limit)
        self.supervision = Supervision(known, self.cluster, bus, self.timers)
        unused: Any = None
        telling = Telling(bus, self.timers, unused, unused)
        self.delivery = Delivery(known, self.cluster, bus, self.timers, unused, telling)
        bus.subscribe(TaskStateChanged, self._on_task)
        bus.subscribe(FiringFired, lambda e: self._tell(f"fired {e.scheduled_at:%H:%M}"))
        bus.subscribe(FiringOverlapped, lambda e: self._tell(f"{e.decision} behind {e.running}"))
        bus.subscribe(FiringSkipped, lambda e: self._tell(f"skipped {e.scheduled_at:%H:%M}"))
        bus.subscribe(TaskWaits, lambda e: self._tell(f"waits behind {e.running}"))
        bus.subscribe(
            TaskRetryScheduled,
            lambda e: self._tell(f"attempt {e.attempt} of {e.attempts} at {e.at:%H:%M:%S}"),
        )
        bus.subscribe(TaskRetryCancelled, lambda e: self._tell(f"no other attempt: {e.reason}"))

    def fire(self, minute: int = 0) -> None:
        self.delivery.fire(self.rule, NOON + minute * MINUTE)

    def wait_until(self, reached: Callable[[], bool]) -> None:
        with self._changed:
            assert self._changed.wait_for(reached, PATIENCE), self.told

    def wait_running(self, count: int) -> None:
        self.wait_until(lambda: len(self._running) == count)

    def wait_ended(self, count: int) -> None:
        self.wait_until(lambda: len(self.ended) == count)

    def end(self) -> None:
        self.delivery.stop()
        self.supervision.stop("the run ended")
        self.cluster.stop_all("Task stopped by user")
        assert self.cluster.wait_idle(PATIENCE)

    def _tell(self, text: str) -> None:
        with self._changed:
            self.told.append(text)
            self._changed.notify_all()

    def _on_task(self, event: TaskStateChanged) -> None:
        task = event.task
        with self._changed:
            if task.last_status is TaskStatus.RUNNING:
                self._running.add(task.id)
            elif task.stopped:
                self._running.discard(task.id)
                self.ended.append(task)
            self._changed.notify_all()


def test_a_task_that_fails_gets_all_its_attempts_and_then_no_more() -> None:
    retry = TaskRetry(attempts=3, backoff=2)
    machine = Machine(FakeProcess(exit_code=7), LocalRule(retry=retry))
    machine.fire()
    for count in (1, 2):
        machine.wait_until(lambda n=count: sum("attempt" in t for t in machine.told) == n)  # type: ignore[misc]
        assert not machine.cluster.wait_idle(0)
        machine.timers.step(NOON + 10 * MINUTE)
    machine.wait_ended(3)
    assert machine.cluster.wait_idle(PATIENCE)
    assert machine.told == [
        "fired 12:00",
        "attempt 2 of 3 at 12:00:10",
        "attempt 3 of 3 at 12:00:30",
    ]
    first = machine.ended[0].id
    assert [(t.attempt, t.retry_of) for t in machine.ended] == [(1, None), (2, first), (3, first)]
    assert {t.scheduled_at for t in machine.ended} == {NOON}
    machine.end()


@pytest.mark.parametrize(("notify", "counts"), [(Notify.LAST, False), (Notify.EACH, True)])
def test_only_the_last_failure_counts_unless_each_is_asked_for(
    notify: Notify, counts: bool
) -> None:
    machine = Machine(
        FakeProcess(exit_code=7), LocalRule(retry=TaskRetry(attempts=2, notify=notify))
    )
    machine.fire()
    machine.wait_ended(1)
    assert machine.supervision.counts(machine.ended[0]) is counts
    machine.timers.step(NOON + MINUTE)
    machine.wait_ended(2)
    assert machine.supervision.counts(machine.ended[1])
    machine.end()


def test_an_attempt_that_waits_is_cancelled_by_the_end_of_the_run() -> None:
    machine = Machine(FakeProcess(exit_code=7), LocalRule(retry=TaskRetry(attempts=3)))
    machine.fire()
    machine.wait_until(lambda: len(machine.told) == 2)
    (waiting,) = machine.supervision.waiting()
    assert (waiting.task, waiting.attempt) == (machine.ended[0], 2)
    assert waiting.at == NOON + timedelta(seconds=10)
    machine.end()
    assert machine.supervision.waiting() == []
    assert machine.told[2:] == ["no other attempt: the run ended"]
    machine.timers.step(NOON + 10 * MINUTE)
    assert machine.cluster.wait_idle(PATIENCE)
    assert [task.exit_code for task in machine.ended] == [7]


def test_a_task_that_runs_too_long_is_stopped_with_the_reason() -> None:
    machine = Machine(ENDLESS, LocalRule(timeout=5 * MINUTE))
    machine.fire()
    machine.wait_running(1)
    assert not machine.timers.step(NOON + 4 * MINUTE)
    assert machine.timers.step(NOON + 5 * MINUTE)
    machine.wait_ended(1)
    assert machine.ended[0].timed_out
    assert machine.ended[0].stopped_reason == (
        "Task timed out after 5m (local.rules.nightly.timeout)"
    )
    machine.end()


def test_a_copilot_job_has_no_attempt_after_its_timeout() -> None:
    machine = Machine(ENDLESS, LocalRule(), timeout_seconds=60, retries=3)
    machine.fire()
    machine.wait_running(1)
    assert machine.timers.step(NOON + MINUTE)
    machine.wait_ended(1)
    assert machine.cluster.wait_idle(PATIENCE)
    assert machine.told == ["fired 12:00"]
    machine.end()


def test_a_copilot_jobs_timeout_is_for_all_its_attempts_together() -> None:
    machine = Machine(FakeProcess(exit_code=7), LocalRule(), timeout_seconds=60, retries=9)
    machine.fire()
    for count in (1, 2, 3):
        machine.wait_until(lambda n=count: sum("attempt" in t for t in machine.told) == n)  # type: ignore[misc]
        machine.timers.step(NOON + 10 * MINUTE)
    machine.wait_ended(4)
    assert machine.cluster.wait_idle(PATIENCE)
    assert machine.told == [
        "fired 12:00",
        "attempt 2 of 10 at 12:00:10",
        "attempt 3 of 10 at 12:00:25",
        "attempt 4 of 10 at 12:00:47",
    ]
    machine.end()


def _failed(local: LocalRule) -> Task:
    """Return a task of the rule that failed in a process that is gone."""
    first = Machine(FakeProcess(exit_code=7), local)
    first.fire()
    first.wait_ended(1)
    first.end()
    return first.ended[0]


RETRIED = LocalRule(retry=TaskRetry(attempts=2))


@pytest.mark.parametrize(("minutes", "at"), [(-5, "12:00:00"), (5, "12:05:00")])
def test_an_attempt_that_a_killed_process_left_comes_at_its_time_or_at_once(
    minutes: int, at: str
) -> None:
    failed = _failed(RETRIED)
    heir = Machine(FakeProcess(), RETRIED)
    assert heir.supervision.resume(failed, NOON + minutes * MINUTE)
    assert heir.told == [f"attempt 2 of 2 at {at}"]
    assert heir.supervision.is_retried(failed)
    assert not heir.cluster.wait_idle(0)
    heir.timers.step(NOON + 10 * MINUTE)
    heir.wait_ended(1)
    assert (heir.ended[0].attempt, heir.ended[0].retry_of) == (2, failed.id)
    heir.end()


def test_no_attempt_is_gone_on_with_that_the_definitions_do_not_want_by_now() -> None:
    failed = _failed(RETRIED)
    none, some = Machine(FakeProcess(), LocalRule()), Machine(FakeProcess(), RETRIED)
    assert not none.supervision.resume(failed, NOON)
    assert not some.supervision.resume(replace(failed, attempt=2), NOON)
    assert not some.supervision.resume(replace(failed, rule=None), NOON)
    some.supervision.stop("the run ended")
    assert not some.supervision.resume(failed, NOON)
    for machine in (none, some):
        assert machine.told == []
        assert machine.cluster.wait_idle(0)
        machine.end()


def test_what_ends_while_no_attempts_are_wanted_gets_none_and_what_ends_later_does() -> None:
    machine = Machine(FakeProcess(exit_code=7), RETRIED)
    with machine.supervision.without_attempts():
        machine.fire()
        machine.wait_ended(1)
        assert machine.cluster.wait_idle(PATIENCE)
    machine.fire(1)
    machine.wait_ended(2)
    machine.wait_until(lambda: "attempt" in machine.told[-1])
    assert machine.told == ["fired 12:00", "fired 12:01", "attempt 2 of 2 at 12:00:10"]
    machine.supervision.cancel("another rule", "it is replaced")
    assert len(machine.supervision.waiting()) == 1
    machine.supervision.stop("the run ended")
    machine.fire(2)
    machine.wait_ended(3)
    assert machine.cluster.wait_idle(PATIENCE)
    assert machine.told[3:] == ["no other attempt: the run ended", "fired 12:02"]
    machine.end()


def test_firings_wait_in_turn_for_the_tasks_of_their_rule() -> None:
    machine = Machine(ENDLESS, LocalRule(overlap=Overlap.QUEUE))
    for minute in range(3):
        machine.fire(minute)
    machine.wait_running(1)
    assert machine.told == ["fired 12:00", "queue behind 1", "queue behind 1"]
    machine.cluster.stop_all("enough")
    machine.wait_until(lambda: machine.told[-1] == "fired 12:01")
    machine.end()
    assert machine.told[-1] == "skipped 12:02"
    assert len(machine.ended) == 2


def test_a_firing_replaces_what_runs_and_the_last_that_waits_comes() -> None:
    machine = Machine(
        FakeProcess(duration=None, ignores_sigterm=True), LocalRule(overlap=Overlap.REPLACE)
    )
    for minute in range(3):
        machine.fire(minute)
    assert machine.told == ["fired 12:00", "replace behind 1", "replace behind 1", "skipped 12:01"]
    machine.cluster.kill_all("enough")
    machine.wait_until(lambda: machine.told[-1] == "fired 12:02")
    assert machine.ended[0].stopped_reason == (
        "replaced by the next run (local.rules.nightly.overlap)"
    )
    machine.cluster.kill_all("enough")
    machine.end()


def test_a_rule_whose_next_attempt_waits_is_still_at_work() -> None:
    local = LocalRule(overlap=Overlap.SKIP, retry=TaskRetry(attempts=2))
    machine = Machine(FakeProcess(exit_code=7), local)
    machine.fire()
    machine.wait_until(lambda: "attempt" in machine.told[-1])
    machine.wait_ended(1)
    machine.fire(1)
    machine.end()
    assert machine.told[2] in ("skip behind 1", "skip behind 2")


def test_replacing_cancels_an_attempt_that_waits_and_spares_what_replaces_it() -> None:
    local = LocalRule(overlap=Overlap.REPLACE, retry=TaskRetry(attempts=2))
    machine = Machine(FakeProcess(exit_code=7), local)
    machine.fire()
    machine.wait_until(lambda: "attempt" in machine.told[-1])
    machine.fire(1)
    machine.wait_until(lambda: "fired 12:01" in machine.told)
    machine.wait_ended(2)
    machine.end()
    assert any(text.startswith("no other attempt: replaced by") for text in machine.told)
    assert [task.exit_code for task in machine.ended] == [7, 7]
    assert not any("replaced" in (task.stopped_reason or "") for task in machine.ended)


def test_no_more_tasks_run_than_may_and_the_others_come_in_order() -> None:
    machine = Machine(ENDLESS, LocalRule(), limit=2)
    for minute in range(4):
        machine.fire(minute)
    machine.wait_running(2)
    assert [t for t in machine.told if "waits" in t] == ["waits behind 2"] * 2
    first = machine.cluster.active()[0]
    machine.cluster.stop(first.id, "enough")
    machine.wait_ended(1)
    machine.wait_running(2)
    waiting = machine.cluster.active()[-1]
    assert waiting.last_status is TaskStatus.PROVISIONING
    machine.cluster.stop(waiting.id, "never started")
    machine.wait_ended(2)
    assert machine.ended[1].id == waiting.id
    assert machine.ended[1].started_at is None
    machine.end()
