"""What in a task definition requires an execution role, in AWS's words (pure).

AWS: "Amazon ECS task execution IAM role". Definitions that name no launch type are not held to it:
they may be meant for this machine only.
"""

import re
from collections.abc import Iterator
from typing import Final

from emulator.definitions.nodes import Problems
from emulator.model.task_definition import LaunchType, TaskDefinition

_ECR: Final = r"\d{12}\.dkr[.-]ecr\."


def check_execution_role(definition: TaskDefinition, problems: Problems) -> None:
    """Note everything that an absent execution role rules out."""
    if definition.execution_role_arn or not definition.requires_compatibilities:
        return
    for text in _wanting(definition):
        problems.rejected(text, definition.source)


def _wanting(definition: TaskDefinition) -> Iterator[str]:
    containers = definition.container_definitions
    logs = [c.log_configuration for c in containers if c.log_configuration is not None]
    if any(c.secrets for c in containers):
        yield (
            "When you are specifying container secrets, you must also specify a value for "
            "'executionRoleArn'."
        )
    if any(log.secret_options for log in logs):
        yield "secretOptions need an executionRoleArn, which reads them"
    if any(c.environment_files for c in containers):
        yield "environmentFiles need an executionRoleArn, which fetches them from S3"
    if any(c.repository_credentials for c in containers):
        yield (
            "Private repository authentication requires that the task definition specify a value "
            "for executionRoleArn."
        )
    if LaunchType.FARGATE not in definition.requires_compatibilities:
        return
    if any(re.match(_ECR, c.image, re.ASCII) for c in containers):
        yield "Fargate requires task definition to have execution role ARN to support ECR images."
    if any(log.log_driver == "awslogs" for log in logs):
        yield (
            "Fargate requires task definition to have execution role ARN to support log driver "
            "awslogs."
        )
