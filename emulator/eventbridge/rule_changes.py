"""What has changed between two states of the rules, and whose schedule goes on (pure)."""

from collections.abc import Iterable
from typing import NamedTuple

from emulator.model.rules import Rule


class RuleChanges(NamedTuple):
    """Names of rules; those of `same_schedule` go on where they are, whatever else changed."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]
    same_schedule: frozenset[str]


def changes(old: Iterable[Rule], new: Iterable[Rule]) -> RuleChanges:
    """Return what has changed, in the order of the files."""
    before = {rule.name: rule for rule in old}
    after = {rule.name: rule for rule in new}
    kept = [name for name in after if name in before]
    return RuleChanges(
        added=tuple(name for name in after if name not in before),
        removed=tuple(name for name in before if name not in after),
        changed=tuple(name for name in kept if before[name] != after[name]),
        same_schedule=frozenset(
            name
            for name in kept
            if schedule_key(before[name]) == schedule_key(after[name])
            and before[name].enabled == after[name].enabled
        ),
    )


def schedule_key(rule: Rule) -> str:
    """Return all that a rule's schedule is made of, as text."""
    window = rule.maximum_window_in_minutes
    parts = (rule.schedule_expression, rule.timezone, rule.dialect, rule.start_date, rule.end_date)
    return " | ".join(str(part) for part in (*parts, window))
