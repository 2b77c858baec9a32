"""`ecs-local run`: rules fire by the clock in a real process, which is then made to stop."""

import json
import re
import shlex
import signal
from xml.etree import ElementTree as ET

import pytest

from tests.with_docker.project import (
    PATIENCE,
    Project,
    at_once,
    due,
    job,
    meeting,
    shell,
    soon,
    until_there,
    wait_until,
)

WAITS = "trap 'echo asked to stop; exit 0' TERM; echo ready; while :; do sleep 0.05; done"
IGNORES = "trap 'echo not yet' TERM; echo ready; while :; do sleep 0.05; done"
MORE_WHEN_GONE = (
    "i=0; while [ $i -lt 200 ]; do i=$((i+1)); echo line $i; "
    f"[ $i = 10 ] && {until_there('gone')}; done"
)
READS_A_LITTLE = "{ head -n 5; exec <&-; touch gone; }"
"""Reads some lines, and closes its end of the pipe before the container says the rest."""


def test_rules_fire_at_their_second_and_the_report_tells_all(project: Project) -> None:
    jobs = {"good": job(shell("echo 夜間")), "bad": job(shell("echo boom >&2; exit 3"))}
    for seconds in (2.5, 15, 60):
        at = soon(seconds)
        project.define(jobs, [due("good", at, description="とても重要"), due("bad", at)])
        answer = project.run("run", "--report", "junit.xml", patience=PATIENCE + seconds)
        table, *_ = answer.out.split("good task")
        # What it says to come must come; it may have begun too late to say so.
        if f"{at:%Y-%m-%dT%H:%M:%SZ}" in table:
            break
    assert answer.code == 1, answer.err
    assert "とても重要" in table
    assert "good/app | 夜間\n" in answer.out
    assert "bad/app  | boom\n" in answer.out
    assert f"started (due {at:%H:%M:%SZ})" in answer.out
    assert answer.out.splitlines()[-1] == "2 firings, 2 tasks: 1 succeeded, 1 failed"
    (suite,) = ET.parse(project.folder / "junit.xml").getroot()
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("2", "1", "0")
    texts = {case.get("classname"): case.findtext("system-out") for case in suite}
    assert texts == {"ecs-local.good": "夜間", "ecs-local.bad": "boom"}
    for task in project.json("tasks")["tasks"]:
        late = task["createdAt"][:19]
        assert late >= f"{at:%Y-%m-%dT%H:%M:%S}"


def test_exit_on_failure_stops_what_runs(project: Project) -> None:
    waits = shell(WAITS.replace("echo ready", "touch /meeting/ready"))
    fails = shell(f"{until_there('ready')}; exit 3")
    project.define(
        {
            "slow": meeting(waits),
            "bad": meeting(fails),
        },
        [at_once("slow"), at_once("bad"), due("next", soon(3600), taskDefinition="slow")],
    )
    answer = project.run("run", "--exit-on-failure", "--report", "report.json")
    assert answer.code == 1
    assert "slow/app | asked to stop\n" in answer.out
    assert answer.out.splitlines()[-1] == "2 firings, 2 tasks: 0 succeeded, 1 failed, 1 stopped"
    report = json.loads((project.folder / "report.json").read_text("utf-8"))
    assert {task["stopCode"] for task in report["tasks"]} == {
        "EssentialContainerExited",
        "UserInitiated",
    }


def test_max_firings_ends_a_run_whose_rules_go_on(project: Project) -> None:
    project.define(
        {"job": job(shell("echo done"))},
        [at_once("job"), due("far", soon(3600), taskDefinition="job")],
    )
    answer = project.run("run", "--max-firings", "1")
    assert (answer.code, project.lines()) == (0, ["done"])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_first_signal_drains(project: Project, number: int) -> None:
    project.define({"job": job(shell(WAITS))}, [at_once("job")])
    with project.running("run") as run:
        run.wait_for("job/app | ready")
        run.signal(number)
        answer = run.end()
    assert answer.code == 130
    assert project.lines() == ["ready", "asked to stop"]
    assert "stopping: running tasks get SIGTERM; once more kills them" in answer.err
    assert answer.out.splitlines()[-1] == "1 firing, 1 task: 0 succeeded, 1 stopped"
    (task,) = project.json("tasks")["tasks"]
    assert (task["stopCode"], task["stoppedReason"]) == ("UserInitiated", "Task stopped by user")
    assert task["containers"][0]["exitCode"] == 0


def test_a_second_signal_kills(project: Project) -> None:
    project.define({"job": job(shell(IGNORES))}, [at_once("job")])
    with project.running("run") as run:
        run.wait_for("job/app | ready")
        run.signal(signal.SIGINT)
        run.wait_for("job/app | not yet")
        run.signal(signal.SIGINT)
        answer = run.end()
    assert answer.code == 130
    assert "killing what is left" in answer.err
    (task,) = project.json("tasks")["tasks"]
    assert task["containers"][0]["exitCode"] == 137
    assert project.lines() == ["ready", "not yet"]


def test_another_process_is_refused_may_look_and_may_stop_a_task(project: Project) -> None:
    project.define(
        {"job": job(shell(WAITS))},
        [at_once("job"), due("far", soon(3600), taskDefinition="job")],
    )
    with project.running("run", "--max-firings", "2") as run:
        run.wait_for("job/app | ready")
        second = project.run("run")
        assert (second.code, second.out.count("task ")) == (2, 0)
        assert re.search(r"another scheduler is at work: process \d+ on ", second.err)
        wait_until(lambda: _status(project) == ["RUNNING"], "a task on record", run)
        assert project.run("down").code == 2
        (task,) = project.json("tasks")["tasks"]
        task_id = task["taskArn"].rpartition("/")[2]
        stopped = project.run("stop", task_id[:6], "--reason", "takes too long")
        assert (stopped.code, stopped.out) == (0, f"{task_id} stopped, exit code 0\n")
        run.signal(signal.SIGINT)
        assert run.end().code == 130
    (task,) = project.json("tasks")["tasks"]
    assert task["stoppedReason"] == "takes too long"


def _status(project: Project) -> list[str]:
    return [task["lastStatus"] for task in project.json("tasks")["tasks"]]


def test_a_task_of_a_killed_run_is_the_next_one_s_and_leaves_nothing(project: Project) -> None:
    mount = {"sourceVolume": "v", "containerPath": "/v"}
    project.define(
        {"job": job(shell(WAITS, mountPoints=[mount]), volumes=[{"name": "v"}])},
        [at_once("job")],
    )
    with project.running("run") as run:
        run.wait_for("job/app | ready")
        run.signal(signal.SIGKILL)
        run.end()
    assert len(project.left_in_the_engine()) == 2
    with project.running("run") as run:
        run.wait_for("going on with 1 task")
        run.signal(signal.SIGINT)
        assert run.end().code == 130
    assert project.left_in_the_engine() == []
    (task,) = project.json("tasks")["tasks"]
    assert (task["lastStatus"], task["stopCode"]) == ("STOPPED", "UserInitiated")
    assert project.lines() == ["ready", "asked to stop"]


def test_output_that_nobody_reads_any_more_ends_a_run_gently(project: Project) -> None:
    project.define(
        {"job": meeting(shell(MORE_WHEN_GONE))},
        [at_once("job"), due("far", soon(3600), taskDefinition="job")],
    )
    command = " ".join(map(shlex.quote, project.command("run")))
    answer = project.shell(f"{command} | {READS_A_LITTLE}; echo ${{PIPESTATUS[0]}}")
    assert answer.out.splitlines()[-1] == "141"
    assert answer.err.count("\n") <= 2
    assert "Traceback" not in answer.err
    assert project.lines() == [f"line {number}" for number in range(1, 201)]


def test_a_task_that_is_invoked_ends_well_when_its_reader_goes_away(project: Project) -> None:
    script = f"{MORE_WHEN_GONE}; exit 3"
    project.define({"job": meeting(shell(script))}, [due("job", soon(3600))])
    command = " ".join(map(shlex.quote, project.command("invoke", "job")))
    answer = project.shell(f"{command} | {READS_A_LITTLE}; echo ${{PIPESTATUS[0]}}")
    assert answer.out.splitlines()[-1] == "3"
    assert "Traceback" not in answer.err
    assert project.lines() == [f"line {number}" for number in range(1, 201)]


def test_a_task_of_a_killed_run_can_be_stopped(project: Project) -> None:
    project.define({"job": job(shell(WAITS))}, [at_once("job")])
    with project.running("run") as run:
        run.wait_for("job/app | ready")
        (task,) = project.json("tasks")["tasks"]
        run.signal(signal.SIGKILL)
        run.end()
    task_id = task["taskArn"].rpartition("/")[2]
    assert project.run("stop", task_id).code == 0
    assert project.left_in_the_engine() == []
