"""What AWS does not take for a placeholder, as an encoder has escaped it, is told."""

import json

import pytest

from emulator.definitions.escaped_placeholders import of_scheduler, tell_escaped
from emulator.definitions.nodes import Problems
from tests.definitions.conftest import Load


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (r'{"a": "\u003caws.scheduler.attempt-number\u003e"}', "attempt-number"),
        (r'{"a": "\u003Caws.scheduler.execution-id\u003E x"}', "execution-id"),
        (r'{"a": "\u003caws.scheduler.execution-id>"}', "execution-id"),
        ('{"a": "<aws.scheduler.execution-id>"}', None),
        (r'{"a": "\\u003caws.scheduler.execution-id\\u003e"}', None),
        (r'{"a": "\u003cb\u003e"}', None),
    ],
)
def test_only_what_would_be_a_placeholder_is_told(text: str, shown: str | None) -> None:
    problems = Problems()
    tell_escaped(text, of_scheduler, None, problems)
    assert [problem.message for problem in problems.found] == (
        []
        if shown is None
        else [rf"AWS leaves \u003caws.scheduler.{shown}\u003e as it is: it looks for < and >"]
    )


def test_each_is_named_once() -> None:
    problems = Problems()
    tell_escaped(r'["\u003ca\u003e", "\u003ca\u003e", "\u003cb\u003e"]', bool, None, problems)
    (problem,) = problems.found
    assert r"\u003ca\u003e, \u003cb\u003e as it is" in problem.message


@pytest.mark.parametrize("name", ["time", "aws.events.rule-name"])
def test_templates_of_notifications_are_looked_at(name: str, read: Load) -> None:
    target = {
        "sqs": "done",
        "inputTransformer": {
            "inputPathsMap": {"time": "$.time"},
            "inputTemplate": rf'"\u003c{name}\u003e \u003cother\u003e"',
        },
    }
    rule = {"name": "r", "eventPattern": {"source": ["aws.ecs"]}, "targets": [target]}
    text = read(f"rules: [{json.dumps(rule)}]\n").text
    assert rf"AWS leaves \u003c{name}\u003e as it is" in text
