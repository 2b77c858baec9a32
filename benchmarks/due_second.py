"""A thousand rules due in one second, and ten thousand that only wait."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from benchmarks.figure import Figure
from emulator.app.emulator import Emulator
from emulator.app.serving import ServeOptions
from emulator.app.settings import Settings
from emulator.cli import settle_process, tune_process
from emulator.engines.fake import FakeEngine
from emulator.events import EventBus, FiringFired

DUE_RULES: Final = 1_000
LATEST_MILLISECONDS: Final = 250
WAITING_RULES: Final = 10_000
MEMORY_MB: Final = 60
CPU_PERCENT: Final = 0.5
SETTLE_SECONDS: Final = 8


def measure(quick: bool) -> Iterator[Figure]:
    """Yield how late the last request is, and what waiting rules cost."""
    yield _last_request(DUE_RULES)
    with TemporaryDirectory(prefix="ecs-local-benchmark-") as directory:
        window = 5 if quick else 30
        count = WAITING_RULES // 10 if quick else WAITING_RULES
        idle, _ = _waiting(1, window, Path(directory) / "one")
        loaded, cpu = _waiting(count, window, Path(directory) / "many")
    yield Figure(
        what=f"{count} rules loaded: memory above one rule",
        ours=f"{loaded:.0f} MB",
        against=f"ecs-local run with one rule {idle:.0f} MB",
        value=loaded - idle,
        unit="MB",
        target=MEMORY_MB,
    )
    yield Figure(
        what=f"{count} rules loaded: CPU while nothing is due",
        ours=f"{cpu:.2f} % of a core in {window} s",
        against="-",
        value=cpu,
        unit="%",
        target=CPU_PERCENT,
    )


class _SlowEngine(FakeEngine):
    """Takes as long to start a container as an engine does, and runs nothing."""

    START_SECONDS: Final = 0.2

    def __init__(self) -> None:
        super().__init__(name="docker")

    def start(self, container_id: str) -> None:
        time.sleep(self.START_SECONDS)
        super().start(container_id)


def _last_request(count: int) -> Figure:
    """Fire rules of the next full minute by the real clock, on an engine that runs nothing."""
    late: list[float] = []
    bus = EventBus()
    bus.subscribe(
        FiringFired,
        lambda event: late.append((event.fired_at - event.scheduled_at).total_seconds()),
    )
    with TemporaryDirectory(prefix="ecs-local-benchmark-") as directory:
        (Path(directory) / "ecs-local.yaml").write_text(_due_project(count))
        settings = Settings(directory=Path(directory), state_dir=Path(directory) / "state")
        emulator = Emulator(settings, engine=_SlowEngine)
        with emulator.looking_at_files():
            rules = emulator.rules()
        # As `ecs-local run` does, whose process it is.
        tune_process()
        settle_process()
        # Nobody waits for a thousand tasks here: those that have not begun never do.
        bus.subscribe(FiringFired, lambda _: emulator.interrupt() if len(late) == count else None)
        emulator.serve(rules, ServeOptions(max_firings=count), bus)
    return Figure(
        what=f"{count} rules due in one second: the last RunTask request",
        ours=f"{len(late)} requests, the last {max(late) * 1000:.0f} ms late",
        against="-",
        value=max(late) * 1000,
        unit="ms",
        target=LATEST_MILLISECONDS,
    )


def _waiting(count: int, window: int, directory: Path) -> tuple[float, float]:
    """Return the memory in MB and the percentage of a core of a process that only waits."""
    directory.mkdir()
    (directory / "ecs-local.yaml").write_text(_project(count))
    command = [sys.executable, "-m", "emulator", "run"]
    process = subprocess.Popen(command, cwd=directory, stdout=subprocess.PIPE, text=True)
    try:
        _wait_for_table(process, count)
        time.sleep(SETTLE_SECONDS)
        before = _cpu_seconds(process.pid)
        time.sleep(window)
        used = _cpu_seconds(process.pid) - before
        return _resident_mb(process.pid), used / window * 100
    finally:
        process.terminate()
        process.communicate()


def _due_project(count: int) -> str:
    """Return a project file of rules that are due each full minute."""
    return _project(count, lambda _: "* * * * ? *", network_mode="awsvpc")


def _on_new_years_day(number: int) -> str:
    return f"{number % 60} {number // 60 % 24} 1 1 ? *"


def _project(
    count: int, cron: Callable[[int], str] = _on_new_years_day, *, network_mode: str = "bridge"
) -> str:
    """Return a project file of rules that are due as `cron` says of the number of each."""
    rules = "\n".join(
        f"- name: rule-{number}\n  scheduleExpression: cron({cron(number)})\n  taskDefinition: date"
        for number in range(count)
    )
    return f"""\
taskDefinitions:
  date:
    networkMode: {network_mode}
    containerDefinitions:
    - name: job
      image: alpine:latest
      command: [date]
      memory: 64
rules:
{rules}
"""


def _wait_for_table(process: "subprocess.Popen[str]", count: int) -> None:
    """Read the table of the rules, which `run` prints before it begins to wait."""
    lines = process.stdout or ()
    for number, _ in enumerate(lines):
        if number == count:
            return
    message = "ecs-local run ended before it had listed its rules"
    raise RuntimeError(message)


def _cpu_seconds(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _resident_mb(process: int) -> float:
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024 / 1e6
    message = f"process {process} has no memory"
    raise RuntimeError(message)
