"""Event patterns that no task of these files can ever match: the notification that never comes."""

from collections.abc import Iterator, Mapping
from typing import Final

from emulator.errors import EcsLocalError, Severity
from emulator.lint.checks import Check, Facts, Finding
from emulator.model.arns import arn_of
from emulator.model.definitions import Definitions
from emulator.model.event_rules import EventRule
from emulator.model.names import split_task_definition
from emulator.model.rules import Target
from emulator.model.task import StopCode, TaskStatus
from emulator.model.task_definition import LaunchType
from emulator.patterns import parse_pattern
from emulator.patterns.pattern import Alternative, Path
from emulator.patterns.values import literal_key

_ECS: Final = frozenset({literal_key("aws.ecs")})
_SHOWN: Final = 3
_STARTED_BY_LIMIT: Final = 36


def _never(facts: Facts) -> Iterator[Finding]:
    values = _values(facts.definitions)
    for rule in facts.definitions.event_rules:
        place = facts.place("rules", rule.name, "EventPattern") or rule.source
        problem = _problem(rule, values)
        if problem is None:
            continue
        path, known = problem
        shown = ", ".join(known[:_SHOWN]) or "none"
        more = f" and {len(known) - _SHOWN} more" if len(known) > _SHOWN else ""
        yield Finding(
            f"rule {rule.name}: no task of these files matches its event pattern: "
            f"{'.'.join(path)} is never what it asks for",
            place,
            f"here it is {shown}{more}",
        )


def _problem(rule: EventRule, values: Mapping[Path, list[str]]) -> tuple[Path, list[str]] | None:
    """Return the field on which a pattern for ECS tasks fails; None where one may match."""
    try:
        pattern = parse_pattern(rule.event_pattern)
    except EcsLocalError:
        # The reader has said so.
        return None
    failing = [_failing_field(alternative, values) for alternative in pattern.alternatives]
    return next((found for found in failing if found is not None), None) if all(failing) else None


def _failing_field(
    alternative: Alternative, values: Mapping[Path, list[str]]
) -> tuple[Path, list[str]] | None:
    source = alternative.fields.get(("source",))
    if source is None or source.literals != _ECS or source.tests:
        # Whatever it is for, `put-events` may send it.
        return None
    for path, tests in alternative.fields.items():
        known = values.get(path)
        if known is None or tests.or_absent or any(tests.accept(value) for value in known):
            continue
        return path, known
    return None


def _values(definitions: Definitions) -> dict[Path, list[str]]:
    """Return what the fields of an event of a task of these files can be."""
    region, account = definitions.region, definitions.account
    targets = [t for rule in definitions.rules for t in rule.targets]
    targets += [t for rule in definitions.event_rules for t in rule.task_targets]
    clusters = dict.fromkeys([definitions.cluster, *(t.cluster for t in targets if t.cluster)])
    families = definitions.task_definitions
    return {
        ("detail-type",): ["ECS Task State Change"],
        ("account",): [account],
        ("region",): [region],
        ("detail", "clusterArn"): [
            arn_of("ecs", region, account, f"cluster/{name}") for name in clusters
        ],
        ("detail", "taskDefinitionArn"): [
            arn_of("ecs", region, account, f"task-definition/{name}")
            for name in _revisions(definitions, targets)
        ],
        ("detail", "group"): list(
            dict.fromkeys([*(f"family:{f}" for f in families), *(t.group or "" for t in targets)])
        ),
        ("detail", "startedBy"): _starters(definitions),
        ("detail", "containers", "name"): list(
            dict.fromkeys(c.name for d in families.values() for c in d.container_definitions)
        ),
        ("detail", "lastStatus"): [status.value for status in TaskStatus],
        ("detail", "desiredStatus"): [TaskStatus.RUNNING.value, TaskStatus.STOPPED.value],
        ("detail", "stopCode"): [code.value for code in StopCode],
        ("detail", "launchType"): [kind.value for kind in LaunchType],
    }


def _revisions(definitions: Definitions, targets: list[Target]) -> list[str]:
    """Return `family:revision` of all that may run here."""
    found = {f"{name}:{d.revision}": None for name, d in definitions.task_definitions.items()}
    for target in targets:
        family, revision = split_task_definition(target.task_definition)
        if revision is not None:
            found[f"{family}:{revision}"] = None
    return list(found)


def _starters(definitions: Definitions) -> list[str]:
    """Return what `startedBy` can be, cut as AWS cuts it."""
    services = {"rule": "events-rule", "scheduler": "chronos-schedule"}
    found = [f"{services[rule.dialect]}/{rule.bare_name}" for rule in definitions.rules]
    found += [f"events-rule/{rule.name}" for rule in definitions.event_rules]
    return [name[:_STARTED_BY_LIMIT] for name in dict.fromkeys(found)]


CHECKS: Final = (
    Check(
        "event-pattern-never",
        Severity.WARNING,
        "No task of these files can match the event pattern of a rule.",
        _never,
    ),
)
