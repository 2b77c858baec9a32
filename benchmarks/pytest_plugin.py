"""What the pytest plugin adds to a session that does not use it, and to a test that does.

A session without use is told by the least processor time of its rounds: what the plugin adds is a
hundredth of the session, less than two medians differ by, and whatever else runs only adds to it.
Tests are told with all that their session imports for them, and by the clock.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

from benchmarks.figure import Figure, interleaved, milliseconds, processor_seconds
from benchmarks.project import IMAGE, LIMITS, MEMORY_MIB

ROUNDS: Final = 20
FAKE_TESTS: Final = 50
DOCKER_TESTS: Final = 5
_DEFINITIONS: Final = f"""
rules:
- {{name: job, scheduleExpression: rate(1 hour), taskDefinition: job}}
taskDefinitions:
  job:
    networkMode: bridge
    containerDefinitions:
    - {{name: app, image: "{IMAGE}", memory: {MEMORY_MIB}, command: [date]}}
"""
_TESTS: Final = """
import pytest

@pytest.mark.parametrize("number", range(COUNT))
def test_job(FIXTURE, number):
    assert BODY
"""


def measure(quick: bool) -> Iterator[Figure]:
    """Yield the overhead of a session, and the time of one test on each engine."""
    rounds = 3 if quick else ROUNDS
    with TemporaryDirectory(prefix="ecs-local-benchmark-") as name:
        root = Path(name)
        (root / "ecs-local.yaml").write_text(_DEFINITIONS, "utf-8")
        (root / "pytest.ini").write_text("[pytest]\n", "utf-8")
        _tests(root, "one", 1, "pytestconfig", "pytestconfig")
        _tests(root, "many", FAKE_TESTS, "tmp_path", "tmp_path")
        for engine, count in (("fake", FAKE_TESTS), ("docker", DOCKER_TESTS)):
            _tests(root, engine, count, "ecs_local", 'ecs_local.invoke("job").exit_code == 0')
        overhead = interleaved(
            rounds,
            {
                "without": _session(root, "one", "-p", "no:ecs_local"),
                "with": _session(root, "one"),
            },
            measured=processor_seconds,
        )
        contestants: dict[str, Callable[[], object]] = {
            "many": _session(root, "many"),
            "fake": _session(root, "fake", "--ecs-local-engine=fake"),
        }
        taken = interleaved(rounds, contestants)
        real = interleaved(
            3 if quick else rounds // 2,
            {"one": _session(root, "one"), "tests": _session(root, "docker"), "docker": _docker},
        )
    without, added = min(overhead["without"]), min(overhead["with"])
    yield Figure(
        what="session that does not use the plugin",
        ours=f"{milliseconds(added)} of processor time at least",
        against=f"without the plugin {milliseconds(without)}",
        value=(added - without) * 1000,
        unit="ms",
        target=10,
    )
    each = (median(taken["fake"]) - median(taken["many"])) / FAKE_TESTS
    yield Figure(
        what="test that invokes a rule on the fake engine",
        ours=f"{each * 1000:.1f} ms",
        against=f"of {FAKE_TESTS} in a session, above empty tests",
        value=each * 1000,
        unit="ms",
        target=20,
    )
    mine = (median(real["tests"]) - median(real["one"])) / DOCKER_TESTS
    other = median(real["docker"]) / DOCKER_TESTS
    yield Figure(
        what="test that invokes a rule on Docker",
        ours=milliseconds(mine),
        against=f"docker run --rm (bridge) {milliseconds(other)}",
        value=mine / other,
        unit="x",
        target=1.3,
    )


def _tests(root: Path, name: str, count: int, fixture: str, body: str) -> None:
    text = _TESTS.replace("COUNT", str(count)).replace("FIXTURE", fixture).replace("BODY", body)
    (root / f"test_{name}.py").write_text(text, "utf-8")


def _session(root: Path, name: str, *words: str) -> Callable[[], object]:
    command = [sys.executable, "-m", "pytest", "-q", f"test_{name}.py", *words]
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    environment = {**kept, "PYTHONPYCACHEPREFIX": str(root / "bytecode")}

    def run() -> None:
        subprocess.run(command, cwd=root, env=environment, stdout=subprocess.DEVNULL, check=True)

    return run


def _docker() -> None:
    words = ["docker", "run", "--rm", *LIMITS, IMAGE, "date"]
    for _ in range(DOCKER_TESTS):
        subprocess.run(words, stdout=subprocess.DEVNULL, check=True)
