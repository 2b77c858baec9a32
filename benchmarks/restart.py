"""How soon a scheduler is at work again beside a long history and tasks that it finds running."""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from benchmarks.figure import Figure
from benchmarks.history import fill
from emulator.app.archive import Archive
from emulator.state.history import History
from tests.with_docker.project import Project, due, job, shell, soon, wait_until

TASKS: Final = 100_000
LEFTOVERS: Final = 50
LONGEST: Final = 2.0
"""Seconds from the start of the process until it goes on with all of them."""


def measure(quick: bool) -> Iterator[Figure]:
    """Yield how long a start takes after a kill."""
    leftovers = 5 if quick else LEFTOVERS
    with tempfile.TemporaryDirectory(prefix="ecs-local-restart-") as folder:
        project = Project(Path(folder))
        try:
            taken = _seconds_to_go_on(project, leftovers)
        finally:
            project.run("down")
    yield Figure(
        what=f"`run` after a kill, with {TASKS:,} tasks on record and {leftovers} still running",
        ours=f"{taken:.2f} s",
        against="-",
        value=round(taken, 2),
        unit="s",
        target=LONGEST,
    )


def _seconds_to_go_on(project: Project, leftovers: int) -> float:
    _leave(project, leftovers)
    history = History(project.state_dir / "history.sqlite3", archive=Archive())
    fill(history, TASKS)
    history.close()
    began = time.monotonic()
    with project.running("run") as run:
        run.wait_for(f"going on with {leftovers} tasks")
        return time.monotonic() - began


def _leave(project: Project, count: int) -> None:
    """Kill a scheduler while so many tasks run."""
    names = [f"job-{number:02}" for number in range(count)]
    at = soon(15)
    project.define(
        {n: job(shell("echo on; sleep 300")) for n in names}, [due(n, at) for n in names]
    )
    with project.running("run") as run:
        wait_until(lambda: run.out.count("| on\n") == count, "all tasks", run)
        run.process.kill()
        run.end()
