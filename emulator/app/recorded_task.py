"""A task out of the history: its definition is kept as text there, and becomes a task again.

The definition is what the task ran, with its overrides in it, in the shape that ecs-local.yaml
has. Values of secrets are no part of a definition, and so never of the history.
"""

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

from emulator.definitions.json_text import parse_json
from emulator.definitions.nodes import Problems
from emulator.definitions.task_definitions import read_task_definition
from emulator.definitions.task_override import parse_task_override
from emulator.errors import UsageError
from emulator.model.definitions import Definitions
from emulator.model.names import split_task_definition
from emulator.model.overrides import apply_overrides
from emulator.model.rules import TaskOverride
from emulator.model.task import (
    ContainerStatus,
    LogStream,
    Origin,
    StopCode,
    Task,
    TaskContainer,
    TaskStatus,
)
from emulator.model.task_definition import ContainerDefinition, LaunchType, TaskDefinition
from emulator.state.history import History
from emulator.state.records import TaskRecord


def recorded_task(record: TaskRecord, history: History) -> Task:
    """Return a task as it was last recorded. Raises `UsageError` where that cannot be told."""
    text = history.definition(record)
    if text is None:
        message = f"task {record.task_id}: its definition was not kept by the ecs-local that ran it"
        raise UsageError(message, hint="`ecs-local invoke RULE` runs what the files say now")
    document = record.document
    definition = _definition(text, document)
    by_name = {container.name: container for container in definition.container_definitions}
    return Task(
        id=record.task_id,
        arn=document["taskArn"],
        cluster_arn=document["clusterArn"],
        task_definition=definition,
        task_definition_arn=document["taskDefinitionArn"],
        containers=tuple(
            _container(container, by_name[container["name"]], record)
            for container in document["containers"]
        ),
        overrides=_overrides(document["overrides"]),
        created_at=record.created_at,
        launch_type=LaunchType(document["launchType"]),
        group=document["group"],
        started_by=document.get("startedBy"),
        rule=record.rule,
        scheduled_at=record.scheduled_at,
        cause=record.cause,
        origin=Origin.RUN_TASK if record.origin is None else Origin(record.origin),
        attempt=record.attempt,
        retry_of=record.retry_of,
        availability_zone=document["availabilityZone"],
        cpu=_number(document.get("cpu")),
        memory=_number(document.get("memory")),
        last_status=TaskStatus(record.last_status),
        desired_status=TaskStatus(document["desiredStatus"]),
        version=document["version"],
        connectivity_at=_instant(document.get("connectivityAt")),
        pull_started_at=_instant(document.get("pullStartedAt")),
        pull_stopped_at=_instant(document.get("pullStoppedAt")),
        started_at=record.started_at,
        execution_stopped_at=_instant(document.get("executionStoppedAt")),
        stopping_at=_instant(document.get("stoppingAt")),
        stopped_at=record.stopped_at,
        stop_code=None if record.stop_code is None else StopCode(record.stop_code),
        stopped_reason=record.stopped_reason,
        tags=tuple((tag["key"], tag["value"]) for tag in document["tags"]),
    )


def changed_since(task: Task, definitions: Definitions) -> bool:
    """Return whether the files would give a task another definition than it has."""
    now = definitions.task_definitions.get(task.task_definition.family)
    if now is None:
        return True
    now = replace(now, revision=task.task_definition.revision)
    return apply_overrides(now, task.overrides) != task.task_definition


def _definition(text: str, document: dict[str, Any]) -> TaskDefinition:
    problems = Problems()
    node = parse_json(text, "the history")
    family, revision = split_task_definition(document["taskDefinitionArn"])
    definition = read_task_definition(node, problems, family=family)
    problems.raise_errors()
    assert definition is not None, "a definition without problems is one"
    return definition if revision is None else replace(definition, revision=revision)


def _container(
    document: dict[str, Any], definition: ContainerDefinition, record: TaskRecord
) -> TaskContainer:
    streams = {name: (group, stream) for name, group, stream in record.streams}
    stream = streams.get(definition.name)
    return TaskContainer(
        name=definition.name,
        arn=document["containerArn"],
        image=document["image"],
        essential=definition.essential,
        last_status=ContainerStatus(document["lastStatus"]),
        image_digest=document.get("imageDigest"),
        runtime_id=document.get("runtimeId"),
        exit_code=document.get("exitCode"),
        reason=document.get("reason"),
        cpu=definition.cpu,
        memory=definition.memory,
        memory_reservation=definition.memory_reservation,
        log_stream=None if stream is None else LogStream(log_group=stream[0], log_stream=stream[1]),
    )


def _overrides(document: dict[str, Any]) -> TaskOverride:
    """Return the overrides; DescribeTasks lists every container, at least by name."""
    changed = [entry for entry in document["containerOverrides"] if len(entry) > 1]
    rest = {k: v for k, v in document.items() if k != "inferenceAcceleratorOverrides"}
    return parse_task_override(
        json.dumps({**rest, "containerOverrides": changed}, ensure_ascii=False), "the history"
    )


def _number(text: str | None) -> int | None:
    return None if text is None else int(text)


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
