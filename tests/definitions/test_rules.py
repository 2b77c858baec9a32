"""Rules of ecs-local.yaml and ecschedule: text in, the model out."""

from pathlib import Path

from emulator.definitions import load
from emulator.model.delivery import RetryPolicy
from emulator.model.placement import CapacityProviderStrategyItem, NetworkConfiguration
from emulator.model.rules import Target

BATCH = """
taskDefinitions:
  batch:
    containerDefinitions: [{name: app, image: alpine, memory: 64}]
"""


def _target(tmp_path: Path, text: str) -> Target:
    (tmp_path / "ecs-local.yaml").write_text(BATCH + text, "utf-8")
    (rule,) = load((), directory=tmp_path, environ={}).rules
    (target,) = rule.targets
    return target


def test_a_rule_keeps_what_its_target_says_in_ecschedules_keys(tmp_path: Path) -> None:
    target = _target(
        tmp_path,
        """
region: ap-northeast-1
cluster: arn:aws:ecs:ap-northeast-1:111111111111:cluster/example
role: ecsEventsRole
local: {account: "111111111111"}
rules:
- name: nightly
  scheduleExpression: rate(1 day)
  taskDefinition: batch:1
  platform_version: 1.4.0
  network_configuration:
    aws_vpc_configuration: {subnets: [subnet-1], assign_public_ip: ENABLED}
  capacityProviderStrategy: [{capacityProvider: FARGATE_SPOT, weight: 1}]
  retryPolicy: {maximumRetryAttempts: 2}
  dead_letter_config: {sqs: dead}
  propagateTags: TASK_DEFINITION
""",
    )
    assert target == Target(
        id="nightly",
        task_definition="batch",
        cluster="example",
        role_arn="arn:aws:iam::111111111111:role/ecsEventsRole",
        platform_version="1.4.0",
        network_configuration=NetworkConfiguration(subnets=("subnet-1",), assign_public_ip=True),
        capacity_provider_strategy=(
            CapacityProviderStrategyItem(capacity_provider="FARGATE_SPOT", weight=1),
        ),
        retry_policy=RetryPolicy(maximum_retry_attempts=2),
        dead_letter_arn="arn:aws:sqs:ap-northeast-1:111111111111:dead",
        propagate_tags="TASK_DEFINITION",
    )


def test_a_rule_may_say_otherwise_than_its_file(tmp_path: Path) -> None:
    target = _target(
        tmp_path,
        """
cluster: shared
role: everyday
rules:
- name: nightly
  cluster: own
  role: arn:aws:iam::222222222222:role/other
  scheduleExpression: rate(1 day)
  taskDefinition: arn:aws:ecs:us-east-1:000000000000:task-definition/batch
""",
    )
    assert target.cluster == "own"
    assert target.role_arn == "arn:aws:iam::222222222222:role/other"
    assert target.task_definition == "batch"


def test_another_revision_than_that_of_the_files_is_kept(tmp_path: Path) -> None:
    text = """
rules: [{name: n, scheduleExpression: rate(1 day), taskDefinition: "batch:7"}]
"""
    assert _target(tmp_path, text).task_definition == "batch:7"
