"""From a due second to the running process of an awsvpc task, against `docker run` on a bridge.

The process itself says when it runs, by the machine's uptime, on both sides. The two schedulers,
with and without prewarming, and `docker run` take turns in one run, so that all see the same noise.
"""

import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from benchmarks.figure import Figure, ratio
from benchmarks.project import IMAGE, LIMITS, LOG_GROUP, one_container
from emulator.app.emulator import Emulator
from emulator.app.serving import ServeOptions
from emulator.app.settings import Settings
from emulator.clock import system_clock
from emulator.engines.docker import DockerEngine
from emulator.events import EventBus, TaskStateChanged
from emulator.model.definitions import Definitions
from emulator.model.rules import Rule, Target
from emulator.model.task_definition import NetworkMode

ROUNDS: Final = 6
COMMAND: Final = ("cat", "/proc/uptime")
BEGIN: Final = timedelta(seconds=8)
ROUND: Final = timedelta(seconds=12)
COLD_AFTER: Final = timedelta(seconds=3)
WARM_AFTER: Final = timedelta(seconds=10)
"""Within a round: `docker run` at once, then the cold task, and the warm one, prepared between."""

COLD_TARGET: Final = 1.2
WARM_TARGET: Final = 0.6


def measure(quick: bool) -> Iterator[Figure]:
    """Yield how long both kinds of tasks take to run, as ratios."""
    rounds = 2 if quick else ROUNDS
    first = (system_clock() + BEGIN).replace(microsecond=0)
    starts = [first + ROUND * number for number in range(rounds)]
    with TemporaryDirectory(prefix="ecs-local-benchmark-") as directory:
        cold = _Scheduler(
            Path(directory) / "cold", [at + COLD_AFTER for at in starts], prewarm=False
        )
        warm = _Scheduler(Path(directory) / "warm", [at + WARM_AFTER for at in starts])
        docker = [_docker_run(at) for at in starts]
        figures = ((warm, "", WARM_TARGET), (cold, ", --no-prewarm", COLD_TARGET))
        for scheduler, how, target in figures:
            yield ratio(
                f"due second to running awsvpc task{how}",
                scheduler.latencies(),
                docker,
                name="docker run (bridge)",
                target=target,
            )


class _Scheduler:
    """A scheduler in a thread of its own, with one rule for each instant."""

    def __init__(
        self, directory: Path, dues: Sequence[datetime], *, prewarm: bool | None = None
    ) -> None:
        self._state = directory / "state"
        self._dues: dict[str, datetime] = {}
        family = one_container("job", COMMAND, NetworkMode.AWSVPC)
        rules = tuple(
            Rule(
                name=f"due-{number}",
                schedule_expression=f"at({due:%Y-%m-%dT%H:%M:%S})",
                dialect="scheduler",
                targets=(Target(id="only", task_definition="job"),),
            )
            for number, due in enumerate(dues)
        )
        settings = Settings(directory=directory, state_dir=self._state, prewarm=prewarm)
        emulator = Emulator(settings, engine=DockerEngine)
        emulator.definitions = Definitions(rules=rules, task_definitions={"job": family})
        bus = EventBus()
        bus.subscribe(TaskStateChanged, self._on_task)
        options = ServeOptions(watch=False)
        self._thread = threading.Thread(target=emulator.serve, args=(rules, options, bus))
        self._thread.start()

    def latencies(self) -> list[float]:
        """Wait for the last task; return the seconds from each due instant to its process."""
        self._thread.join()
        boot = time.time() - time.clock_gettime(time.CLOCK_BOOTTIME)
        return [
            boot + _running_since(self._log(task_id)) - due.timestamp()
            for task_id, due in self._dues.items()
        ]

    def _log(self, task_id: str) -> str:
        file = self._state / "logs" / LOG_GROUP.lstrip("/") / f"benchmark/job/{task_id}.log"
        return file.read_text("utf-8").partition(" ")[2]

    def _on_task(self, event: TaskStateChanged) -> None:
        if event.task.stopped:
            assert event.task.scheduled_at is not None
            self._dues[event.task.id] = event.task.scheduled_at


def _docker_run(at: datetime) -> float:
    """Wait for an instant; return the seconds from calling `docker run` to its process."""
    time.sleep(max(0.0, (at - datetime.now(UTC)).total_seconds()))
    began = time.clock_gettime(time.CLOCK_BOOTTIME)
    words = ["docker", "run", "--rm", "--network", "bridge", *LIMITS, IMAGE, *COMMAND]
    done = subprocess.run(words, stdout=subprocess.PIPE, check=True, text=True)
    return _running_since(done.stdout) - began


def _running_since(uptime: str) -> float:
    """Return the seconds since boot that `/proc/uptime` says."""
    return float(uptime.split()[0])
