"""`ecs-local run-task`: its exit code, and its answer as JSON."""

import json

import pytest

from tests.cli.conftest import PROJECT, Cli, says


@pytest.mark.parametrize("exit_code", [0, 1, 137, 255])
def test_run_task_exits_as_docker_run_does(cli: Cli, exit_code: int) -> None:
    told = cli("run-task", "daily", project=PROJECT, main_process=says(exit_code=exit_code))
    assert told.code == exit_code


def test_of_several_tasks_the_exit_code_says_whether_any_failed(cli: Cli) -> None:
    assert cli("run-task", "daily", "--count", "2", project=PROJECT).code == 0
    assert cli("run-task", "daily", "--count", "2", main_process=says(exit_code=7)).code == 1


def test_run_task_as_json_prints_nothing_but_json(cli: Cli) -> None:
    told = cli("run-task", "daily", "--format", "json", project=PROJECT, main_process=says(b"x"))
    document = json.loads(told.out)
    (task,) = document["tasks"]
    assert document["failures"] == []
    assert (task["lastStatus"], task["stopCode"]) == ("STOPPED", "EssentialContainerExited")
    assert task["containers"][0]["exitCode"] == 0
    assert task["createdAt"] == "2026-11-24T06:37:05.000Z"
