"""The screens of what speaks of events: rules, put-events, events."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from emulator.cli import events
from emulator.state.json_lines import append_lines, read_lines
from tests.cli.conftest import PROJECT, Cli, says

PROJECT_WITH_EVENTS = (
    PROJECT
    + """\
  - name: after
    description: 注文を処理する
    eventPattern: {source: [my.app], detail: {amount: [{numeric: [">", 100]}]}}
    taskDefinition: daily
  - name: alert
    eventPattern: {source: [aws.ecs], detail: {lastStatus: [STOPPED], stopCode: [UserInitiated]}}
    sns: alerts
"""
)
ORDER = {"Source": "my.app", "DetailType": "order", "Detail": '{"amount": 200}'}


def test_rules_show_event_patterns_in_short(cli: Cli) -> None:
    lines = cli("rules", project=PROJECT_WITH_EVENTS, columns=250).out.splitlines()
    assert 'on event amount=numeric([">", 100]) source=my.app' in lines[2]
    assert "on ECS task lastStatus=STOPPED stopCode=UserInitiated" in lines[3]
    document = json.loads(cli("rules", "after", "--format", "json").out)
    assert [rule["name"] for rule in document] == ["after"]
    assert document[0]["eventPattern"]["source"] == ["my.app"]
    assert document[0]["scheduleExpression"] is None


def test_put_events_runs_what_matches_and_exits_as_it_does(cli: Cli) -> None:
    told = cli(
        "put-events",
        json.dumps([ORDER]),
        project=PROJECT_WITH_EVENTS,
        main_process=says("処理しました".encode(), exit_code=4),
    )
    assert told.code == 4
    assert told.out.splitlines()[:3] == [
        "after matches: order from my.app",
        "after task ID started",
        "after/main | 処理しました",
    ]


def test_put_events_answers_as_aws_does(cli: Cli) -> None:
    text = json.dumps([ORDER, {**ORDER, "Detail": "{}"}])
    told = cli("put-events", text, "--format", "json", project=PROJECT_WITH_EVENTS)
    document = json.loads(told.out)
    assert document["FailedEntryCount"] == 0
    assert [list(entry) for entry in document["Entries"]] == [["EventId"], ["EventId"]]
    assert [task["startedBy"] for task in document["tasks"]] == ["events-rule/after"]
    assert told.err.count("no rule matches event") == 1


def test_notes_on_the_definitions_are_counted_and_not_told(cli: Cli) -> None:
    noted = PROJECT_WITH_EVENTS.replace("logDriver: awslogs", "logDriver: fluentd")
    told = cli("put-events", json.dumps([ORDER]), project=noted)
    assert told.err == "1 note on these definitions: `ecs-local lint` tells\n"


def test_what_put_events_cannot_take_is_a_usage_error(cli: Cli) -> None:
    told = cli("put-events", '[{"Source": "aws.ecs"}]', project=PROJECT_WITH_EVENTS)
    assert told.code == 2
    assert "Not authorized for the source: aws.ecs" in told.err
    assert "the entry has no DetailType" in told.err


def test_a_rule_with_a_pattern_alone_is_not_invoked(cli: Cli) -> None:
    told = cli("invoke", "after", project=PROJECT_WITH_EVENTS)
    assert told.code == 2
    assert "rule after has no schedule: it starts when an event matches" in told.err


def test_events_are_listed_and_filtered(cli: Cli) -> None:
    assert cli("events").screen == "no events\nexit code 0\n"
    cli("put-events", json.dumps([ORDER]), project=PROJECT_WITH_EVENTS, main_process=says())
    lines = cli("events").out.splitlines()
    assert lines[0] == "2026-11-24T06:37:05Z order from my.app"
    assert lines[-1] == (
        "2026-11-24T06:37:05Z daily task ID is STOPPED (exit codes: main 0) "
        "Essential container in task exited"
    )
    pattern = '{"detail": {"lastStatus": ["RUNNING", "STOPPED"]}}'
    found = cli("events", "--format", "json", "--pattern", pattern, "-n", "1").out
    assert json.loads(found)["detail"]["lastStatus"] == "STOPPED"
    assert cli("events", "--pattern", '{"a": 1}').code == 2


def test_following_shows_each_event_once_also_those_that_come_meanwhile(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / ".ecs-local/events.jsonl"
    lines = [json.dumps({"id": name, "source": name, "time": "-"}) for name in "abc"]
    append_lines(path, lines[:1])

    def read_slowly(_path: Path) -> Iterator[str]:
        append_lines(path, lines[1:2])
        return read_lines(path)

    def wait() -> None:
        if len(list(read_lines(path))) == 3:
            raise KeyboardInterrupt
        append_lines(path, lines[2:])

    monkeypatch.setattr(events, "read_lines", read_slowly)
    monkeypatch.setattr(events, "_wait", wait)
    told = cli("events", "-f", "--format", "json")
    assert [json.loads(line)["id"] for line in told.out.splitlines()] == ["a", "b", "c"]
    assert told.code == 130


def test_a_rule_with_a_pattern_can_be_disabled_here(cli: Cli) -> None:
    assert cli("disable", "after", project=PROJECT_WITH_EVENTS).code == 0
    (rule,) = json.loads(cli("rules", "after", "--format", "json").out)
    assert (rule["state"], rule["declaredState"]) == ("DISABLED", "ENABLED")
    told = cli("put-events", json.dumps([ORDER]))
    assert (told.code, told.out) == (0, "")
    assert "no rule matches" in told.err
