"""Conditions: a logic of three values, for what depends on AWS is not known."""

import json
from pathlib import Path
from typing import Any

import pytest

from emulator.definitions import load
from emulator.errors import DefinitionError

YES = {"Fn::Equals": ["a", "a"]}
NO = {"Fn::Equals": ["a", "b"]}
MAYBE = {"Fn::Equals": [{"Ref": "NotGiven"}, "x"]}
TARGET = {
    "Id": "1",
    "Arn": "arn:aws:ecs:ap-northeast-1:000000000000:cluster/default",
    "RoleArn": "arn:aws:iam::000000000000:role/events",
    "EcsParameters": {"TaskDefinitionArn": {"Ref": "Job"}},
}
JOB = {
    "Type": "AWS::ECS::TaskDefinition",
    "Properties": {
        "Family": "job",
        "ContainerDefinitions": [{"Name": "app", "Image": "alpine:latest", "Memory": 64}],
    },
}


def _decided(condition: Any, directory: Path, **conditions: Any) -> str:
    """Return `yes`, `no`, `unknown`, or what is wrong with a condition."""
    rule = {
        "Name": "nightly",
        "Description": {"Fn::If": ["Asked", "yes", "no"]},
        "ScheduleExpression": "rate(1 day)",
        "Targets": [TARGET],
    }
    template = {
        "Parameters": {"NotGiven": {"Type": "String"}, "Given": {"Type": "Number", "Default": 1.0}},
        "Conditions": {"Asked": condition, **conditions},
        "Resources": {"Rule": {"Type": "AWS::Events::Rule", "Properties": rule}, "Job": JOB},
    }
    (directory / "template.json").write_text(json.dumps(template), "utf-8")
    try:
        definitions = load([directory / "template.json"], directory=directory, environ={})
    except DefinitionError as error:
        return error.problems[0].message
    (found,) = definitions.rules
    unknown = any("is not known: taken as true" in each.message for each in definitions.problems)
    assert found.description == "yes" or not unknown
    return "unknown" if unknown else str(found.description)


@pytest.mark.parametrize(
    ("condition", "decided"),
    [
        (YES, "yes"),
        (NO, "no"),
        (MAYBE, "unknown"),
        ({"Fn::Not": [YES]}, "no"),
        ({"Fn::Not": [NO]}, "yes"),
        ({"Fn::Not": [MAYBE]}, "unknown"),
        ({"Fn::And": [YES, YES]}, "yes"),
        ({"Fn::And": [YES, MAYBE]}, "unknown"),
        ({"Fn::And": [MAYBE, NO]}, "no"),
        ({"Fn::And": [YES, NO]}, "no"),
        ({"Fn::Or": [NO, NO]}, "no"),
        ({"Fn::Or": [NO, MAYBE]}, "unknown"),
        ({"Fn::Or": [MAYBE, YES]}, "yes"),
        ({"Fn::Or": [NO, YES]}, "yes"),
        ({"Fn::Or": [NO] * 9 + [YES]}, "yes"),
        ({"Condition": "Other"}, "yes"),
        ({"Fn::Not": [{"Condition": "Other"}]}, "no"),
    ],
)
def test_what_is_known_decides_what_can_be_decided(
    condition: Any, decided: str, tmp_path: Path
) -> None:
    assert _decided(condition, tmp_path, Other=YES) == decided


@pytest.mark.parametrize(
    ("left", "right", "decided"),
    [
        ("1", 1, "yes"),
        (True, "true", "yes"),
        ("A", "a", "no"),
        (["a", 1], ["a", "1"], "yes"),
        (["a"], "a", "no"),
        ({"a": 1}, {"a": "1"}, "yes"),
        ({"a": 1}, {"b": 1}, "no"),
        ({"Ref": "Given"}, "1.0", "yes"),
        ("x", {"Ref": "NotGiven"}, "unknown"),
    ],
)
def test_values_are_equal_as_templates_write_them(
    left: Any, right: Any, decided: str, tmp_path: Path
) -> None:
    assert _decided({"Fn::Equals": [left, right]}, tmp_path) == decided


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ({"Condition": "Othr"}, "unresolved condition Othr; did you mean 'Other'?"),
        ({"Condition": "Asked"}, "the condition Asked runs in a circle"),
        ({"Fn::And": [YES]}, "Fn::And takes 2 to 10 conditions"),
        ({"Fn::Or": [YES] * 11}, "Fn::Or takes 2 to 10 conditions"),
        ({"Fn::Or": YES}, "Fn::Or takes 2 to 10 conditions"),
        ({"Fn::Not": [YES, NO]}, "Fn::Not takes 1 arguments"),
        ({"Fn::Equals": ["a"]}, "Fn::Equals takes 2 arguments"),
        ({"Fn::Not": ["a"]}, "a condition is one of Condition, Fn::And, Fn::Equals, Fn::Not"),
        ({"Fn::Nor": [YES]}, "a condition is one of Condition, Fn::And, Fn::Equals, Fn::Not"),
        ({**YES, "Fn::Not": [NO]}, "a condition is one of Condition, Fn::And, Fn::Equals"),
    ],
)
def test_what_is_no_condition_is_said(condition: Any, said: str, tmp_path: Path) -> None:
    assert said in _decided(condition, tmp_path, Other=YES)
