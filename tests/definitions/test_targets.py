"""Targets: what of them AWS would reject, as ecs-local.yaml says it."""

import json
from typing import Any

import pytest

from tests.definitions.conftest import TASK, Load


def rule(**fields: Any) -> str:
    """Return a project with one rule whose target these fields describe."""
    target = {
        "name": "nightly",
        "scheduleExpression": "rate(1 day)",
        "taskDefinition": "job",
        **fields,
    }
    return f"{TASK}rules: [{json.dumps(target)}]\n"


def strategy(*items: dict[str, Any]) -> dict[str, Any]:
    return {"capacityProviderStrategy": [{"capacityProvider": "FARGATE", **i} for i in items]}


def override(**fields: Any) -> dict[str, Any]:
    return {"containerOverrides": [{"name": "main", **fields}]}


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (strategy({"weight": 1001}), "capacityProviderStrategy: weight is 0 to 1000, not 1001"),
        (strategy({"base": 100001}), "capacityProviderStrategy: base is 0 to 100000, not 100001"),
        (
            strategy({"weight": 0}, {}),
            "capacityProviderStrategy: of several capacity providers, one has a weight over 0",
        ),
        (
            strategy({"weight": 1, "base": 1}, {"base": 1}),
            "capacityProviderStrategy: one capacity provider has a base, not several",
        ),
        (strategy(*[{"weight": 1}] * 7), "capacityProviderStrategy: 6 at most, not 7"),
        ({"group": "g" * 256}, "target nightly: group has at most 255 characters"),
        (
            override(environment=[{"name": "", "value": "x"}]),
            "environment: '' cannot be a name",
        ),
    ],
)
def test_what_aws_would_reject_of_a_target(
    read: Load, fields: dict[str, Any], message: str
) -> None:
    outcome = read(rule(**fields))
    assert outcome.definitions is None
    assert message in outcome.text


def test_sizes_of_an_override_are_written_as_those_of_a_definition(read: Load) -> None:
    (found,) = read(rule(taskOverride={"cpu": ".5 vCPU", "memory": "1 GB"})).model.rules
    overrides = found.targets[0].overrides
    assert (overrides.cpu, overrides.memory) == (512, 1024)
    text = read(rule(taskOverride={"cpu": "much"})).text
    assert "Invalid 'cpu' setting for task: 'much'" in text


def test_of_two_overrides_for_a_container_the_last_one_holds_and_is_told(read: Load) -> None:
    both = [{"name": "main", "command": [word]} for word in ("first", "last")]
    outcome = read(rule(containerOverrides=both))
    (override,) = outcome.model.rules[0].targets[0].overrides.container_overrides
    assert override.command == ("last",)
    assert "containerOverrides: main is there twice; the last one holds here" in outcome.text


@pytest.mark.parametrize(
    "fields", [strategy({}), strategy({"weight": 1, "base": 1}, {}), {"group": "g" * 255}]
)
def test_what_aws_takes_of_a_target(read: Load, fields: dict[str, Any]) -> None:
    assert read(rule(**fields)).definitions is not None


@pytest.mark.parametrize(
    ("subnets", "told"),
    [
        ("subnet-1", "subnets must be a list, not text"),
        ([], "subnets: 1 to 16 of them, not 0"),
        (None, "subnets: 1 to 16 of them, not 0"),
    ],
)
def test_subnets_that_are_none_are_told_once(read: Load, subnets: object, told: str) -> None:
    network = {"aws_vpc_configuration": {"subnets": subnets}}
    lines = read(rule(network_configuration=network)).text.splitlines()
    assert [line.partition(": ")[2] for line in lines if "subnets" in line] == [told]
