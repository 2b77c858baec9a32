"""Five hundred tasks in a row leave nothing behind: in the engine, or in this process."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from benchmarks.figure import Figure
from benchmarks.many_writers import resident_megabytes
from benchmarks.project import Runner, one_container, running
from emulator.ecs.identity import STATE_DIRECTORY_LABEL
from emulator.engines.docker import DockerEngine
from emulator.model.task_definition import NetworkMode

TASKS: Final = 500
WARM_UP: Final = 10
"""Tasks before the first look: pools fill, and modules are imported at first use."""

MEMORY_GROWTH_TARGET: Final = 10.0


@dataclass(frozen=True, slots=True)
class Holdings:
    """What the engine has of ours, and what this process has."""

    in_engine: int
    threads: int
    files: int
    megabytes: float

    @classmethod
    def now(cls, state: Path) -> "Holdings":
        """Return what there is now."""
        engine = DockerEngine()
        ours = {STATE_DIRECTORY_LABEL: str(state)}
        found = len(engine.find_containers(ours)) + len(engine.find_volumes(ours))
        engine.close()
        files = len(list(Path("/proc/self/fd").iterdir()))
        return cls(found, threading.active_count(), files, resident_megabytes())


def measure(quick: bool) -> Iterator[Figure]:
    """Yield what is left after many tasks that was not there before."""
    count = 20 if quick else TASKS
    with TemporaryDirectory(prefix="ecs-local-benchmark-") as directory:
        family = one_container("date", ("date",), NetworkMode.AWSVPC)
        state = Path(directory) / "state"
        with running([family], Path(directory)) as runner:
            in_a_row(runner, WARM_UP)
            before = Holdings.now(state)
            in_a_row(runner, count)
            after = Holdings.now(state)
    left = {
        "containers and volumes": after.in_engine,
        "threads": after.threads - before.threads,
        "open files": after.files - before.files,
    }
    for what, value in left.items():
        yield Figure(
            what=f"{count} tasks in a row: {what} left",
            ours=str(value),
            against="-",
            value=value,
            unit="",
            target=0,
        )
    growth = after.megabytes - before.megabytes
    yield Figure(
        what=f"{count} tasks in a row: memory grown",
        ours=f"{growth:.1f} MB",
        against=f"{before.megabytes:.0f} MB before",
        value=growth,
        unit="MB",
        target=MEMORY_GROWTH_TARGET,
    )


def in_a_row(runner: Runner, count: int) -> None:
    """Run tasks one after the other."""
    for _ in range(count):
        runner.submit("date")
        runner.finish()
