"""A scheduler that is killed at random points, again and again: what was due is counted."""

import random
import signal
import time
from collections import Counter

from tests.with_docker.project import Project, due, job, shell, soon, wait_until

FIRINGS = 12
KILLS = 8
SEED = 20261124


def test_nothing_due_is_run_twice_or_lost_without_a_word(project: Project) -> None:
    chance = random.Random(SEED)
    names = [f"job-{number:02}" for number in range(FIRINGS)]
    project.define(
        {name: job(shell(f"echo begin {name}; sleep 0.7; echo end {name}")) for name in names},
        [due(name, soon(4 + number * 1.2)) for number, name in enumerate(names)],
    )
    for number in range(KILLS):
        with project.running("run") as run:
            if number == 0:
                # What is due before anybody has ever looked is nobody's: the others are its heirs.
                wait_until((project.state_dir / "scheduler.json").exists, "a scheduler", run)
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


def _over(project: Project) -> bool:
    tasks = project.json("tasks", "-n", "100")["tasks"]
    return len(tasks) >= FIRINGS and all(task["lastStatus"] == "STOPPED" for task in tasks)
