"""Since when rules are known: a scheduler notes it, and counts rates from there."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from emulator.model.rules import Rule
from emulator.schedules import Schedule
from emulator.state.history import History
from emulator.state.rule_anchors import known_anchors, rule_anchors


def anchored(
    rules: Sequence[Rule], history: History, now: datetime
) -> tuple[dict[str, tuple[Rule, Schedule]], dict[str, datetime]]:
    """Return the enabled rules with their schedules, noting the creation of new ones.

    Also from when on new ones are due: EventBridge Scheduler's rate is due when created.
    """
    enabled = {rule.name: rule for rule in rules if rule.enabled}
    parsed = {name: rule.schedule for name, rule in enabled.items()}
    rates = {name: s for name, s in parsed.items() if s.wants_anchor}
    expressions = {name: rate.expression for name, rate in rates.items()}
    known = known_anchors(history, expressions)
    anchors = rule_anchors(history, expressions, now)
    for name, rate in rates.items():
        parsed[name] = rate.with_anchor(anchors[name])
    new = {n: at - timedelta.resolution for n, at in anchors.items() if known.get(n) != at}
    return {name: (rule, parsed[name]) for name, rule in enabled.items()}, new
