"""How tasks live on the real engine: their containers, networks, output and exit codes."""

import re
from typing import Any, Final

import pytest

from emulator import Emulator
from tests.with_docker.project import (
    Project,
    document,
    due,
    job,
    meeting,
    shell,
    soon,
    until_there,
)

TRACE = """Traceback (most recent call last):
  File "batch.py", line 3, in <module>
    main()
ValueError: 売上がない"""


def defines(**jobs: dict[str, Any]) -> pytest.MarkDecorator:
    """Give a test's `ecs_local` these task definitions, by family."""
    return pytest.mark.parametrize("ecs_local_files", [document(jobs)], ids=["jobs"])


def test_a_job_that_fails_leaves_its_stack_trace_in_the_log_and_its_exit_code(
    project: Project,
) -> None:
    project.define({"report": job(shell(f"cat >&2 <<'END'\n{TRACE}\nEND\nexit 1"))})
    answer = project.run("run-task", "report")
    assert answer.code == 1
    assert project.lines() == TRACE.splitlines()
    for line in TRACE.splitlines():
        assert f"report/app | {line}\n" in answer.out
    assert "failed, exit code 1" in answer.out


def test_containers_share_localhost_and_a_volume_in_awsvpc(project: Project) -> None:
    mount = {"sourceVolume": "shared", "containerPath": "/shared"}
    server = shell(
        "echo from the server > /shared/index.html; exec httpd -f -p 127.0.0.1:8080 -h /shared",
        "server",
        essential=False,
        mountPoints=[mount],
        stopTimeout=2,
    )
    client = shell(
        "until wget -q -O - http://127.0.0.1:8080/; do sleep 0.1; done; cat /shared/index.html",
        "client",
        dependsOn=[{"containerName": "server", "condition": "START"}],
        mountPoints=[mount],
    )
    project.define(
        {
            "web": {
                "networkMode": "awsvpc",
                "requiresCompatibilities": ["FARGATE"],
                "cpu": "256",
                "memory": "512",
                "executionRoleArn": "arn:aws:iam::000000000000:role/ecs-task-execution",
                "containerDefinitions": [server, client],
                "volumes": [{"name": "shared"}],
            }
        }
    )
    answer = project.run("run-task", "web")
    assert (answer.code, project.lines("client")) == (0, ["from the server"] * 2)
    assert "web/client | from the server" in answer.out
    assert re.search(r"^web task [0-9a-f]{8} started$", answer.out, re.MULTILINE)
    assert re.search(r"^web task [0-9a-f]{8} succeeded", answer.out, re.MULTILINE)


WORK = shell(
    "echo worked", "work", dependsOn=[{"containerName": "prepare", "condition": "SUCCESS"}]
)


@defines(both=job(WORK, shell("sleep 0.3; echo prepared", "prepare", essential=False)))
def test_one_container_prepares_and_the_other_works_after_it(ecs_local: Emulator) -> None:
    result = ecs_local.run_task("both")
    assert result.exit_code == 0, result
    assert result.logs("work") == ["worked"]
    stopped, started = result.containers["prepare"].stopped_at, result.containers["work"].started_at
    assert stopped is not None
    assert started is not None
    assert stopped <= started


@defines(both=job(WORK, shell("exit 4", "prepare", essential=False)))
def test_what_depends_on_a_failure_never_starts(ecs_local: Emulator) -> None:
    result = ecs_local.run_task("both")
    assert (result.exit_code, result.logs("work")) == (125, [])
    assert "container prepare exited with 4, but SUCCESS was required" in str(result)


SIDECAR = shell(
    "trap 'echo asked to stop; exit 0' TERM; touch /meeting/on; while :; do sleep 0.05; done",
    "sidecar",
    essential=False,
)


@defines(job=meeting(shell(f"{until_there('on')}; exit 7"), SIDECAR))
def test_the_end_of_an_essential_container_stops_the_others(ecs_local: Emulator) -> None:
    result = ecs_local.run_task("job")
    assert (result.exit_code, result.logs("sidecar")) == (7, ["asked to stop"])


SHAPES: Final = {
    "tail": ("printf 'first\\n\\nlast without newline'", ["first", "last without newline"]),
    "binary": ("printf '\\377\\000\\033[2Jx\\n'", ["\ufffd\0\x1b[2Jx"]),
    "long": (
        "head -c 300000 /dev/zero | tr '\\0' x; echo; echo after",
        ["x" * 262_118, "x" * (300_000 - 262_118), "after"],
    ),
    "silent": ("true", []),
}


@defines(**{name: job(shell(script)) for name, (script, _) in SHAPES.items()})
def test_output_of_any_shape_reaches_the_log(ecs_local: Emulator) -> None:
    said = {name: ecs_local.run_task(name).logs() for name in SHAPES}
    assert said == {name: expected for name, (_, expected) in SHAPES.items()}
    assert len(list((ecs_local.state_dir / "logs").rglob("*.log"))) == 4


def test_thirty_containers_that_end_at_once_lose_no_line(project: Project) -> None:
    date = job(shell("date; echo $HOSTNAME; printf end"))
    rules = [due(name, soon(3600), taskDefinition="date", taskCount=10) for name in "abc"]
    project.define({"date": date}, rules)
    answer = project.run("invoke", "--all")
    assert answer.code == 0, answer.err
    events = project.events()
    by_stream: dict[str, list[str]] = {}
    for event in events:
        by_stream.setdefault(event.log_stream, []).append(event.message)
    assert len(by_stream) == 30
    assert {lines[-1] for lines in by_stream.values()} == {"end"}
    assert {len(lines) for lines in by_stream.values()} == {3}


def test_overrides_reach_the_container(project: Project) -> None:
    project.define({"job": job(shell("echo default", environment=[{"name": "A", "value": "1"}]))})
    answer = project.run("run-task", "job", "--env", "A=夜", "--command", "sh -c 'echo $A; exit 5'")
    assert (answer.code, project.lines()) == (5, ["夜"])


@defines(job=job(shell("a=x; while :; do a=$a$a; done", memory=8)))
def test_a_container_killed_for_memory_says_so(ecs_local: Emulator) -> None:
    result = ecs_local.run_task("job")
    assert result.exit_code == 137
    assert result.containers["app"].reason == (
        "OutOfMemoryError: Container killed due to memory usage"
    )
