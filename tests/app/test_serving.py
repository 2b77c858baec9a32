"""Rules that fire until something says stop, on an engine of scripted processes."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from emulator.app.live import Live
from emulator.app.serving import ServeOptions, Server
from emulator.app.settings import Settings
from emulator.app.tally import Tally
from emulator.clock import system_clock
from emulator.engines.fake import FakeEngine, FakeProcess
from emulator.errors import StateDirectoryError
from emulator.eventbridge.missed import MissedPolicy
from emulator.events import EventBus, FiringFired, TaskStateChanged, Warned
from emulator.model.container_override import ContainerOverride
from emulator.model.definitions import Definitions, Local
from emulator.model.rules import Rule, Target, TaskOverride
from emulator.model.task import Task, TaskStatus
from emulator.model.task_policies import LocalRule, Overlap
from emulator.schedules import Schedule
from emulator.state.firings import each_firing
from emulator.state.history import History
from emulator.state.records import Firing
from emulator.state.stop_requests import request_stop
from tests.builders import container, definitions, rule, task_definition

UNTIL_STOPPED = FakeProcess(duration=None)
STUBBORN = FakeProcess(duration=None, ignores_sigterm=True)
MILLISECOND = timedelta(milliseconds=1)
SAID = datetime(2026, 11, 24, 12, tzinfo=UTC)


class _Soon(Schedule):
    """A schedule that is due so many times, a millisecond apart, as soon as it is asked."""

    __slots__ = ("_begin", "_times", "doubts", "expression", "timezone")

    def __init__(self, times: int) -> None:
        self.expression, self.timezone, self.doubts = "soon", "UTC", ()
        self._times = times
        self._begin: datetime | None = None

    def next_after(self, instant: datetime) -> datetime | None:
        self._begin = self._begin or instant
        following = (self._begin + n * MILLISECOND for n in range(1, self._times + 1))
        return next((due for due in following if due > instant), None)

    def scheduled_time(self, due: datetime) -> datetime:
        return SAID


class _Served:
    """A server on a state directory of its own, and what becomes of its tasks."""

    def __init__(
        self,
        state_dir: Path,
        engine: FakeEngine,
        *,
        known: Definitions | None = None,
        rules: tuple[Rule, ...] | None = None,
        times: int = 1,
        **options: Any,
    ) -> None:
        self.engine = engine
        self.ended: list[Task] = []
        self.warnings: list[str] = []
        self.bus = EventBus()
        self.bus.subscribe(TaskStateChanged, self._on_task)
        self.bus.subscribe(Warned, lambda event: self.warnings.append(event.message))
        self.live = Live(
            Settings(directory=state_dir, state_dir=state_dir),
            known or definitions(),
            self.bus,
            system_clock,
            lambda: engine,
        )
        self._rules = rules or (rule(),)
        self._times = times
        self._options = ServeOptions(**options)
        self._on_running: list[Callable[[], object]] = []

    def when_running(self, act: Callable[[], object]) -> None:
        """Act once, as soon as a task runs."""
        self._on_running.append(act)

    def serve(self) -> Tally:
        with self.live:
            self.server = Server(
                self.live,
                {each.name: (each, _Soon(self._times)) for each in self._rules},
                self._options,
                bus=self.bus,
                clock=system_clock,
                policy=MissedPolicy.SKIP,
            )
            return self.server.serve()

    def _on_task(self, event: TaskStateChanged) -> None:
        if event.task.last_status is TaskStatus.RUNNING and self._on_running:
            self._on_running.pop(0)()
        if event.task.stopped:
            self.ended.append(event.task)


@contextmanager
def _recorded(state_dir: Path) -> Iterator[History]:
    history = History(state_dir / "history.sqlite3")
    yield history
    history.close()


def test_it_ends_when_every_schedule_is_over_and_every_task_is(tmp_path: Path) -> None:
    tally = _Served(tmp_path, FakeEngine(), times=3).serve()
    assert (tally.firings, tally.succeeded, tally.failed, tally.interrupted) == (3, 3, 0, False)
    assert tally.ended_at is not None
    with _recorded(tmp_path) as history:
        assert len(history.tasks()) == 3
        assert {each.outcome for each in each_firing(history)} == {"fired"}


def test_a_firing_is_on_record_with_the_tasks_of_all_its_targets_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[tuple[int, int]] = []
    known: set[str] = set()
    record = History.record

    def watched(
        self: History, tasks: Sequence[Task], firings: Sequence[Firing], *rest: Any
    ) -> None:
        new = {task.id for task in tasks} - known
        known.update(new)
        written.append((len(new), len(firings)))
        record(self, tasks, firings, *rest)

    monkeypatch.setattr(History, "record", watched)
    many = rule(targets=tuple(Target(id=str(n), task_definition="job") for n in range(5)))
    _Served(tmp_path, FakeEngine(), rules=(many,)).serve()
    assert [each for each in written if each != (0, 0)] == [(5, 1)]


def test_tasks_are_told_the_time_that_the_schedule_says_not_when_they_are_due(
    tmp_path: Path,
) -> None:
    command = ("report", "<aws.scheduler.scheduled-time>")
    override = ContainerOverride(name="app", command=command)
    target = Target(
        id="1", task_definition="job", overrides=TaskOverride(container_overrides=(override,))
    )
    served = _Served(tmp_path, FakeEngine(), rules=(rule(dialect="scheduler", targets=(target,)),))
    served.serve()
    (container_override,) = served.ended[0].overrides.container_overrides
    assert container_override.command == ("report", "2026-11-24T12:00:00Z")


def test_max_firings_ends_it_and_lets_what_runs_finish(tmp_path: Path) -> None:
    served = _Served(tmp_path, FakeEngine(), times=10, max_firings=2)
    tally = served.serve()
    assert (tally.firings, tally.succeeded, len(served.ended)) == (2, 2, 2)


def test_nothing_fires_from_until_on(tmp_path: Path) -> None:
    tally = _Served(tmp_path, FakeEngine(), times=10, until=system_clock()).serve()
    assert (tally.firings, tally.interrupted) == (0, False)


def test_a_failing_task_is_counted(tmp_path: Path) -> None:
    tally = _Served(tmp_path, FakeEngine({"app": FakeProcess(exit_code=1)}), times=2).serve()
    assert (tally.failed, tally.succeeded) == (2, 0)


def test_exit_on_failure_stops_everything(tmp_path: Path) -> None:
    known = definitions(
        task_definition(container("long"), family="long"), task_definition(container("bad"))
    )
    rules = (rule("slow", targets=(Target(id="1", task_definition="long"),)), rule("bad"))
    engine = FakeEngine({"long": UNTIL_STOPPED, "bad": FakeProcess(exit_code=1)})
    served = _Served(tmp_path, engine, known=known, rules=rules, exit_on_failure=True)
    tally = served.serve()
    assert (tally.failed, tally.stopped, tally.interrupted) == (1, 1, False)
    assert {each.stopped_reason for each in served.ended} == {
        "Essential container in task exited",
        "another task failed (--exit-on-failure)",
    }


def test_draining_stops_tasks_gently_and_fires_nothing_more(tmp_path: Path) -> None:
    engine = FakeEngine({"app": UNTIL_STOPPED})
    served = _Served(tmp_path, engine, times=1000)
    served.when_running(lambda: served.server.drain())
    tally = served.serve()
    assert tally.interrupted
    assert (tally.stopped, tally.firings) == (len(served.ended), len(served.ended))
    assert {each.stopped_reason for each in served.ended} == {"Task stopped by user"}
    assert engine.find_containers({}) == []


def test_a_task_that_is_fired_while_draining_is_stopped_too(tmp_path: Path) -> None:
    served = _Served(tmp_path, FakeEngine({"app": UNTIL_STOPPED}))
    served.bus.subscribe(FiringFired, lambda _: served.server.drain())
    tally = served.serve()
    assert (tally.firings, tally.stopped, tally.interrupted) == (1, 1, True)


def test_killing_does_not_wait_for_stop_timeouts(tmp_path: Path) -> None:
    known = definitions(task_definition(container(stop_timeout=3600)))
    served = _Served(tmp_path, FakeEngine({"app": STUBBORN}), known=known)

    def drain_and_kill() -> None:
        served.server.drain()
        served.server.kill()

    served.when_running(drain_and_kill)
    tally = served.serve()
    assert (tally.stopped, served.ended[0].containers[0].exit_code) == (1, 137)


def test_a_skipped_firing_is_counted_as_skipped_and_not_as_a_firing(tmp_path: Path) -> None:
    known = definitions(local=Local(rules={"nightly": LocalRule(overlap=Overlap.SKIP)}))
    served = _Served(tmp_path, FakeEngine({"app": UNTIL_STOPPED}), known=known, times=4)
    skipped = threading.Event()
    fired: list[FiringFired] = []
    served.bus.subscribe(FiringFired, fired.append)
    served.when_running(lambda: skipped.set())

    def stop_when_over() -> None:
        while not served.server.exhausted:
            skipped.wait(0.001)
        served.server.drain()

    thread = threading.Thread(target=stop_when_over)
    served.when_running(thread.start)
    served._on_running.reverse()
    tally = served.serve()
    thread.join()
    assert (tally.firings, tally.skipped, len(served.ended)) == (1, 3, 1)


def test_a_refused_target_is_counted_and_no_task_exists(tmp_path: Path) -> None:
    rules = (rule(targets=(Target(id="1", task_definition="gone"),)),)
    served = _Served(tmp_path, FakeEngine(), rules=rules)
    tally = served.serve()
    assert (tally.refused, tally.firings, served.ended) == (1, 1, [])


def test_a_task_that_another_process_asked_to_stop_is_stopped(tmp_path: Path) -> None:
    served = _Served(tmp_path, FakeEngine({"app": UNTIL_STOPPED}))

    def ask() -> None:
        served.live.recorder.flush()
        with _recorded(tmp_path) as history:
            (found,) = history.tasks()
            request_stop(history, found.task_id, found.owner, "takes too long", system_clock())

    served.when_running(ask)
    tally = served.serve()
    assert tally.stopped == 1
    assert served.ended[0].stopped_reason == "takes too long"


def test_a_history_that_fails_is_told_once_and_no_container_is_left(tmp_path: Path) -> None:
    engine = FakeEngine({"app": FakeProcess(duration=timedelta(milliseconds=5))})
    served = _Served(tmp_path, engine)

    def lose_the_disk() -> None:
        def full(*_: object) -> None:
            message = "the disk is full"
            raise StateDirectoryError(message)

        served.live.history.record = full  # type: ignore[method-assign, assignment]
        served.live.history.foreign_changes = full  # type: ignore[method-assign, assignment]

    served.when_running(lose_the_disk)
    tally = served.serve()
    assert (tally.succeeded, tally.incomplete) == (1, True)
    assert [text for text in served.warnings if "the disk is full" in text]
    assert engine.find_containers({}) == []


def test_what_fails_in_serving_still_ends_the_tasks(tmp_path: Path) -> None:
    engine = FakeEngine({"app": UNTIL_STOPPED})
    served = _Served(tmp_path, engine)

    def broken() -> None:
        message = "a defect"
        raise RuntimeError(message)

    def break_it() -> None:
        served.live.obey_stop_requests = broken  # type: ignore[method-assign]

    served.when_running(break_it)
    with pytest.raises(RuntimeError, match="a defect"):
        served.serve()
    assert len(served.ended) == 1
    assert engine.find_containers({}) == []


def test_a_schedule_that_is_over_before_it_begins_keeps_nobody_waiting(tmp_path: Path) -> None:
    tally = _Served(tmp_path, FakeEngine(), times=0).serve()
    assert (tally.firings, tally.interrupted) == (0, False)
