"""`ecs-local init`: a first project in the working directory."""

import argparse
from pathlib import Path
from typing import Final

from emulator.cli import screen
from emulator.errors import UsageError

PROJECT: Final = """\
# What AWS knows stands at the top level, what is true of this machine only under `local:`.
# For an editor that checks and completes: `ecs-local config --schema > schema.json`, and
# `# yaml-language-server: $schema=schema.json` in the first line.
region: {region}

taskDefinitions:
  hello:
    cpu: "256"
    memory: "512"
    networkMode: awsvpc
    requiresCompatibilities: [FARGATE]
    executionRoleArn: arn:aws:iam::000000000000:role/ecs-task-execution
    containerDefinitions:
      - name: hello
        image: alpine:latest
        command: [/bin/date]
        logConfiguration:
          logDriver: awslogs
          options:
            awslogs-group: /ecs-scheduled-tasks/hello
            awslogs-region: {region}
            awslogs-stream-prefix: batch

rules:
  - name: hello
    description: a first batch job
    scheduleExpression: cron(*/2 * * * ? *)
    taskDefinition: hello
    launch_type: FARGATE
    network_configuration:
      aws_vpc_configuration:
        subnets: [subnet-00000000]

logGroups:
  /ecs-scheduled-tasks/hello:
    retentionInDays: 30
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.epilog = "example:\n  ecs-local init --region ap-northeast-1"
    parser.add_argument("--region", default="us-east-1", help="default: us-east-1")
    parser.set_defaults(execute=execute)


def execute(arguments: argparse.Namespace) -> int:
    """Write the project; a file that is there is never touched."""
    from emulator.definitions.regions import is_region

    if not is_region(arguments.region):
        message = f"--region {arguments.region!r} is not a region"
        raise UsageError(message, hint="write a name such as ap-northeast-1")
    path = Path("ecs-local.yaml")
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(PROJECT.format(region=arguments.region))
    except FileExistsError as error:
        message = f"{path} is there already"
        raise UsageError(message, hint="move it away, or edit it") from error
    except OSError as error:
        message = f"{path}: cannot be written: {error.strerror}"
        raise UsageError(message) from error
    screen.say(f"wrote {path}; now try `ecs-local invoke hello`, then `ecs-local run`")
    return 0
