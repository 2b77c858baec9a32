"""What `describe` and `tasks` answer in JSON, held against botocore's shape of it."""

import json
from pathlib import Path
from typing import Any

from emulator.cli import main
from tests.aws_shapes import misfits, output_shape
from tests.cli.conftest import NOW, Cli

PROJECT = """\
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
    cli("run-task", "report", "--overrides", OVERRIDES, project=PROJECT)
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
