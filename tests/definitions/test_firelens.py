"""What is read of FireLens, and what AWS would reject of it."""

import json
from typing import Any

from emulator.model.firelens import FirelensConfiguration
from tests.definitions.conftest import Load

APP: dict[str, Any] = {
    "name": "app",
    "image": "alpine:3",
    "logConfiguration": {"logDriver": "awsfirelens"},
}
ROUTER: dict[str, Any] = {
    "name": "router",
    "image": "fluent-bit:3",
    "firelensConfiguration": {
        "type": "fluentbit",
        "options": {"config-file-type": "file", "config-file-value": "/fluent-bit.conf"},
    },
}
FARGATE: dict[str, Any] = {
    "family": "job",
    "cpu": "256",
    "memory": "512",
    "networkMode": "awsvpc",
    "requiresCompatibilities": ["FARGATE"],
}


def definition(*containers: dict[str, Any], **fields: Any) -> dict[str, str]:
    return {"job.json": json.dumps({**FARGATE, "containerDefinitions": containers, **fields})}


def router(**configuration: Any) -> dict[str, Any]:
    return {**ROUTER, "firelensConfiguration": configuration}


def test_a_log_router_is_part_of_the_model(read: Load) -> None:
    (task,) = read(definition(APP, ROUTER)).model.task_definitions.values()
    assert task.container_definitions[1].firelens_configuration == FirelensConfiguration(
        type="fluentbit",
        options={"config-file-type": "file", "config-file-value": "/fluent-bit.conf"},
    )


def test_logs_for_a_router_want_one(read: Load) -> None:
    assert (
        "When awsfirelens log driver is specified in log configuration, a firelens configuration "
        "object must be configured in one of the containers."
    ) in read(definition(APP)).text


def test_a_router_wants_logs(read: Load) -> None:
    assert (
        "When a firelensConfiguration object is specified, at least one container has to be "
        "configured with the awsfirelens log driver."
    ) in read(definition(ROUTER)).text


def test_a_task_has_one_router(read: Load) -> None:
    text = read(definition(APP, ROUTER, {**ROUTER, "name": "second"})).text
    assert "a task has one container with a firelensConfiguration" in text


def test_fargate_fetches_no_file_for_the_router(read: Load) -> None:
    s3 = router(type="fluentbit", options={"config-file-type": "s3", "config-file-value": "a:b"})
    assert "container router: config-file-type s3 is not supported on Fargate" in (
        read(definition(APP, s3)).text
    )
    ec2 = definition(APP, s3, requiresCompatibilities=["EC2"])
    assert read(ec2).definitions is not None


def test_what_is_wrong_within_is_told_at_once(read: Load) -> None:
    wrong = router(
        type="logstash", options={"config-file-type": "http", "config-file": "x"}, driver="x"
    )
    text = read(definition(APP, wrong)).text
    assert "type: 'logstash' is not one of fluentd, fluentbit" in text
    assert "unknown key 'driver' in firelensConfiguration" in text
    assert "firelensConfiguration has no option 'config-file'" in text
    assert "config-file-type: 'http' is not one of s3, file" in text
    assert "firelensConfiguration has no type" in read(definition(APP, router(options={}))).text
