"""What a user is told of a task definition that no file has."""

import json

import pytest

from emulator.definitions.missing_families import hint_at_family
from tests.definitions.conftest import Load

RULE = "rules: [{name: r, scheduleExpression: rate(1 day), cluster: c, taskDefinition: report}]\n"
ANSWER = {
    "taskDefinition": {
        "taskDefinitionArn": "arn:aws:ecs:us-east-1:123456789012:task-definition/report:7",
        "family": "report",
        "revision": 7,
        "status": "ACTIVE",
        "containerDefinitions": [{"name": "main", "image": "alpine:3"}],
    },
    "tags": [],
}


def test_a_family_close_to_one_of_the_files_is_taken_for_a_slip() -> None:
    assert hint_at_family("bach", ["batch", "report"]) == "did you mean 'batch'?"


def test_a_family_deployed_from_elsewhere_can_be_brought_with_one_command() -> None:
    assert hint_at_family("report", ["batch"]) == (
        "families here: batch; one from elsewhere is read from beside these files: "
        "aws ecs describe-task-definition --task-definition report > report.json"
    )


@pytest.mark.parametrize("family", ["a; rm -rf x", "$(id)", "-x", "a/b", "", "ジョブ", "a\nb"])
def test_no_command_is_made_of_what_a_shell_might_read_otherwise(family: str) -> None:
    assert hint_at_family(family, ["report"]) == "families here: report"


def test_a_family_that_only_aws_knows_is_to_be_given() -> None:
    assert hint_at_family("${TaskDefinitionArn}", ["batch"]) == (
        "families here: batch; give the value that is unknown the name of one"
    )


def test_what_the_command_answers_is_read_beside_the_rules(read: Load) -> None:
    files = {"ecs-local.yaml": RULE, "report.json": json.dumps(ANSWER)}
    assert read(files, "ecs-local.yaml").text.startswith("error ecs-local.yaml:1: rule r: no task")
    definitions = read(files, "ecs-local.yaml", "report.json").definitions
    assert definitions is not None
    assert list(definitions.task_definitions) == ["report"]
