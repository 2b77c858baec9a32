"""The history of a machine that goes on for long: when `local.history` is looked at."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from emulator.app.history_pruning import HistoryPruning
from emulator.events import TaskStateChanged
from emulator.model.task import TaskStatus
from emulator.model.task_policies import HistoryLimits
from emulator.state.history import History
from emulator.state.pruning import Pruned
from emulator.state.recorder import Recorder
from emulator.timers import SimulatedTimers
from emulator.virtual_time import VirtualTime
from tests.builders import NOON, task


class _Machine:
    """A history with its recorder, which writes late, and a clock that a test moves."""

    def __init__(self, history: History, warnings: list[str]) -> None:
        self.timers = SimulatedTimers(NOON)
        self.recorder = Recorder(history, warnings.append, linger=3600)
        self.limits: HistoryLimits | None = None
        self.told: list[Pruned] = []
        self.pruning = HistoryPruning(
            history,
            self.recorder,
            self.timers,
            limits=lambda: self.limits,
            told=self.told.append,
        )

    def run_tasks(self, count: int) -> None:
        for number in range(count):
            at = self.timers.now() + timedelta(seconds=number)
            made = task(task_id=f"{at:%d%H%M%S}".ljust(32, "0"))
            over = replace(made, created_at=at, last_status=TaskStatus.STOPPED, stopped_at=at)
            self.recorder.task_changed(TaskStateChanged(task=over, at=at))

    def wait(self, **parts: float) -> None:
        VirtualTime(self.timers).pass_until(self.timers.now() + timedelta(**parts))


@contextmanager
def _machine(directory: Path) -> Iterator[_Machine]:
    warnings: list[str] = []
    history = History(directory / "history.sqlite3")
    machine = _Machine(history, warnings)
    yield machine
    machine.pruning.end()
    machine.recorder.close()
    history.close()
    assert warnings == []


def test_a_machine_without_limits_keeps_all_and_sets_no_timer(tmp_path: Path) -> None:
    with _machine(tmp_path) as machine:
        machine.run_tasks(3)
        machine.pruning.begin()
        assert machine.timers.next_instant() is None
        assert machine.told == []


def test_what_is_past_its_limits_goes_at_the_beginning_and_every_six_hours(tmp_path: Path) -> None:
    with _machine(tmp_path) as machine:
        machine.limits = HistoryLimits(keep_tasks=2)
        machine.run_tasks(5)
        machine.pruning.begin()
        assert machine.told == [Pruned(3, 0)], "not yet written when it was looked at"
        machine.wait(minutes=1)
        machine.run_tasks(4)
        machine.wait(hours=5, minutes=58)
        assert machine.told == [Pruned(3, 0)]
        machine.wait(minutes=1)
        machine.run_tasks(1)
        machine.wait(hours=6)
        assert [gone.tasks for gone in machine.told] == [3, 4, 1]


def test_limits_that_are_new_hold_at_once(tmp_path: Path) -> None:
    with _machine(tmp_path) as machine:
        machine.pruning.begin()
        machine.run_tasks(5)
        machine.limits = HistoryLimits(keep_tasks=1)
        machine.pruning.begin_anew()
        machine.wait()
        assert machine.told == [Pruned(4, 0)]
        machine.pruning.begin_anew()
        machine.run_tasks(1)
        machine.wait(hours=6)
        assert machine.told == [Pruned(4, 0), Pruned(1, 0)]


def test_nothing_goes_after_the_end(tmp_path: Path) -> None:
    with _machine(tmp_path) as machine:
        machine.limits = HistoryLimits(keep_tasks=1)
        machine.pruning.begin()
        machine.run_tasks(5)
        machine.pruning.end()
        machine.wait(hours=12)
        assert machine.told == []
