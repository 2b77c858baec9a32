"""Conditions: a logic of three values, for what depends on AWS is not known."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from emulator.definitions import load
from emulator.errors import DefinitionError
from emulator.model.definitions import Definitions

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

VPC = {"Type": "AWS::EC2::VPC", "Properties": {}}


def _loaded(
    condition: Any, directory: Path, *, values: Sequence[Any] = ("yes", "no"), **conditions: Any
) -> Definitions:
    """Return the definitions of a rule whose description is one of two values."""
    rule = {
        "Name": "nightly",
        "Description": {"Fn::If": ["Asked", *values]},
        "ScheduleExpression": "rate(1 day)",
        "Targets": [TARGET],
    }
    template = {
        "Parameters": {"NotGiven": {"Type": "String"}, "Given": {"Type": "Number", "Default": 1.0}},
        "Conditions": {"Asked": condition, **conditions},
        "Resources": {
            "Rule": {"Type": "AWS::Events::Rule", "Properties": rule},
            "Job": JOB,
            "Vpc": VPC,
        },
    }
    (directory / "template.json").write_text(json.dumps(template), "utf-8")
    return load([directory / "template.json"], directory=directory, environ={})


def _decided(condition: Any, directory: Path, **conditions: Any) -> str:
    """Return `yes`, `no`, `unknown`, or what is wrong with a condition."""
    try:
        definitions = _loaded(condition, directory, **conditions)
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
    ("condition", "hint"),
    [
        (MAYBE, "give --param NotGiven=VALUE"),
        ({"Fn::Not": [{"Fn::Or": [NO, MAYBE]}]}, "give --param NotGiven=VALUE"),
        ({"Fn::Equals": [{"Fn::GetAtt": ["Vpc", "CidrBlock"]}, {"Ref": "Given"}]}, None),
        ({"Fn::Equals": [{"Ref": "Given"}, {"Ref": "NotGiven"}]}, "give --param NotGiven=VALUE"),
    ],
)
def test_whoever_can_decide_a_condition_is_told_how(
    condition: Any, hint: str | None, tmp_path: Path
) -> None:
    definitions = _loaded(condition, tmp_path)
    (told,) = [each for each in definitions.problems if "is not known" in each.message]
    assert (told.message, told.hint) == ("the condition Asked is not known: taken as true", hint)


def test_of_two_values_the_one_that_is_known_is_taken(tmp_path: Path) -> None:
    unknown = {"Fn::GetAtt": ["Vpc", "CidrBlock"]}
    for values, taken, description in (
        ((unknown, "known"), "false", "known"),
        (("known", unknown), "true", "known"),
        ((unknown, unknown), "true", "${Vpc.CidrBlock}"),
    ):
        definitions = _loaded(MAYBE, tmp_path, values=values)
        message = f"the condition Asked is not known: taken as {taken}"
        assert message in [each.message for each in definitions.problems]
        assert definitions.rules[0].description == description


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
