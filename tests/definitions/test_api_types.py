"""JSON for the ECS API has the API's types; what converts is CloudFormation, and YAML of ours."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import botocore.session
import pytest

from emulator.definitions import read
from emulator.definitions.api_types import FREE, NUMBERS, OF_THE_TASK, TEXTS, TRUTHS
from emulator.definitions.files import Project
from emulator.definitions.nodes import Problems
from emulator.definitions.reading import Reading
from emulator.errors import Severity

MODEL = botocore.session.get_session().get_service_model("ecs")


def leaves(shape: Any, key: str, depth: int) -> Iterator[tuple[str, str, int]]:
    """Yield key, type and depth of every value of a shape; a map counts as one."""
    if shape.type_name == "structure":
        for name, member in shape.members.items():
            yield from leaves(member, name, depth + 1)
    elif shape.type_name == "list":
        yield from leaves(shape.member, key, depth + 1)
    else:
        yield key, shape.type_name, depth


def test_the_types_are_those_of_awss_own_client() -> None:
    found = set(leaves(MODEL.shape_for("RegisterTaskDefinitionRequest"), "", 0))
    assert {key for key, kind, _ in found if kind in ("integer", "long")} == NUMBERS
    assert {key for key, kind, _ in found if kind == "boolean"} == TRUTHS
    assert {key for key, kind, _ in found if kind == "map"} == FREE
    assert {key for key, kind, _ in found if kind == "string"} == TEXTS | set(OF_THE_TASK)
    assert {(key, "string", 1) for key in OF_THE_TASK} <= found


CONTAINER = {"name": "main", "image": "alpine", "memory": 64}


def refused(directory: Path, files: dict[str, str], *, lenient: bool = False) -> list[str]:
    for name, text in files.items():
        (directory / name).write_text(text, "utf-8")
    first = directory / next(iter(files))
    loaded = read([first], Reading(Project(directory), {}, Problems(lenient)))
    problems = loaded.definitions.problems
    return [str(p) for p in problems if p.severity is not Severity.NOTE]


@pytest.mark.parametrize(
    ("fields", "said", "right"),
    [
        (
            {"environment": [{"name": "A", "value": 1.10}]},
            "environment[0].value: a number, where the ECS API has text",
            '"1.10"',
        ),
        (
            {"environment": [{"name": "A", "value": True}]},
            "environment[0].value: true or false, where the ECS API has text",
            '"true"',
        ),
        ({"command": ["a", 5]}, "command[1]: a number, where the ECS API has text", '"5"'),
        ({"user": 1000}, "user: a number, where the ECS API has text", '"1000"'),
        (
            {"dockerLabels": {"a": False}},
            "dockerLabels.a: true or false, where the ECS API has text",
            '"false"',
        ),
        ({"cpu": "256"}, "cpu: text, where the ECS API has a number", "256"),
        (
            {"ulimits": [{"name": "nofile", "softLimit": "1", "hardLimit": 2}]},
            "ulimits[0].softLimit: text, where the ECS API has a number",
            "1",
        ),
        ({"essential": "true"}, "essential: text, where the ECS API has true or false", "true"),
    ],
)
def test_another_type_is_refused_with_what_to_write(
    fields: dict[str, Any], said: str, right: str, tmp_path: Path
) -> None:
    containers = json.dumps([CONTAINER | fields]).replace("1.1}", "1.10}")
    text = f'{{"family": "batch", "containerDefinitions": {containers}}}'
    message = f"Invalid type for parameter containerDefinitions[0].{said}"
    wanted = [f"job.json:1: {message}\n  hint: write {right}"]
    assert refused(tmp_path, {"job.json": text}) == wanted
    assert refused(tmp_path, {"job.json": containers}) == wanted
    assert refused(tmp_path, {"job.json": f'{{"taskDefinition": {text}}}'}) == wanted
    assert refused(tmp_path, {"job.json": text}, lenient=True) == wanted


def test_terraform_ecspresso_and_our_own_file_refuse_it_in_json(tmp_path: Path) -> None:
    containers = json.dumps([CONTAINER | {"cpu": "256"}])
    hcl = (
        'resource "aws_ecs_task_definition" "a" {\n  family = "batch"\n'
        "  container_definitions = jsonencode([{\n"
        '    name = "main", image = "alpine", memory = 64, cpu = "256"\n  }])\n}\n'
    )
    files = {
        "main.tf": hcl,
        "ecspresso.yml": "task_definition: task.json\n",
        "ecs-local.yaml": "taskDefinitions: {batch: list.json}\n",
    }
    beside = {
        "task.json": json.dumps(
            {"family": "batch", "containerDefinitions": json.loads(containers)}
        ),
        "list.json": containers,
    }
    for name, text in files.items():
        (said,) = refused(tmp_path, {name: text, **beside})
        assert "containerDefinitions[0].cpu: text, where the ECS API has a number" in said


def test_cloudformation_and_yaml_convert(tmp_path: Path) -> None:
    template = {
        "Resources": {
            "Task": {
                "Type": "AWS::ECS::TaskDefinition",
                "Properties": {
                    "Family": "batch",
                    "ContainerDefinitions": [
                        {"Name": "a", "Image": "b", "Memory": "64", "User": 7, "Essential": "true"}
                    ],
                },
            }
        }
    }
    assert refused(tmp_path, {"template.json": json.dumps(template)}) == []
    own = "taskDefinitions: {batch: {containerDefinitions: [{name: a, image: b, user: 7}]}}\n"
    assert refused(tmp_path, {"ecs-local.yaml": own}) == []
    quoted = own.replace("user: 7", "cpu: '7'")
    assert refused(tmp_path, {"ecs-local.yaml": quoted}) == [
        "ecs-local.yaml:1: cpu must be a whole number, not text\n  hint: write 7 without quotes"
    ]
