"""A one-container task from RunTask to removed, against `docker run --rm` of the same."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from benchmarks.figure import Figure, interleaved, ratio
from benchmarks.project import IMAGE, LIMITS, Runner, one_container, running
from emulator.model.task_definition import NetworkMode

ROUNDS: Final = 15
COMMAND: Final = ("date",)
CASES: Final = (
    (NetworkMode.BRIDGE, "bridge", 1.0),
    (NetworkMode.HOST, "host", 1.1),
    (NetworkMode.AWSVPC, "bridge", 1.45),
)
"""Network mode of our task, network of `docker run`, and the target."""


def measure(quick: bool) -> Iterator[Figure]:
    """Yield one figure for each network mode."""
    definitions = [one_container(mode.value, COMMAND, mode) for mode, _, _ in CASES]
    with (
        TemporaryDirectory(prefix="ecs-local-benchmark-") as directory,
        running(definitions, Path(directory)) as runner,
    ):
        contestants = {f"docker {network}": _docker(network) for network in ("bridge", "host")}
        contestants |= {mode.value: _task(runner, mode.value) for mode, _, _ in CASES}
        taken = interleaved(3 if quick else ROUNDS, contestants)
    for mode, network, target in CASES:
        yield ratio(
            f"task with networkMode {mode.value}",
            taken[mode.value],
            taken[f"docker {network}"],
            name=f"docker run --rm ({network})",
            target=target,
        )


def _docker(network: str) -> Callable[[], object]:
    words = ["docker", "run", "--rm", "--network", network, *LIMITS, IMAGE, *COMMAND]
    return lambda: subprocess.run(words, stdout=subprocess.DEVNULL, check=True)


def _task(runner: Runner, family: str) -> Callable[[], object]:
    def run() -> None:
        runner.submit(family)
        runner.finish()

    return run
