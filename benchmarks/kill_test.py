"""Schedulers that are killed: at every step of a firing's life, and at a hundred random moments.

The steps are tried on the fake engine. On the real one, tasks of many shapes fall due while
`ecs-local run` is killed and started again. In the end each must have run once, or its end must
say why not; no line of a log may be missing or be there twice; nothing may be left in the engine.
"""

import random
import signal
import sqlite3
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from benchmarks.figure import Figure, seconds
from emulator.clock import iso_instant, system_clock
from emulator.logs.directory import LogDirectory
from emulator.logs.reader import read_events
from emulator.state.firings import each_firing
from emulator.state.history import History
from emulator.state.records import Firing, TaskRecord
from tests.app.crash_scenarios import SCENARIOS, Scenario
from tests.app.test_crash_points import asked_at, killed_at, wrong_of
from tests.with_docker.project import (
    PATIENCE,
    Project,
    Running,
    due,
    job,
    shell,
    soon,
    wait_until,
)

KILLS: Final = 100
EVERY: Final = 10_000
SEED: Final = 20261124
LONGEST_LIFE: Final = 2.5
"""Seconds from a scheduler's first moment at work to its kill, at most."""

START: Final = 10.0
"""Seconds that the first scheduler has until something is due."""

BOOT: Final = 0.8
"""Seconds that a start takes, more or less."""

LAST: Final = 10.0
"""Seconds that the last scheduler lives at least."""

EARLY: Final = 0.15
"""How many schedulers are killed while they start."""

PAUSED: Final = 0.2
"""How many schedulers are stopped before they are killed, as by a debugger or a full machine."""

EXITED: Final = "EssentialContainerExited"
BETWEEN: Final = 1.6
"""Seconds from one due instant to the next."""

SHORT: Final = 20
LONG: Final = 60
_SAYS: Final = "i=0; while [ $i -lt {lines} ]; do i=$((i+1)); echo line $i; {rest} done; "


def _short(rest: str = "") -> str:
    return _SAYS.format(lines=SHORT, rest="") + rest


def _long(rest: str = "") -> str:
    """Return a script that says its lines in about three seconds."""
    return _SAYS.format(lines=LONG, rest="[ $((i % 10)) = 0 ] && sleep 0.5;") + rest


@dataclass(frozen=True, kw_only=True, slots=True)
class Shape:
    """A kind of rule: its tasks, how many one firing starts, and how often each is tried.

    `lines` says how many lines each container has, by its name.
    """

    tasks: Mapping[str, Mapping[str, Any]]
    rule: Mapping[str, Any] = field(default_factory=dict)
    starts: int = 1
    attempts: int = 1
    lines: Mapping[str, int] = field(default_factory=lambda: {"app": SHORT})


SHAPES: Final = {
    "short": Shape(tasks={"short": job(shell(_short()))}),
    "long": Shape(tasks={"long": job(shell(_long()))}, lines={"app": LONG}),
    "two": Shape(tasks={"two": job(shell(_short("sleep 1")))}, rule={"taskCount": 2}, starts=2),
    "targets": Shape(
        tasks={"left": job(shell(_short())), "right": job(shell(_short("sleep 2")))},
        rule={
            "scheduleExpression": "cron(* * * * ? *)",
            "targets": [
                {"taskDefinition": "left"},
                {"taskDefinition": "right"},
            ],
        },
        starts=2,
    ),
    "awsvpc": Shape(
        tasks={
            "awsvpc": job(
                shell(_short(), "first", essential=False),
                shell(
                    _long(),
                    dependsOn=[{"containerName": "first", "condition": "COMPLETE"}],
                    mountPoints=[{"sourceVolume": "v", "containerPath": "/v"}],
                ),
                networkMode="awsvpc",
                volumes=[{"name": "v"}],
            )
        },
        lines={"first": SHORT, "app": LONG},
    ),
    "bridge": Shape(tasks={"bridge": job(shell(_short("sleep 0.5")), networkMode="bridge")}),
    "host": Shape(tasks={"host": job(shell(_long()), networkMode="host")}, lines={"app": LONG}),
    "fails": Shape(tasks={"fails": job(shell(_short("exit 3")))}, attempts=2),
}


LOST: Final = "firings lost without a word"
TWICE: Final = "firings, attempts or containers too many"
LINES: Final = "logs with lines lost or doubled"
OPEN: Final = "tasks without an outcome"
LEFT: Final = "containers, volumes left in the engine"
BROKEN: Final = "errors of the history or the program"
KINDS: Final = (LOST, TWICE, LINES, OPEN, LEFT, BROKEN)

Planned = dict[tuple[str, datetime], str]
"""Rule and due instant, and the shape of it."""


def measure(quick: bool) -> Iterator[Figure]:
    """Yield what kills have cost: at every step on the fake engine, at random on the real one."""
    for scenario in SCENARIOS.values():
        yield from _at_every_step(scenario, 5 if quick else EVERY)
    yield from _at_random(quick)


def _at_every_step(scenario: Scenario, most: int) -> Iterator[Figure]:
    """Yield how often a kill, or a SIGTERM, at some step of a scheduler's life did harm."""
    name = next(n for n, each in SCENARIOS.items() if each is scenario)
    for fates, what in ((killed_at, "killed"), (asked_at, "asked to stop")):
        with TemporaryDirectory(prefix="ecs-local-kill-") as folder:
            count, wrong = wrong_of(scenario, Path(folder), fates, most=most)
        print(*wrong, sep="\n", file=sys.stderr)
        yield Figure(
            what=f"{what} at {count} steps of {name}: violations",
            ours=str(len(wrong)),
            against="-",
            value=len(wrong),
            unit="",
            target=0,
        )


def _at_random(quick: bool) -> Iterator[Figure]:
    """Yield what a hundred kills have cost; a table of what ran goes to stderr."""
    kills = KILLS // 10 if quick else KILLS
    with TemporaryDirectory(prefix="ecs-local-kill-") as folder:
        project = Project(Path(folder))
        try:
            found, planned = _count(project, kills)
        finally:
            project.run("down")
    counts = Counter(kind for kind, _ in found)
    for kind in KINDS:
        yield Figure(
            what=f"{kills} kills, {len(planned)} firings: {kind}",
            ours=str(counts[kind]),
            against="-",
            value=counts[kind],
            unit="",
            target=0,
        )


def _count(project: Project, kills: int) -> tuple[list[tuple[str, str]], Planned]:
    """Kill schedulers and let one live; return what must not be, and what was planned."""
    project.define({})
    boot = 2 * seconds(lambda: project.run("rules"))
    begin = soon(START + boot)
    end, planned = _define(project, begin, int(kills * (boot + LONGEST_LIFE / 2) / BETWEEN))
    deaths, screens = _kill(project, kills, random.Random(SEED))
    # On a busy machine the plan is long, and what is left of it after the last kill.
    until = max(end, soon(LAST))
    left = (until - system_clock()).total_seconds()
    last = project.run("run", "--until", iso_instant(until), patience=left + PATIENCE)
    if last.code not in (0, 1):
        message = f"the last scheduler ended with {last.code}: {last.err}"
        raise RuntimeError(message)
    planned |= _each_minute(begin, end)
    seen = _Seen(project, planned)
    found = [*seen.violations(begin, end)]
    found += [(BROKEN, text) for text in (*screens, last.err) if "Traceback" in text]
    print(seen.table(), *(f"{kind}: {text}" for kind, text in found), sep="\n", file=sys.stderr)
    if found:
        print(f"seed {SEED}: {deaths}\n{last.err}", file=sys.stderr)
    return found, planned


def _define(project: Project, begin: datetime, count: int) -> tuple[datetime, Planned]:
    """Write the definitions; return when all is over, and what is due until then."""
    each = [name for name, shape in SHAPES.items() if "scheduleExpression" not in shape.rule]
    planned: Planned = {}
    rules = []
    for number in range(count):
        name, at = each[number % len(each)], begin + timedelta(seconds=int(number * BETWEEN))
        rule = f"{name}-{number:03}"
        planned[rule, at] = name
        rules.append({**due(name, at), "name": rule, **SHAPES[name].rule})
    rules += [{"name": n, **shape.rule} for n, shape in SHAPES.items() if n not in each]
    tasks = {name: task for shape in SHAPES.values() for name, task in shape.tasks.items()}
    retry = {"attempts": SHAPES["fails"].attempts, "delay": "1s"}
    retried = {rule: {"retry": retry} for rule, _ in planned if rule.startswith("fails-")}
    project.define(tasks, rules, local={"rules": retried})
    return begin + timedelta(seconds=int(count * BETWEEN)), planned


def _each_minute(begin: datetime, end: datetime) -> Planned:
    minute = timedelta(minutes=1)
    first = begin.replace(second=0) + minute
    return {("targets", first + n * minute): "targets" for n in range((end - first) // minute + 1)}


def _kill(project: Project, kills: int, chance: random.Random) -> tuple[list[str], list[str]]:
    """Start schedulers and kill them; return how each died, and the screens they left."""
    deaths, screens = [], []
    for number in range(kills):
        with project.running("run") as run:
            early = number > 0 and chance.random() < EARLY
            if not early:
                wait_until(partial(_at_work, project, run), "a scheduler at work", run)
            life = chance.uniform(0, BOOT if early else LONGEST_LIFE)
            time.sleep(life)
            paused = chance.random() < PAUSED
            if paused:
                run.signal(signal.SIGSTOP)
                time.sleep(chance.uniform(0.1, 0.5))
            run.signal(signal.SIGKILL)
            screens.append(run.end().err)
        how = ("early",) * early + ("paused",) * paused
        deaths.append(" ".join((f"{life:.3f} s", *how)))
        print(f"\r{number + 1} of {kills} kills", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return deaths, screens


def _at_work(project: Project, run: Running) -> bool:
    """Return whether a scheduler has made its promises: it holds the lock, and has looked once."""
    note = project.state_dir / "scheduler.json"
    return note.exists() and f"/{run.process.pid}@" in note.read_text("utf-8")


class _Seen:
    """What is there after all kills, beside what was planned."""

    def __init__(self, project: Project, planned: Planned) -> None:
        self._planned = planned
        database = project.state_dir / "history.sqlite3"
        history = History(database)
        self._tasks: list[TaskRecord] = history.tasks()
        self._firings: list[Firing] = list(each_firing(history))
        history.close()
        connection = sqlite3.connect(database)
        (self._integrity,) = connection.execute("PRAGMA integrity_check").fetchone()
        connection.close()
        self._logs = LogDirectory(project.state_dir / "logs")
        self._left = project.left_in_the_engine()

    def violations(self, begin: datetime, end: datetime) -> Iterator[tuple[str, str]]:
        """Yield what must not be, with its kind. What was due before and after is not looked at."""
        if self._integrity != "ok":
            yield BROKEN, str(self._integrity)
        yield from ((LEFT, name) for name in self._left)
        yield from self._lost_or_twice(begin, end)
        for task in self._tasks:
            if task.last_status != "STOPPED" or task.succeeded is None or task.stop_code is None:
                yield OPEN, f"{task.rule} {task.task_id}: {task.last_status}, {task.stop_code}"
            yield from self._wrong_lines(task)

    def table(self) -> str:
        """Return what ran of each shape, as a table."""
        rows = []
        for name in SHAPES:
            tasks = [task for task in self._tasks if self._shape_of(task) == name]
            ran = sum(task.stop_code == EXITED for task in tasks)
            lines = sum(len(self._lines(t, own)) for t in tasks for own in SHAPES[name].lines)
            firings = sum(shape == name for shape in self._planned.values())
            missed = sum(f.outcome == "missed" for f in self._firings if _shape(f.rule) == name)
            rows.append((name, firings, missed, len(tasks), ran, len(tasks) - ran, lines))
        head = ("SHAPE", "FIRINGS", "MISSED", "TASKS", "RAN", "REPORTED", "LINES")
        return "\n".join("  ".join(f"{cell:>8}" for cell in row) for row in (head, *rows))

    def _lost_or_twice(self, begin: datetime, end: datetime) -> Iterator[tuple[str, str]]:
        chains: dict[tuple[str, datetime], Counter[str]] = {}
        for task in self._tasks:
            key = (task.rule or "", task.scheduled_at or task.created_at)
            chains.setdefault(key, Counter())[task.retry_of or task.task_id] += 1
        missed = {(f.rule, f.scheduled_at) for f in self._firings if f.outcome == "missed"}
        unfinished = {t.retry_of or t.task_id for t in self._tasks if t.stop_code != EXITED}
        for key, name in self._planned.items():
            found, shape = chains.pop(key, Counter()), SHAPES[name]
            where = f"{key[0]} of {key[1]:%H:%M:%S}"
            if len(found) < shape.starts and not (not found and key in missed):
                yield LOST, f"{where}: {len(found)} tasks of {shape.starts}"
            if len(found) > shape.starts or any(n > shape.attempts for n in found.values()):
                yield TWICE, f"{where}: {dict(found)}"
            for chain, count in found.items():
                if count < shape.attempts and chain not in unfinished:
                    yield LOST, f"{where}: {count} attempts of {shape.attempts}"
        for rule, at in chains:
            if begin <= at <= end:
                yield TWICE, f"{rule} of {at:%H:%M:%S}: not planned"

    def _wrong_lines(self, task: TaskRecord) -> Iterator[tuple[str, str]]:
        for name, count in SHAPES[self._shape_of(task)].lines.items():
            lines = self._lines(task, name)
            whole = [f"line {number}" for number in range(1, count + 1)]
            if lines != (whole if task.stop_code == EXITED else whole[: len(lines)]):
                yield LINES, f"{task.rule} {task.task_id} {name}: {lines}"

    def _lines(self, task: TaskRecord, container: str) -> list[str]:
        streams = [(group, stream) for own, group, stream in task.streams if own == container]
        return [event.message for event in read_events(self._logs, streams)]

    def _shape_of(self, task: TaskRecord) -> str:
        return _shape(task.rule or "")


def _shape(rule: str) -> str:
    return rule.partition("-")[0]
