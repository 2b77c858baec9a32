"""Event patterns that no task can match."""

import json

import pytest

from emulator.lint.checks import Facts
from emulator.lint.events import CHECKS
from tests.builders import NOON, definitions, event_rule, rule


def _found(pattern: object, **fields: object) -> list[str]:
    rules = (event_rule("b", json.dumps(pattern), **fields),)
    known = definitions(rules=(rule("nightly"),), event_rules=rules)
    (check,) = CHECKS
    found = check.find(Facts(definitions=known, now=NOON))
    return [f"{finding.message} ({finding.hint})" for finding in found]


def _ecs(**detail: object) -> dict[str, object]:
    return {"source": ["aws.ecs"], "detail": detail}


@pytest.mark.parametrize(
    "pattern",
    [
        _ecs(lastStatus=["STOPPED"], group=["family:job"], containers={"name": ["app"]}),
        _ecs(taskDefinitionArn=[{"prefix": "arn:aws:ecs:ap-northeast-1:000000000000:"}]),
        _ecs(startedBy=["events-rule/nightly"]),
        _ecs(startedBy=[{"exists": False}]),
        _ecs(somethingNew=["x"]),
        {"source": ["my.app"], "account": ["123456789012"]},
        {"source": ["aws.ecs", "my.app"], "region": ["x"]},
        {"source": ["aws.ecs"], "$or": [{"region": ["x"]}, {"detail": {"group": ["family:job"]}}]},
    ],
)
def test_a_pattern_that_may_match_is_no_finding(pattern: object) -> None:
    assert _found(pattern) == []


@pytest.mark.parametrize(
    ("pattern", "field", "hint"),
    [
        (_ecs(group=["family:jub"]), "detail.group", "here it is family:job"),
        (_ecs(lastStatus=["STOPED"]), "detail.lastStatus", "here it is PROVISIONING, PENDING"),
        (_ecs(containers={"name": ["web"]}), "detail.containers.name", "here it is app"),
        (
            {"source": ["aws.ecs"], "detail-type": ["ECS Service Action"]},
            "detail-type",
            "here it is ECS Task State Change",
        ),
        (
            {"source": ["aws.ecs"], "account": ["123456789012"]},
            "account",
            "here it is 000000000000",
        ),
        (
            _ecs(
                taskDefinitionArn=["arn:aws:ecs:ap-northeast-1:000000000000:task-definition/job:7"]
            ),
            "detail.taskDefinitionArn",
            "here it is arn:aws:ecs:ap-northeast-1:000000000000:task-definition/job:1",
        ),
        (
            _ecs(startedBy=["events-rule/other"]),
            "detail.startedBy",
            "here it is events-rule/nightly",
        ),
    ],
)
def test_a_pattern_that_no_task_can_match_is_one(pattern: object, field: str, hint: str) -> None:
    (found,) = _found(pattern)
    assert f"rule b: no task of these files matches its event pattern: {field} is never" in found
    assert hint in found
