"""What the awslogs driver would make of a container's output, through the command line."""

import json
from typing import Any

from emulator.logs.lines import LARGEST_EVENT
from tests.with_docker.project import Project, due, job, meeting, shell, soon, until_there


def _invoke(
    project: Project, script: str, options: dict[str, str] | None = None, *, code: int = 0
) -> str:
    container = shell(script)
    container["logConfiguration"]["options"].update(options or {})
    return _run(project, container, code)


def _run(project: Project, container: dict[str, Any], code: int = 0, *words: str) -> str:
    project.define({"job": job(container)}, [due("job", soon(3600))])
    answer = project.run("invoke", "job", *words)
    assert answer.code == code, answer.err
    return answer.err


def test_a_pattern_joins_the_lines_of_a_stack_trace(project: Project) -> None:
    script = "printf 'ERROR boom\\n  at a\\n\\n  at b\\nINFO on\\n'"
    _invoke(project, script, {"awslogs-multiline-pattern": "^(ERROR|INFO)"})
    assert project.lines() == ["ERROR boom\n  at a\n\n  at b\n", "INFO on\n"]
    events = [json.loads(line) for line in project.run("logs", "--format", "json").out.splitlines()]
    assert [event["message"] for event in events] == project.lines()


def test_a_date_joins_lines_too(project: Project) -> None:
    script = "printf '2026-11-24 one\\n more\\n2026-11-25 two\\n'"
    _invoke(project, script, {"awslogs-datetime-format": "%Y-%m-%d"})
    assert project.lines() == ["2026-11-24 one\n more\n", "2026-11-25 two\n"]


def test_a_joined_event_that_waits_comes_after_its_flush_interval(project: Project) -> None:
    options = {
        "awslogs-multiline-pattern": "^A",
        "awslogs-force-flush-interval-seconds": "1",
    }
    container = shell(f"echo A; {until_there('seen')}")
    container["logConfiguration"]["options"].update(options)
    project.define({"job": meeting(container)}, [due("job", soon(3600))])
    with project.running("invoke", "job") as invoked:
        # Its end would flush the event, too: it waits for the test.
        invoked.wait_for("job/app | A\n")
        (project.folder / "seen").touch()
        assert invoked.end().code == 0


def test_a_long_line_and_bytes_that_are_not_utf_8(project: Project) -> None:
    size = LARGEST_EVENT + 3
    _invoke(project, f"head -c {size} /dev/zero | tr '\\0' x; printf '\\n\\377\\n\\n \\nlast'")
    messages = project.lines()
    assert [len(message) for message in messages[:2]] == [LARGEST_EVENT, 3]
    assert messages[2:] == ["\ufffd", " ", "last"]
    first, second = project.events()[:2]
    assert first.timestamp == second.timestamp


def test_a_terminal_writes_one_stream_whose_lines_end_in_cr(project: Project) -> None:
    _run(project, shell("echo out; echo err >&2; tty", pseudoTerminal=True))
    assert sorted(project.lines()) == ["/dev/pts/0\r", "err\r", "out\r"]


def test_another_log_driver_is_captured_too(project: Project) -> None:
    container = shell("echo kept", logConfiguration={"logDriver": "fluentd"})
    _run(project, container)
    assert [(e.log_group, e.message) for e in project.events()] == [("/ecs/job", "kept")]
    noted = project.run("lint").out + project.run("lint").err
    assert "fluentd: its output is kept in the local log group" in noted


def test_strict_fails_a_task_without_its_log_group_as_fargate_does(project: Project) -> None:
    fargate = {
        "requiresCompatibilities": ["FARGATE"],
        "networkMode": "awsvpc",
        "cpu": "256",
        "memory": "512",
        "executionRoleArn": "arn:aws:iam::123456789012:role/x",
    }
    project.define(
        {"job": {**job(shell("echo no")), **fargate}}, [due("job", soon(3600))], logGroups={}
    )
    answer = project.run("invoke", "job", "--strict")
    assert answer.code == 125
    assert "failed to validate logger args" in answer.out
    assert project.lines() == []


def test_what_a_driver_refuses_is_refused_with_its_place(project: Project) -> None:
    error = _invoke(project, "true", {"awslogs-multiline-pattern": "(?=x)"}, code=2)
    assert "ecs-local.yaml:2" in error
    assert "awslogs could not parse multiline pattern key" in error
