"""What `local:` adds that AWS does not have: named, so that nobody counts on it there."""

from collections.abc import Iterator
from dataclasses import fields
from typing import Final

from emulator.errors import Severity
from emulator.lint.checks import Check, Facts, Finding
from emulator.model.task_policies import LocalRule

_INSTEAD: Final = {
    "overlap": "AWS has no such thing: it starts a task beside one that still runs",
    "timeout": "AWS has no such thing: a task runs until it ends",
    "retry": "AWS has no such thing: a task that started and failed is not started again",
    "enabled": "AWS goes by the state of the rule",
}
_DEFAULTS: Final = LocalRule()


def _rules(facts: Facts) -> Iterator[Finding]:
    for name, rule in facts.definitions.local.rules.items():
        for field in fields(rule):
            if getattr(rule, field.name) == getattr(_DEFAULTS, field.name):
                continue
            instead = _INSTEAD.get(field.name, "AWS has no such thing")
            yield Finding(
                f"local.rules.{name}.{field.name} holds on this machine only: {instead}",
                facts.place("", "", "local", "rules", name, field.name),
            )


def _concurrency(facts: Facts) -> Iterator[Finding]:
    limit = facts.definitions.local.concurrency
    if limit is not None:
        yield Finding(
            f"local.concurrency {limit} holds on this machine only: AWS starts as many tasks as "
            "fall due, up to the quotas of the account",
            facts.place("", "", "local", "concurrency"),
        )


def _environment(facts: Facts) -> Iterator[Finding]:
    names = ", ".join(facts.definitions.local.env)
    if names:
        yield Finding(
            f"local.env gives every container {names}, on this machine only",
            facts.place("", "", "local", "env"),
        )


CHECKS: Final = (
    Check(
        "local-rule",
        Severity.NOTE,
        "local.rules changes how a rule behaves on this machine.",
        _rules,
    ),
    Check(
        "local-concurrency",
        Severity.NOTE,
        "local.concurrency keeps tasks waiting that AWS would start at once.",
        _concurrency,
    ),
    Check(
        "local-env",
        Severity.NOTE,
        "local.env gives containers variables that they do not have on AWS.",
        _environment,
    ),
)
