"""What a task definition needs an execution role for, in AWS's words."""

from typing import Any

import pytest

from emulator.definitions.nodes import Problems
from emulator.definitions.role_checks import check_execution_role
from emulator.model.environment import EnvironmentFile, Secret
from emulator.model.task_definition import (
    ContainerDefinition,
    LaunchType,
    LogConfiguration,
    TaskDefinition,
)

SECRET = Secret(name="PASSWORD", value_from="/db/password")
SECRETS = (
    "When you are specifying container secrets, you must also specify a value for "
    "'executionRoleArn'."
)
REGISTRY = (
    "Private repository authentication requires that the task definition specify a value for "
    "executionRoleArn."
)
FILES = "environmentFiles need an executionRoleArn, which fetches them from S3"
OPTIONS = "secretOptions need an executionRoleArn, which reads them"
IMAGES = "Fargate requires task definition to have execution role ARN to support ECR images."
LOGS = "Fargate requires task definition to have execution role ARN to support log driver awslogs."


def complaints(role: str | None, *launch_types: LaunchType, **fields: Any) -> list[str]:
    container = ContainerDefinition(name="app", **{"image": "alpine", **fields})
    problems = Problems()
    check_execution_role(
        TaskDefinition(
            family="job",
            container_definitions=(container,),
            requires_compatibilities=launch_types,
            execution_role_arn=role,
        ),
        problems,
    )
    return [problem.message for problem in problems.found]


@pytest.mark.parametrize("launch_type", list(LaunchType))
@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"secrets": (SECRET,)}, SECRETS),
        ({"environment_files": (EnvironmentFile(value="arn:aws:s3:::b/a.env"),)}, FILES),
        ({"repository_credentials": "arn:aws:secretsmanager:x:0:secret:y"}, REGISTRY),
        (
            {"log_configuration": LogConfiguration(log_driver="splunk", secret_options=(SECRET,))},
            OPTIONS,
        ),
    ],
)
def test_whatever_reads_a_secret_needs_a_role(
    launch_type: LaunchType, fields: dict[str, Any], text: str
) -> None:
    assert complaints(None, launch_type, **fields) == [text]
    assert complaints("ecsTaskExecutionRole", launch_type, **fields) == []


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"image": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:1"}, IMAGES),
        ({"log_configuration": LogConfiguration(log_driver="awslogs")}, LOGS),
    ],
)
def test_images_of_ecr_and_awslogs_need_a_role_on_fargate_alone(
    fields: dict[str, Any], text: str
) -> None:
    assert complaints(None, LaunchType.FARGATE, **fields) == [text]
    assert complaints(None, LaunchType.EC2, **fields) == []


def test_a_definition_for_no_machine_of_aws_needs_none() -> None:
    assert complaints(None, secrets=(SECRET,)) == []
