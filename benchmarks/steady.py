"""A task a second for a long time: memory stays flat, and nothing gets later or slower.

Six hours pass on a virtual clock; minutes pass on a real one, in a process of its own, on the fake
engine and on Docker.
"""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

from benchmarks.figure import Figure
from benchmarks.many_writers import resident_megabytes
from benchmarks.project import one_container
from emulator.app.settings import Settings
from emulator.app.simulation import Simulation
from emulator.engines.fake import FakeEngine, FakeProcess
from emulator.events import EventBus
from emulator.model.definitions import Definitions
from emulator.model.rules import Rule, Target
from emulator.model.task_definition import NetworkMode
from emulator.state.firings import each_firing
from emulator.state.history import History
from emulator.state.task_filter import TaskFilter
from emulator.timers import Timers
from tests.with_docker.project import Project, due, job, shell, soon

START: Final = datetime(2028, 2, 28, tzinfo=UTC)
HOUR: Final = timedelta(hours=1)
HOURS: Final = 6
RULES: Final = 60
"""Each fires every minute: 60 tasks a minute, the finest that EventBridge knows."""

LATER_TARGET: Final = 50.0
"""Milliseconds by which firings may be later in the end than in the beginning."""

GROWTH_TARGET: Final = 10.0
SLOWER_TARGET: Final = 1.25
SECONDS: Final = {"fake": 300, "docker": 120}
WARM_UP: Final = 0.2
"""The part of the time after which memory is first looked at: pools fill, modules are imported."""


def measure(quick: bool) -> Iterator[Figure]:
    """Yield how memory, speed and lateness change."""
    yield from _hours(2 if quick else HOURS)
    for engine, length in SECONDS.items():
        yield from _minutes(engine, 15 if quick else length)


def _hours(count: int) -> Iterator[Figure]:
    """Yield what so many virtual hours cost."""
    rules = {
        f"rule-{number:02}": Rule(
            name=f"rule-{number:02}",
            schedule_expression="cron(* * * * ? *)",
            targets=(Target(id="only", task_definition="date"),),
        )
        for number in range(RULES)
    }
    known = Definitions(
        rules=tuple(rules.values()),
        task_definitions={"date": one_container("date", ("date",), NetworkMode.AWSVPC)},
    )
    engine: list[FakeEngine] = []

    def made(timers: Timers) -> FakeEngine:
        lasts = FakeProcess(duration=timedelta(seconds=30))
        engine.append(FakeEngine({"job": lasts}, images=None, clock=timers.now, timers=timers))
        return engine[-1]

    taken, memory = [], []
    with TemporaryDirectory(prefix="ecs-local-steady-") as folder:
        settings = Settings(directory=Path(folder), state_dir=Path(folder) / "state")
        with Simulation(settings, known, EventBus(), START, made, flows=False) as simulation:
            schedules = {name: rule.schedule for name, rule in rules.items()}
            for hour in range(1, count + 1):
                end = START + hour * HOUR
                began = time.process_time()
                simulation.fire_until(rules, schedules, end)
                taken.append(time.process_time() - began)
                # What was asked of it is the fake engine's memory, not the program's.
                engine[0].calls.clear()
                memory.append(resident_megabytes())
    tasks = f"{count * 3600:,} tasks in {count} virtual hours"
    yield _growth(tasks, memory[0], memory[-1])
    yield Figure(
        what=f"{tasks}: CPU time of the last hour against the first",
        ours=f"{taken[-1]:.1f} s",
        against=f"{taken[0]:.1f} s",
        value=taken[-1] / taken[0],
        unit="x",
        target=SLOWER_TARGET,
    )


def _minutes(engine: str, length: int) -> Iterator[Figure]:
    """Yield what so many real seconds cost, by `ecs-local run` in a process of its own."""
    with TemporaryDirectory(prefix="ecs-local-steady-") as folder:
        project = Project(Path(folder))
        begin = soon(10)
        rules = [
            {**due("job", begin + timedelta(seconds=number)), "name": f"second-{number:04}"}
            for number in range(length)
        ]
        project.define({"job": job(shell("echo done"))}, rules)
        memory: list[float] = []
        with project.running("run", "--engine", engine) as run:
            status = Path(f"/proc/{run.process.pid}/statm")
            while run.process.poll() is None:
                words = status.read_text("ascii").split()
                memory.append(int(words[1]) * 4096 / 1e6 if words else memory[-1])
                time.sleep(1)
        history = History(project.state_dir / "history.sqlite3")
        firings = list(each_firing(history))
        failed = len(history.tasks(TaskFilter(failed=True)))
        history.close()
        project.run("down")
    if len(firings) != length or failed:
        message = (
            f"{len(firings)} firings of {length}, {failed} tasks failed: {json.dumps(run.err)}"
        )
        raise RuntimeError(message)
    late = [(each.at - each.scheduled_at) / timedelta(milliseconds=1) for each in firings]
    quarter = max(1, length // 4)
    first, last = median(late[:quarter]), median(late[-quarter:])
    what = f"a task a second for {length} s on {engine}"
    yield Figure(
        what=f"{what}: lateness of the last quarter against the first",
        ours=f"{last:.0f} ms, at most {max(late):.0f} ms",
        against=f"{first:.0f} ms",
        value=round(last - first, 1),
        unit="ms",
        target=LATER_TARGET,
    )
    alive = [each for each in memory if each > 0]
    yield _growth(what, alive[int((len(alive) - 1) * WARM_UP)], alive[-1])


def _growth(what: str, before: float, after: float) -> Figure:
    return Figure(
        what=f"{what}: memory grown",
        ours=f"{after:.0f} MB",
        against=f"{before:.0f} MB in the beginning",
        value=round(after - before, 1),
        unit="MB",
        target=GROWTH_TARGET,
    )
