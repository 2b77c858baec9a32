"""Fifty tasks that log a megabyte a second each: nothing is lost, and memory stays bounded."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, Self

from benchmarks.figure import Figure
from benchmarks.project import Runner, one_container, running
from emulator.model.task import Task
from emulator.model.task_definition import NetworkMode

TASKS: Final = 50
SECONDS: Final = 60
LINES_A_SECOND: Final = 10_000
LINE_BYTES: Final = 100
MOST_AT_ONCE: Final = 10
MEMORY_TARGET: Final = 150.0
_STAMP_BYTES: Final = len("2026-11-24T15:00:00.000Z ")


def measure(quick: bool) -> Iterator[Figure]:
    """Yield what is lost of the output of many writers, and this process's memory meanwhile."""
    tasks, seconds = (10, 5) if quick else (TASKS, SECONDS)
    with TemporaryDirectory(prefix="ecs-local-benchmark-") as directory:
        command = ("/bin/sh", "-c", _writer(seconds))
        family = one_container("writer", command, NetworkMode.HOST)
        with running([family], Path(directory)) as runner, _Memory() as memory:
            began = time.perf_counter()
            made = [
                task
                for _ in range(0, tasks, MOST_AT_ONCE)
                for task in runner.submit("writer", count=min(tasks, MOST_AT_ONCE))
            ]
            runner.finish()
            taken = time.perf_counter() - began
            wrong = sum(_wrong_lines(runner, task, seconds) for task in made)
    written = tasks * seconds * LINES_A_SECOND * LINE_BYTES / 1e6
    what = f"{tasks} tasks, each 1 MB/s for {seconds} s"
    yield Figure(
        what=f"{what}: lines lost or out of order",
        ours=f"{wrong} of {tasks * seconds * LINES_A_SECOND}, {written / taken:.0f} MB/s in all",
        against="-",
        value=wrong,
        unit="",
        target=0,
    )
    yield Figure(
        what=f"{what}: memory of the emulator",
        ours=f"{memory.most:.0f} MB",
        against="-",
        value=memory.most,
        unit="MB",
        target=MEMORY_TARGET,
    )


def _writer(seconds: int) -> str:
    numbered = (
        f'BEGIN {{ for (i = 0; i < {LINES_A_SECOND}; i++) printf "%0{LINE_BYTES - 1}d\\n", i }}'
    )
    # Paced by the clock: what a busy machine was late with is caught up with.
    return (
        f"awk '{numbered}' > /tmp/lines; began=$(date +%s); i=0; while [ $i -lt {seconds} ]; do "
        "while [ $(($(date +%s) - began)) -lt $i ]; do sleep 0.1; done; "
        "cat /tmp/lines; i=$((i+1)); done"
    )


def _wrong_lines(runner: Runner, task: Task, seconds: int) -> int:
    """Return how many lines of a task's file are not as they were written, in their order."""
    wrong = seconds * LINES_A_SECOND
    with runner.log_file(task).open("rb") as written:
        for number, line in enumerate(written):
            wrong -= line[_STAMP_BYTES:] == b"%099d\n" % (number % LINES_A_SECOND)
    return wrong


class _Memory:
    """Looks at this process's memory while it is entered."""

    INTERVAL_SECONDS: Final = 0.1

    def __init__(self) -> None:
        self.most = 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(self.INTERVAL_SECONDS):
            self.most = max(self.most, resident_megabytes())


def resident_megabytes() -> float:
    """Return this process's resident memory."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * 4096 / 1e6
