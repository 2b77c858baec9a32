"""Tasks that are all due in one second, against `xargs -P4 docker run --rm`."""

import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from benchmarks.figure import Figure, milliseconds, seconds
from benchmarks.project import IMAGE, LIMITS, one_container
from emulator.app.emulator import Emulator
from emulator.app.serving import ServeOptions
from emulator.app.settings import Settings
from emulator.app.tally import Tally
from emulator.clock import system_clock
from emulator.events import EventBus
from emulator.model.definitions import Definitions
from emulator.model.rules import Rule, Target
from emulator.model.task_definition import NetworkMode

TASKS: Final = 200
TARGET: Final = 1.1
LEAD: Final = timedelta(seconds=3)
"""Between the start of the scheduler and the second in which all rules are due."""


def measure(quick: bool) -> Iterator[Figure]:
    """Yield how many firings were lost, and how long all tasks took."""
    count = 20 if quick else TASKS
    reference = seconds(lambda: _xargs(count))
    with TemporaryDirectory(prefix="ecs-local-benchmark-") as directory:
        due = system_clock().replace(microsecond=0) + LEAD
        tally = _serve(count, due, Path(directory))
    ended = tally.ended_at or system_clock()
    taken = (ended - due).total_seconds()
    yield Figure(
        what=f"{count} tasks due in one second: missed or failed",
        ours=f"{tally.succeeded} of {count} succeeded",
        against="-",
        value=count - tally.succeeded,
        unit="",
        target=0,
    )
    yield Figure(
        what=f"{count} tasks due in one second: all removed",
        ours=milliseconds(taken),
        against=f"xargs -P4 docker run --rm {milliseconds(reference)}",
        value=taken / reference,
        unit="x",
        target=TARGET,
    )


def _xargs(count: int) -> None:
    run = ["docker", "run", "--rm", *LIMITS, IMAGE, "date"]
    numbers = "".join(f"{number}\n" for number in range(count))
    subprocess.run(
        ["xargs", "-P4", "-I{}", *run],
        input=numbers,
        text=True,
        stdout=subprocess.DEVNULL,
        check=True,
    )


def _serve(count: int, due: datetime, directory: Path) -> Tally:
    family = one_container("date", ("date",), NetworkMode.BRIDGE)
    rules = tuple(
        Rule(
            name=f"rule-{number}",
            schedule_expression=f"at({due.astimezone(UTC):%Y-%m-%dT%H:%M:%S})",
            dialect="scheduler",
            targets=(Target(id="only", task_definition="date"),),
        )
        for number in range(count)
    )
    settings = Settings(directory=directory, state_dir=directory / "state")
    emulator = Emulator(settings)
    emulator.definitions = Definitions(rules=rules, task_definitions={"date": family})
    return emulator.serve(rules, ServeOptions(), EventBus())
