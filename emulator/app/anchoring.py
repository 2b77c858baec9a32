"""Since when rules are known: a scheduler notes it, and counts rates from there."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from emulator.model.rules import Rule
from emulator.schedules import Schedule
from emulator.state.history import History
from emulator.state.rule_anchors import keep_anchors, known_anchors, rule_anchors


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


def anchored_as_before(
    rules: Sequence[Rule], schedules: Mapping[str, Schedule], history: History
) -> dict[str, Schedule]:
    """Return schedules with the rates counted from where an earlier part of a simulation did.

    Where there was none from where they are, which is noted: for later parts and the timeline.
    """
    rates = {rule.name: rule.schedule for rule in rules if rule.schedule.wants_anchor}
    expressions = {name: rate.expression for name, rate in rates.items()}
    known = known_anchors(history, expressions)
    own = {name: schedules[name].counts_from for name in rates if name not in known}
    new = {name: anchor for name, anchor in own.items() if anchor is not None}
    keep_anchors(history, expressions, new)
    return {**schedules, **{name: rates[name].with_anchor(at) for name, at in known.items()}}
