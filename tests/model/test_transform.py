"""Input transformers: template and event in, text out."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.model.delivery import InputTransformer
from emulator.model.transform import (
    fill,
    transform,
    transformer_problems,
    value_at,
)

EVENT: dict[str, Any] = {
    "id": "1",
    "time": "2026-11-24T00:00:00Z",
    "resources": ["arn:aws:ecs:ap-northeast-1:000000000000:task/example/1"],
    "detail": {
        "group": "family:夜間バッチ",
        "stoppedReason": 'He said "no"\nand left',
        "containers": [{"name": "app", "exitCode": 1}, {"name": "log", "exitCode": 0}],
    },
}
RECEIVED = datetime(2026, 11, 24, 0, 0, 1, tzinfo=UTC)


def _transform(template: str, **paths: str) -> str:
    transformer = InputTransformer(input_template=template, input_paths_map=paths)
    assert [*transformer_problems(transformer)] == []
    arn = "arn:aws:events:ap-northeast-1:000000000000:rule/失敗通知"
    return transform(transformer, EVENT, rule="失敗通知", rule_arn=arn, received=RECEIVED)


def test_a_text_template_gets_texts_as_they_are() -> None:
    text = _transform("<group> stopped: <reason>", group="$.detail.group", reason="$.detail.x")
    assert text == "family:夜間バッチ stopped: "


def test_a_value_outside_quotation_marks_is_json() -> None:
    text = _transform(
        '{"group": <group>, "code": <code>}',
        group="$.detail.group",
        code="$.detail.containers[0].exitCode",
    )
    assert text == '{"group": "family:夜間バッチ", "code": 1}'


def test_a_value_inside_quotation_marks_cannot_leave_them() -> None:
    text = _transform('{"text": "reason: <reason>!"}', reason="$.detail.stoppedReason")
    assert json.loads(text) == {"text": 'reason: He said "no"\nand left!'}


def test_an_object_inside_quotation_marks_is_escaped() -> None:
    text = _transform('{"text": "<containers>"}', containers="$.detail.containers")
    assert json.loads(json.loads(text)["text"]) == EVENT["detail"]["containers"]


def test_a_star_gives_all_that_is_below() -> None:
    assert value_at(EVENT, "$.detail.containers[*].exitCode") == [1, 0]


def test_reserved_variables_need_no_path() -> None:
    text = _transform('{"rule": <aws.events.rule-name>, "event": <aws.events.event>}')
    document = json.loads(text)
    assert document["rule"] == "失敗通知"
    assert document["event"]["id"] == "1"
    assert "detail" not in document["event"]
    whole = json.loads(_transform('{"event": <aws.events.event.json>}'))
    assert whole["event"] == EVENT
    assert _transform("<aws.events.event.ingestion-time>") == "2026-11-24T00:00:01.000Z"


@pytest.mark.parametrize(
    ("template", "paths", "reason"),
    [
        ("<a>", {}, "<a> is not in InputPathsMap"),
        ("<a>", {"a": "detail.x"}, "is not a path"),
        ("<a>", {"a": "$.detail['x']"}, "is not a path"),
        ("<a>", {"a": "$..x"}, "is not a path"),
        ("x", {"aws.mine": "$.id"}, "aws.mine is a reserved name"),
        ("x", {f"v{number}": "$.id" for number in range(101)}, "more than 100 variables"),
    ],
)
def test_what_put_targets_refuses_is_refused(
    template: str, paths: dict[str, str], reason: str
) -> None:
    transformer = InputTransformer(input_template=template, input_paths_map=paths)
    assert any(reason in problem for problem in transformer_problems(transformer))


def test_all_that_is_wrong_with_a_transformer_is_told_at_once() -> None:
    paths = {"a b": "$.id", "aws.x": "$.id", "long": "$" + ".x" * 200, "deep": "$..x"}
    transformer = InputTransformer(input_template="<b> <c> <b>", input_paths_map=paths)
    assert [problem[:40] for problem in transformer_problems(transformer)] == [
        "InputPathsMap: 'a b': a name is 1 to 256",
        "InputPathsMap: aws.x is a reserved name",
        "InputPathsMap: the path of long is longe",
        "InputPathsMap: deep: '$..x' is not a pat",
        "InputTemplate: <b> is not in InputPathsM",
        "InputTemplate: <c> is not in InputPathsM",
    ]


@given(st.text(), st.dictionaries(st.text(), st.text()))
def test_any_transformer_that_is_not_refused_makes_text(
    template: str, paths: dict[str, str]
) -> None:
    transformer = InputTransformer(input_template=template, input_paths_map=paths)
    if not [*transformer_problems(transformer)]:
        made = transform(transformer, EVENT, rule="r", rule_arn="a", received=RECEIVED)
        assert isinstance(made, str)


@given(st.text(), st.text())
def test_no_value_breaks_a_json_template(inside: str, outside: str) -> None:
    text = fill('{"a": "x<in>y", "b": <out>}', {"in": inside, "out": outside})
    assert json.loads(text) == {"a": f"x{inside}y", "b": outside}
