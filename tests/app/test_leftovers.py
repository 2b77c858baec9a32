"""Attempts and turns that a killed scheduler had promised come, or are reported."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from emulator.app.archive import Archive
from emulator.app.leftovers import go_on, unfinished_attempts
from emulator.app.live import Live
from emulator.app.settings import Settings
from emulator.definitions.put_events import Entry
from emulator.ecs.run_task import RunTaskRequest, run_task
from emulator.engines.fake import FakeEngine
from emulator.eventbridge.failures import Failure, WaitingInvocation
from emulator.eventbridge.invocation import Invocation
from emulator.eventbridge.notification import Notification
from emulator.eventbridge.occasion import Occasion, due, matched
from emulator.eventbridge.outlet import Parcel
from emulator.eventbridge.service_events import put_event
from emulator.events import (
    EventBus,
    FiringDelivered,
    FiringMissed,
    InvocationFailed,
    Promised,
    PromiseKind,
    TaskRetryScheduled,
    TaskStateChanged,
    Warned,
)
from emulator.model.definitions import Definitions, Local
from emulator.model.delivery import RetryPolicy
from emulator.model.notification_targets import TargetKind
from emulator.model.task import Origin, StopCode, Task, TaskStatus
from emulator.model.task_policies import LocalRule, Overlap, TaskRetry
from emulator.state.history import History
from emulator.state.owner import Owner
from emulator.state.promises import promises
from emulator.state.records import WaitingAttempt
from emulator.timers import SimulatedTimers
from tests.builders import NOON, definitions, event_rule, rule

GONE = str(Owner.current()._replace(started="1"))
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


NIGHTLY = rule("nightly")
AFTER = event_rule()
KNOWN = replace(
    definitions(local=Local(rules={"nightly": LocalRule(overlap=Overlap.QUEUE)})),
    rules=(NIGHTLY,),
    event_rules=(AFTER,),
)
THROTTLED = Failure(
    exception="ThrottlingException", code="THROTTLING", message="Rate exceeded", retriable=True
)


class _Left:
    """A state directory in which a process, killed or not, has left promises."""

    def __init__(self, path: Path, owner: str = GONE) -> None:
        self.path = path
        self.told: list[str] = []
        self.started: list[tuple[str | None, datetime | None, str]] = []
        self.happened: list[Any] = []
        self._owner = owner
        self._count = 0

    def promise(self, kind: PromiseKind, *values: object) -> None:
        history = History(self.path / "history.sqlite3", owner=self._owner)
        for value in values:
            self._count += 1
            promised = Promised(key=f"p{self._count}", kind=kind, value=value, at=NOON)
            history.record([], promised=[promised])
        history.close()

    def go_on(self, *heir_of: str, known: Definitions = KNOWN) -> None:
        bus, timers = EventBus(), SimulatedTimers(NOON)
        bus.subscribe(Warned, lambda event: self.told.append(event.message))
        bus.subscribe(TaskStateChanged, self._on_task)
        for kind in (FiringDelivered, FiringMissed, InvocationFailed):
            bus.subscribe(kind, self.happened.append)
        settings = Settings(directory=self.path, state_dir=self.path)
        with Live(settings, known, bus, timers.now, FakeEngine, timers=timers) as live:
            go_on(live, bus, heir_of)
            while not live.cluster.wait_idle(0.01):
                timers.step(NOON + 10 * MINUTE)

    def left(self, kind: PromiseKind) -> list[str]:
        history = History(self.path / "history.sqlite3")
        found = [promise.key for promise in promises(history, kind)]
        history.close()
        return found

    def _on_task(self, event: TaskStateChanged) -> None:
        if event.task.version == 1:
            task = event.task
            self.started.append((task.rule, task.scheduled_at, task.origin.value))


def _turn(minutes: int, name: str = "nightly") -> Occasion:
    return due(replace(NIGHTLY, name=name), NOON + minutes * MINUTE, KNOWN, Origin.QUEUE)


def _event_turn() -> Occasion:
    entry = Entry(source="a", detail_type="t", detail={"name": "日本"})
    event = put_event(entry, NOON, region="r", account="1")
    return replace(matched(AFTER, event, ("first",), KNOWN), origin=Origin.QUEUE)


def test_a_firing_has_its_turn_after_the_attempt_that_it_waited_for(tmp_path: Path) -> None:
    failed = _Heir(tmp_path, GONE, NOON + MINUTE).task
    left = _Left(tmp_path)
    left.promise(PromiseKind.TURN, _turn(1))
    local = Local(rules={"nightly": LocalRule(retry=TaskRetry(attempts=3), overlap=Overlap.QUEUE)})
    left.go_on(GONE, known=replace(KNOWN, local=local))
    assert [at for _, at, _ in left.started] == [failed.scheduled_at, NOON + MINUTE]


def test_missed_firings_are_made_up_for_in_order(tmp_path: Path) -> None:
    left = _Left(tmp_path)
    left.promise(PromiseKind.MAKE_UP, *(_turn(n - 9) for n in range(3)))
    left.go_on(GONE)
    assert [at for _, at, _ in left.started] == [NOON + (n - 9) * MINUTE for n in range(3)]
    assert left.left(PromiseKind.MAKE_UP) == []


def test_firings_that_waited_have_their_turn_in_order(tmp_path: Path) -> None:
    left = _Left(tmp_path)
    left.promise(PromiseKind.TURN, _turn(-9), _event_turn(), _turn(-8), _turn(-7))
    left.go_on(GONE)
    nightly = [at for rule, at, origin in left.started if (rule, origin) == ("nightly", "queue")]
    assert nightly == [NOON + minutes * MINUTE for minutes in (-9, -8, -7)]
    assert ("after", None, "queue") in left.started
    assert left.left(PromiseKind.TURN) == []
    assert left.told == ["going on with 4 firings of before that waited for a turn"]


@pytest.mark.parametrize(
    ("heir_of", "name", "reason"),
    [
        ((), "nightly", "the process that was to start it is gone"),
        ((GONE,), "renamed", "it waited for its turn, and by now there is no such rule"),
    ],
)
def test_a_firing_whose_turn_does_not_come_is_missed(
    tmp_path: Path, heir_of: tuple[str, ...], name: str, reason: str
) -> None:
    left = _Left(tmp_path)
    left.promise(PromiseKind.TURN, _turn(-9, name))
    left.go_on(*heir_of)
    (missed,) = left.happened
    assert (missed.rule, missed.scheduled, missed.reason) == (name, (NOON - 9 * MINUTE,), reason)
    assert (left.started, left.left(PromiseKind.TURN)) == ([], [])


def test_what_a_living_process_has_promised_is_left_to_it(tmp_path: Path) -> None:
    left = _Left(tmp_path, str(Owner.current()))
    left.promise(PromiseKind.TURN, _turn(-9))
    left.go_on(GONE)
    assert (left.started, left.told, left.left(PromiseKind.TURN)) == ([], [], ["p1"])


def _throttled(policy: RetryPolicy | None = None, *, since: datetime = NOON) -> WaitingInvocation:
    own = replace(NIGHTLY.targets[0], retry_policy=policy)
    return WaitingInvocation(
        invocation=Invocation(target=own, occasion=_turn(-1), count=2),
        attempt=1,
        since=since,
        failure=THROTTLED,
        next_at=since + timedelta(seconds=1),
    )


def test_an_invocation_that_waited_for_its_retry_is_tried_again(tmp_path: Path) -> None:
    left = _Left(tmp_path)
    left.promise(PromiseKind.INVOCATION, _throttled())
    left.go_on(GONE)
    assert left.started == [("nightly", NOON - MINUTE, "queue")] * 2
    assert (left.happened, left.left(PromiseKind.INVOCATION)) == ([], [])


def test_a_firing_has_its_turn_after_the_retry_that_it_waited_for(tmp_path: Path) -> None:
    left = _Left(tmp_path)
    left.promise(PromiseKind.INVOCATION, _throttled())
    left.promise(PromiseKind.TURN, _turn(0))
    left.go_on(GONE)
    assert [at for _, at, _ in left.started] == [NOON - MINUTE, NOON - MINUTE, NOON]


def test_an_event_that_grew_too_old_meanwhile_is_undelivered(tmp_path: Path) -> None:
    left = _Left(tmp_path)
    policy = RetryPolicy(maximum_event_age_in_seconds=60)
    left.promise(PromiseKind.INVOCATION, _throttled(policy, since=NOON - 2 * MINUTE))
    left.go_on(GONE)
    (failed,) = left.happened
    assert failed.reason == "Rate exceeded (after 1 attempt: MaximumEventAgeInSeconds)"
    assert (left.started, left.left(PromiseKind.INVOCATION)) == ([], [])


def test_an_invocation_that_nobody_goes_on_with_is_told(tmp_path: Path) -> None:
    left = _Left(tmp_path)
    left.promise(PromiseKind.INVOCATION, _throttled())
    left.go_on()
    assert left.told == [
        (
            "nightly: target 1 is not tried again (Rate exceeded): "
            "the process that was to start it is gone"
        )
    ]
    assert left.left(PromiseKind.INVOCATION) == []


def _parcel(sink: str) -> Parcel:
    told = Notification(
        kind=TargetKind.SNS,
        name="failures",
        arn="arn:aws:sns:r:1:failures",
        rule="after",
        target_id="1",
        event={"id": "e"},
        text="失敗",
        at=NOON,
        occasion=_event_turn(),
    )
    return Parcel(told=told, sink=sink)


def test_notifications_that_were_not_delivered_are_sent_whoever_had_them(tmp_path: Path) -> None:
    left = _Left(tmp_path)
    left.promise(
        PromiseKind.NOTIFICATION,
        *(_parcel("the notification files") for _ in range(2)),
        _parcel("webhook http://gone"),
    )
    left.go_on()
    (path,) = (tmp_path / "notifications" / "sns").iterdir()
    assert path.read_text("utf-8").count("失敗") == 2
    assert left.told == [
        "the notification files: sending 2 notifications of an earlier run",
        (
            "webhook http://gone: 1 notification of an earlier run not delivered: "
            "no such sink by now"
        ),
    ]
    assert left.left(PromiseKind.NOTIFICATION) == []


def test_a_promise_of_another_version_is_given_up_and_told(tmp_path: Path) -> None:
    left = _Left(tmp_path)
    left.promise(PromiseKind.TURN, _throttled())
    left.go_on(GONE)
    (told,) = left.told
    assert told.startswith(f"a turn of {GONE} is given up: no Occasion of this version")
    assert left.left(PromiseKind.TURN) == []
