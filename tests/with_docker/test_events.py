"""Chains of real tasks, and a failure that is told to a file and to a webhook."""

import json
from typing import Any

from tests.webhook import webhook
from tests.with_docker.project import Project, due, job, shell, soon


def _after(family: str, exit_code: int) -> dict[str, Any]:
    """Return the pattern of a task of a family that ended so."""
    return {
        "source": ["aws.ecs"],
        "detail-type": ["ECS Task State Change"],
        "detail": {
            "group": [f"family:{family}"],
            "lastStatus": ["STOPPED"],
            "containers": {"exitCode": [exit_code]},
        },
    }


def test_job_b_runs_after_job_a_with_what_the_event_says(project: Project) -> None:
    template = (
        '{"containerOverrides": [{"name": "app", "environment": '
        '[{"name": "AFTER", "value": "集計 <task>"}]}]}'
    )
    project.define(
        {"a": job(shell("echo one")), "b": job(shell('echo "after $AFTER"'))},
        [
            due("a", soon(3600)),
            {
                "name": "b",
                "eventPattern": _after("a", 0),
                "taskDefinition": "b",
                "inputTransformer": {
                    "inputPathsMap": {"task": "$.detail.taskArn"},
                    "inputTemplate": template,
                },
            },
        ],
    )
    answer = project.run("invoke", "a", "--format", "json")
    assert answer.code == 0, answer.err
    first, second = json.loads(answer.out)["tasks"]
    assert [first["group"], second["group"]] == ["family:a", "family:b"]
    assert second["startedBy"] == "events-rule/b"
    assert second["createdAt"] >= first["stoppedAt"]
    said = project.run("logs", "b").out
    assert f"after 集計 {first['taskArn']}" in said
    events = [
        json.loads(line) for line in project.run("events", "--format", "json").out.splitlines()
    ]
    assert [e["detail"].get("lastStatus") for e in events].count("STOPPED") == 2
    alone = project.run("invoke", "a", "--no-chain", "--format", "json")
    assert len(json.loads(alone.out)["tasks"]) == 1


def test_a_failure_is_told_to_a_file_and_to_a_webhook_that_is_late(project: Project) -> None:
    told = {
        "inputPathsMap": {"group": "$.detail.group", "code": "$.detail.containers[0].exitCode"},
        "inputTemplate": '"失敗: <group> (終了コード <code>)"',
    }
    with webhook(503) as (url, got):
        project.define(
            {"a": job(shell("exit 3"))},
            [
                due("a", soon(3600)),
                {
                    "name": "alert",
                    "eventPattern": _after("a", 3),
                    "targets": [{"sns": "alerts", "inputTransformer": told}],
                },
            ],
            local={"sinks": [{"type": "webhook", "url": url}]},
        )
        answer = project.run("invoke", "a")
    assert answer.code == 3
    message = '"失敗: family:a (終了コード 3)"'
    assert f"alert tells sns alerts: {message}" in answer.out
    line = (project.state_dir / "notifications/sns/alerts.jsonl").read_text("utf-8")
    assert json.loads(line)["message"] == message
    assert [(posted.status, posted.document["message"]) for posted in got] == [
        (503, message),
        (200, message),
    ]
    assert "answered 503" in answer.err


def test_an_event_that_cannot_be_delivered_is_a_dead_letter(project: Project) -> None:
    project.define(
        {"a": job(shell("echo never"))},
        [
            {
                "name": "order",
                "eventPattern": {"source": ["my.app"]},
                "taskDefinition": "a",
                "inputTransformer": {"inputTemplate": '"no overrides"'},
                "deadLetterConfig": {"sqs": "lost"},
            }
        ],
    )
    entry = {"Source": "my.app", "DetailType": "注文", "Detail": "{}"}
    answer = project.run("put-events", json.dumps([entry]))
    assert answer.code == 125
    (letter,) = (project.state_dir / "dead-letters/lost").iterdir()
    document = json.loads(letter.read_text("utf-8"))
    assert json.loads(document["Body"])["detail-type"] == "注文"
    assert document["MessageAttributes"]["ERROR_CODE"]["StringValue"] == "INVALID_JSON"
