"""Simulated time: a year of 1,000 rules as a list, and 1,000 firings on the fake engine."""

import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from random import Random
from statistics import median
from typing import Final

from benchmarks.figure import Figure, seconds
from emulator import Emulator

RULES: Final = 1000
FIRINGS: Final = 1000
EXPRESSIONS: Final = (
    *("cron({minute} * * * ? *)", "cron({minute} {hour} * * ? *)", "rate(5 minutes)"),
    *("cron({minute} 9 ? * MON-FRI *)", "cron(0 {hour} L * ? *)", "rate(1 hour)"),
    "cron(0/15 * * * ? *)",
)
_TASK: Final = (
    "taskDefinitions: {job: {containerDefinitions: [{name: app, image: 'alpine:latest'}]}}\n"
)
_EVERY_MINUTE: Final = (
    "rules: [{name: often, scheduleExpression: 'cron(* * * * ? *)', taskDefinition: job}]\n" + _TASK
)


def measure(quick: bool) -> Iterator[Figure]:
    """Yield the figures of simulations."""
    yield from _listed("2028-01-15" if quick else "2029-01-01")
    count = FIRINGS // 10 if quick else FIRINGS
    taken = _executed(count)
    yield Figure(
        what=f"{count:,} firings executed on the fake engine",
        ours=f"{taken:.1f} s",
        against="-",
        value=1000 * taken / count,
        unit="ms each",
        target=3.0,
    )
    invoked = 1000 * _invoked(20)
    yield Figure(
        what="invoke on the fake engine, from Python",
        ours=f"{invoked:.1f} ms",
        against="-",
        value=invoked,
        unit="ms",
        target=20.0,
    )


def _listed(end: str) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "ecs-local.yaml"
        path.write_text(_rules(), "utf-8")
        words = ["simulate", "-f", str(path), "--from", "2028-01-01", "--to", end, "--limit", "1"]
        command = [sys.executable, "-m", "emulator", *words]
        usages: list[resource.struct_rusage] = []
        taken = seconds(lambda: usages.append(_run(command)))
    most = usages[0].ru_maxrss / 1024
    what = f"{RULES:,} rules listed from 2028-01-01 to {end}"
    yield Figure(what=what, ours=f"{taken:.1f} s", against="-", value=taken, unit="s", target=30.0)
    yield Figure(
        what=f"{what}: memory",
        ours=f"{most:.0f} MB",
        against="-",
        value=most,
        unit="MB",
        target=200.0,
    )


def _run(command: list[str]) -> resource.struct_rusage:
    """Return what a command took; of all children the largest may be another benchmark's."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return usage


def _rules() -> str:
    chosen = Random(1)
    lines = ["rules:"]
    for number in range(RULES):
        expression = chosen.choice(EXPRESSIONS).format(minute=number % 60, hour=number % 24)
        lines.append(
            f"- {{name: r{number}, scheduleExpression: '{expression}', taskDefinition: job}}"
        )
    return "\n".join(lines) + "\n" + _TASK


def _executed(count: int) -> float:
    with Emulator(text=_EVERY_MINUTE, engine="fake", start="2028-02-01T00:00Z") as ecs:
        return seconds(lambda: ecs.advance(minutes=count))


def _invoked(rounds: int) -> float:
    with Emulator(text=_EVERY_MINUTE, engine="fake", start="2028-02-01T00:00Z") as ecs:
        return median(seconds(lambda: ecs.invoke("often")) for _ in range(rounds))
