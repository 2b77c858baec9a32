"""Log groups that are missing, and output that nobody can find."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from emulator.errors import Severity
from emulator.lint.checks import Check, Facts, Finding
from emulator.lint.iam import allows, judgeable
from emulator.model.awslogs import read_options
from emulator.model.names import short_name
from emulator.model.task_definition import ContainerDefinition, LaunchType, TaskDefinition

_OPTIONS: Final = ("logConfiguration", "options")


def _awslogs(
    facts: Facts,
) -> Iterator[tuple[TaskDefinition, ContainerDefinition, dict[str, str]]]:
    for definition, container in facts.containers():
        log = container.log_configuration
        if log is not None and log.log_driver == "awslogs" and log.options.get("awslogs-group"):
            yield definition, container, dict(log.options)


def _creates(options: dict[str, str]) -> bool:
    return read_options(options).create_group


def _undeclared(facts: Facts) -> Iterator[Finding]:
    declared = {group.name for group in facts.definitions.log_groups}
    seen: set[str] = set()
    for definition, container, options in _awslogs(facts):
        name = options["awslogs-group"]
        if name in declared or name in seen or _creates(options) or "${" in name:
            continue
        seen.add(name)
        yield Finding(
            f"no file declares the log group {name}: without it a Fargate task does not start",
            facts.of_container(definition, container, *_OPTIONS, "awslogs-group"),
            'declare it under logGroups, or say awslogs-create-group: "true"',
        )


def _not_creatable(facts: Facts) -> Iterator[Finding]:
    for definition, container, options in _awslogs(facts):
        arn = definition.execution_role_arn
        role = None if arn is None else facts.definitions.roles.get(short_name(arn))
        if role is None or not _creates(options) or not judgeable(role):
            continue
        name = options["awslogs-group"]
        if not any(
            allows(role, "logs:CreateLogGroup", f"log-group:{name}{end}")
            for end in ("", ":*", ":log-stream:")
        ):
            yield Finding(
                f"awslogs-create-group needs logs:CreateLogGroup, which the execution role "
                f"{role.name} does not have",
                facts.of_container(definition, container, *_OPTIONS, "awslogs-create-group"),
                f"allow it on log-group:{name}:*, or declare the log group",
            )


def _shared_stream(facts: Facts) -> Iterator[Finding]:
    users: defaultdict[tuple[str, str, str], list[TaskDefinition]] = defaultdict(list)
    for definition, container, options in _awslogs(facts):
        prefix = options.get("awslogs-stream-prefix")
        if prefix is None:
            continue
        key = (options["awslogs-group"], prefix, container.name)
        users[key].append(definition)
        if len(users[key]) > 1:
            first = users[key][0].family
            yield Finding(
                f"{first} and {definition.family} write streams {prefix}/{container.name}/... into "
                f"{key[0]}: nobody can tell by its name whose a stream is",
                facts.of_container(definition, container, *_OPTIONS, "awslogs-stream-prefix"),
                "give each family an awslogs-stream-prefix of its own",
            )


def _kept_for_ever(facts: Facts) -> Iterator[Finding]:
    for group in facts.definitions.log_groups:
        if group.retention_in_days is None:
            yield Finding(
                f"the events of log group {group.name} are kept, and paid for, for ever",
                facts.place("logGroups", group.name) or group.source,
                "set retentionInDays",
            )


def _without(facts: Facts) -> Iterator[Finding]:
    for definition, container in facts.containers():
        fargate = LaunchType.FARGATE in definition.requires_compatibilities
        if fargate and container.log_configuration is None:
            yield Finding(
                f"container {container.name} of {definition.family} has no logConfiguration: on "
                "Fargate its output is lost",
                facts.of_container(definition, container),
                "use the log driver awslogs",
            )


CHECKS: Final = (
    Check(
        "log-group-undeclared",
        Severity.WARNING,
        "No file declares a log group, and its container does not create it.",
        _undeclared,
    ),
    Check(
        "log-group-not-creatable",
        Severity.ERROR,
        "The execution role may not create the log group that a container wants created.",
        _not_creatable,
    ),
    Check(
        "log-stream-shared",
        Severity.NOTE,
        "Containers of two families write streams with the same prefix into one log group.",
        _shared_stream,
    ),
    Check(
        "log-group-kept-for-ever",
        Severity.NOTE,
        "A log group has no retention.",
        _kept_for_ever,
    ),
    Check(
        "log-configuration-missing",
        Severity.WARNING,
        "A container of a Fargate task has no logConfiguration.",
        _without,
    ),
)
