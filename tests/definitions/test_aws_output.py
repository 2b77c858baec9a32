import json
from pathlib import Path

import pytest

from emulator.definitions import aws_output
from emulator.definitions.nodes import Node, ValueBudget
from emulator.definitions.reading import Reading
from emulator.definitions.tree_text import parse_tree
from tests.definitions.conftest import TASK, Load

JOBS = ("a", "b", "c", "d", "e")


def _rule(name: str) -> str:
    return json.dumps({"Name": name, "Arn": f"arn:{name}", "ScheduleExpression": "rate(1 hour)"})


def _targets(identity: str) -> str:
    target = {
        "Id": identity,
        "Arn": "arn:aws:ecs:us-east-1:000000000000:cluster/default",
        "RoleArn": "arn:aws:iam::000000000000:role/events",
        "EcsParameters": {
            "TaskDefinitionArn": "arn:aws:ecs:us-east-1:000000000000:task-definition/job:1"
        },
    }
    return json.dumps({"Targets": [target]})


@pytest.mark.parametrize("rule_file", ["{}.json", "z{}.json"])
def test_files_of_targets_that_come_before_their_rules_read_only_those(
    read: Load, monkeypatch: pytest.MonkeyPatch, rule_file: str
) -> None:
    opened: list[str] = []

    def counted(path: Path, text: str, reading: Reading) -> Node:
        opened.append(path.name)
        return parse_tree(path, text, reading)

    monkeypatch.setattr(aws_output, "parse_tree", counted)
    files = {rule_file.format(job): _rule(job) for job in JOBS}
    targets = {f"{job}-targets.json": _targets(job) for job in JOBS}
    outcome = read({"ecs-local.yaml": TASK, **files, **targets})
    found = {rule.name: [each.id for each in rule.targets] for rule in outcome.model.rules}
    assert found == {job: [job] for job in JOBS}
    assert sorted(opened) == sorted([*files, *targets])


@pytest.mark.parametrize(("most", "rules"), [(40, []), (400, ["nightly"])])
def test_yaml_beside_rules_has_as_many_values_together_as_one_file_may_have(
    read: Load, monkeypatch: pytest.MonkeyPatch, most: int, rules: list[str]
) -> None:
    monkeypatch.setattr(aws_output, "ValueBudget", lambda: ValueBudget(most))
    targets = "Targets: " + json.dumps(json.loads(_targets("t"))["Targets"])
    many = {f"{name}.yaml": f"Targets: [{'x, ' * 30}x]" for name in "ab"}
    files = {**many, "nightly.json": _rule("nightly"), "nightly-targets.yaml": targets}
    outcome = read({"ecs-local.yaml": TASK, **files})
    assert [rule.name for rule in outcome.model.rules] == rules


def test_the_only_file_of_targets_is_that_of_the_only_rule_whatever_its_name(read: Load) -> None:
    files = {"found.json": _targets("t"), "nightly.json": _rule("nightly")}
    outcome = read({"ecs-local.yaml": TASK, **files})
    assert [rule.name for rule in outcome.model.rules] == ["nightly"]


@pytest.mark.parametrize(
    ("name", "shown", "asked_for"),
    [
        ("nightly", "nightly", "nightly"),
        ("a; reboot", "a; reboot", "NAME"),
        ("--x", "--x", "NAME"),
        (["a"], "?", "NAME"),
    ],
)
def test_a_name_goes_into_a_command_only_where_it_is_one(
    read: Load, name: object, shown: str, asked_for: str
) -> None:
    rule = {"Name": name, "ScheduleExpression": "rate(1 hour)", "Arn": "arn:x"}
    outcome = read({"ecs-local.yaml": TASK, "rules.json": json.dumps({"Rules": [rule]})})
    assert outcome.text.splitlines()[:2] == [
        f"warning rules.json:1: rule {shown}: no file beside it has its targets: left out",
        (
            f"  hint: save what `aws events list-targets-by-rule --rule {asked_for}` says as "
            f"{asked_for}-targets.json"
        ),
    ]
