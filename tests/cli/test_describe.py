"""`describe` and `tasks` in JSON, held against botocore's shape of it, and `describe` in lines."""

import json
from pathlib import Path
from typing import Any

from emulator.cli import main
from tests.aws_shapes import misfits, output_shape
from tests.cli.conftest import NOW, PROJECT, Cli

DEFINITIONS = """\
region: ap-northeast-1
taskDefinitions:
  report:
    networkMode: awsvpc
    requiresCompatibilities: [FARGATE]
    cpu: "256"
    memory: "512"
    executionRoleArn: arn:aws:iam::000000000000:role/execution
    taskRoleArn: arn:aws:iam::000000000000:role/report
    containerDefinitions:
      - {name: main, image: "alpine:latest", portMappings: [{containerPort: 80}]}
      - {name: side, image: "alpine:latest", essential: false}
  secretive:
    executionRoleArn: arn:aws:iam::000000000000:role/execution
    containerDefinitions:
      - {name: main, image: "alpine:latest", memory: 64, secrets: [{name: A, valueFrom: gone}]}
"""
OVERRIDES = json.dumps(
    {"containerOverrides": [{"name": "main", "environment": [{"name": "A", "value": "b"}]}]}
)


def test_the_answer_fits_the_shape_of_describe_tasks(cli: Cli, tmp_path: Path, capsys: Any) -> None:
    cli("run-task", "report", "--overrides", OVERRIDES, project=DEFINITIONS)
    assert cli("run-task", "secretive").code == 125
    capsys.readouterr()
    main(["tasks", "--format", "json"], clock=lambda: NOW)
    tasks = json.loads(capsys.readouterr().out)["tasks"]
    assert len(tasks) == 2
    main(["describe", *(task["taskArn"] for task in tasks), "f" * 32], clock=lambda: NOW)
    answer = json.loads(capsys.readouterr().out)
    assert len(answer["tasks"]) == 2
    assert len(answer["failures"]) == 1
    for task in answer["tasks"]:
        # What AWS does not know of it stands under a name of its own.
        assert isinstance(task.pop("local"), dict)
    assert list(misfits(answer, output_shape("ecs", "DescribeTasks"))) == []


def test_describe_tells_a_task_in_lines_that_align(cli: Cli, tmp_path: Path) -> None:
    cli("invoke", "daily", project=PROJECT)
    stream = next(tmp_path.glob(".ecs-local/logs/batch/daily/main/*.log"))
    told = cli("describe", "--format", "text", stream.stem)
    assert told.out.splitlines()[0] == "task ID"
    assert "  status              STOPPED (wanted: STOPPED)\n" in told.out
    assert "  container main      STOPPED, exit code 0\n" in told.out
    assert "  log main            /batch daily/main/ID\n" in told.out
    document = json.loads(cli("describe", stream.stem).out)
    assert document["tasks"][0]["lastStatus"] == "STOPPED"


def test_a_task_that_is_missing_is_a_failure_in_the_answer(cli: Cli) -> None:
    told = cli("describe", "abcd", project=PROJECT)
    assert told.code == 2
    (failure,) = json.loads(told.out)["failures"]
    assert (failure["arn"], failure["reason"]) == ("abcd", "MISSING")
