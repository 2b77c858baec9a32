"""How long a user waits before a command does anything, against Python's own start."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

from benchmarks.figure import Figure, interleaved, milliseconds, ratio

ROUNDS: Final = 40
HELP_TARGET: Final = 3.0
NEXT_TARGET: Final = 8.0
LINT_SECONDS: Final = 0.5
_ROOT: Final = Path(__file__).parents[1]


def measure(quick: bool) -> Iterator[Figure]:
    """Yield the times of `--help`, and of `next` and `lint` on the book's project."""
    script = str(Path(sys.executable).with_name("ecs-local"))
    with TemporaryDirectory(prefix="ecs-local-benchmark-") as directory:
        commands = {
            "python": [sys.executable, "-c", "pass"],
            "--help": [script, "--help"],
            "next": [script, "next", "--state-dir", f"{directory}/state"],
            "lint": [script, "lint", "--state-dir", f"{directory}/state"],
        }
        environment = _environment(directory)
        taken = interleaved(
            5 if quick else ROUNDS,
            {name: _command(words, environment) for name, words in commands.items()},
        )
    for command, target in (("--help", HELP_TARGET), ("next", NEXT_TARGET)):
        yield ratio(
            f"ecs-local {command}",
            taken[command],
            taken["python"],
            name="python -c pass",
            target=target,
        )
    lint = median(taken["lint"])
    yield Figure(
        what="ecs-local lint, seconds",
        ours=milliseconds(lint),
        against="as an editor waits for it",
        value=lint,
        unit="s",
        target=LINT_SECONDS,
    )


def _environment(directory: str) -> dict[str, str]:
    """Return an environment in which Python keeps its bytecode, as where a user installed it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return {**kept, "PYTHONPYCACHEPREFIX": f"{directory}/bytecode"}


def _command(words: list[str], environment: dict[str, str]) -> Callable[[], object]:
    return partial(
        subprocess.run, words, cwd=_ROOT, env=environment, stdout=subprocess.DEVNULL, check=True
    )
