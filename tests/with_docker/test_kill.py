"""A scheduler that is killed at random points, again and again: what was due is counted."""

import random
import signal
import time
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from emulator.clock import system_clock
from tests.with_docker.project import Project, due, job, shell, soon, wait_until

FIRINGS = 12
KILLS = 8
SEED = 20261124


def test_nothing_due_is_run_twice_or_lost_without_a_word(project: Project) -> None:
    chance = random.Random(SEED)
    names = [f"job-{number:02}" for number in range(FIRINGS)]
    _begin_before_anything_is_due(project, names)
    for _ in range(KILLS - 1):
        with project.running("run") as run:
            time.sleep(chance.uniform(0.6, 3.0))
            run.signal(signal.SIGKILL)
            run.end()
    last = project.run("run", "--for", "30s") if not _over(project) else project.run("down")
    assert "Traceback" not in last.err
    tasks = project.json("tasks", "-n", "100")["tasks"]
    ran = Counter(task["local"]["rule"] for task in tasks)
    assert {name: ran[name] for name in names if ran[name] != 1} == {}
    assert {task["lastStatus"] for task in tasks} == {"STOPPED"}
    whole = {
        task["local"]["rule"] for task in tasks if task["stopCode"] == "EssentialContainerExited"
    }
    assert len(whole) > FIRINGS // 2
    told = Counter(project.lines())
    assert max(told.values()) == 1
    for name in whole:
        assert (told[f"begin {name}"], told[f"end {name}"]) == (1, 1)
    reported = [task for task in tasks if task["local"]["rule"] not in whole]
    assert all(task.get("stoppedReason") for task in reported)


def _begin_before_anything_is_due(project: Project, names: Sequence[str]) -> None:
    """Define jobs that are due one after the other, and kill the first scheduler that sees them.

    What is due before anybody has ever looked is nobody's: all others are its heirs.
    """
    jobs = {name: job(shell(f"echo begin {name}; sleep 0.7; echo end {name}")) for name in names}
    for seconds in (3, 15, 60):
        project.state_dir = project.folder / f"state-{seconds}"
        first = soon(seconds)
        dues = [first + timedelta(seconds=int(number * 1.2)) for number in range(len(names))]
        project.define(jobs, [due(name, at) for name, at in zip(names, dues, strict=True)])
        with project.running("run") as run:
            wait_until((project.state_dir / "scheduler.json").exists, "a scheduler", run)
            begun = system_clock()
            run.signal(signal.SIGKILL)
            run.end()
        if begun < first:
            return
        project.run("down")
    raise AssertionError("no scheduler began within a minute")


def _over(project: Project) -> bool:
    tasks = project.json("tasks", "-n", "100")["tasks"]
    return len(tasks) >= FIRINGS and all(task["lastStatus"] == "STOPPED" for task in tasks)
