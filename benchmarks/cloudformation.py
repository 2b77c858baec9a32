"""How long a large CloudFormation template takes to become the model."""

from collections.abc import Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

from benchmarks.figure import Figure, milliseconds, seconds
from emulator.definitions import load

RESOURCES: Final = 500
TARGET_SECONDS: Final = 1.0
_JOB: Final = """\
  Task{n}:
    Type: AWS::ECS::TaskDefinition
    Properties:
      Family: !Sub "job-{n}-${{Stage}}"
      Cpu: "256"
      Memory: "512"
      NetworkMode: awsvpc
      RequiresCompatibilities: [FARGATE]
      ExecutionRoleArn: arn:aws:iam::000000000000:role/execution
      ContainerDefinitions:
        - Name: app
          Image: !Sub "${{AWS::AccountId}}.dkr.ecr.${{AWS::Region}}.amazonaws.com/app:latest"
          Command: [run, "{n}"]
          Environment:
            - {{Name: STAGE, Value: !Ref Stage}}
            - {{Name: STACK, Value: !Ref "AWS::StackName"}}
          LogConfiguration:
            LogDriver: awslogs
            Options:
              awslogs-group: !Ref Logs
              awslogs-region: !Ref AWS::Region
              awslogs-stream-prefix: job
  Rule{n}:
    Type: AWS::Events::Rule
    Properties:
      ScheduleExpression: cron(0 {hour} * * ? *)
      Targets:
        - Id: job
          Arn: !Sub "arn:aws:ecs:${{AWS::Region}}:${{AWS::AccountId}}:cluster/example"
          RoleArn: arn:aws:iam::000000000000:role/events
          EcsParameters:
            TaskDefinitionArn: !Ref Task{n}
            LaunchType: FARGATE
            NetworkConfiguration:
              AwsVpcConfiguration: {{Subnets: [subnet-1]}}
"""


def template(resources: int) -> str:
    """Return a template of a log group and of jobs, each a task definition and its rule."""
    head = (
        "Parameters:\n  Stage: {Type: String, Default: prod}\n"
        "Resources:\n  Logs: {Type: AWS::Logs::LogGroup}\n"
    )
    return head + "".join(_JOB.format(n=n, hour=n % 24) for n in range(resources // 2))


def measure(quick: bool) -> Iterator[Figure]:
    """Yield the time that a template of 500 resources takes."""
    with TemporaryDirectory(prefix="ecs-local-benchmark-") as directory:
        path = Path(directory)
        (path / "template.yaml").write_text(template(RESOURCES), "utf-8")

        def read() -> None:
            load((), directory=path, environ={})

        read()
        taken = median(seconds(read) for _ in range(3 if quick else 10))
    yield Figure(
        what=f"CloudFormation template of {RESOURCES} resources",
        ours=milliseconds(taken),
        against=f"{TARGET_SECONDS:.0f} s",
        value=taken,
        unit="s",
        target=TARGET_SECONDS,
    )
