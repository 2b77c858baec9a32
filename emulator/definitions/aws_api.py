"""Rules and schedules in the shape of AWS's own APIs, which most formats end in.

AWS: PutRule, PutTargets and DescribeRule in the EventBridge API reference; CreateSchedule and
GetSchedule in the EventBridge Scheduler API reference. CloudFormation and Terraform say the same
in the same words. Numbers and truth values may be text, as CloudFormation allows.
"""

import re
from collections.abc import Sequence
from typing import Final

from emulator.definitions.aws_targets import read_rule_target, read_scheduler_target
from emulator.definitions.event_patterns import read_event_pattern
from emulator.definitions.nodes import Fields, Node, Problems
from emulator.definitions.schedule_text import check_schedule, read_instant
from emulator.model.event_rules import EventRule, EventTarget
from emulator.model.names import short_name
from emulator.model.notification_targets import NotificationTarget
from emulator.model.rules import Rule, RuleState, Target

MAXIMUM_TARGETS: Final = 5
RULE_STATES: Final = (
    "ENABLED",
    "DISABLED",
    "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS",
)
_NAME: Final = re.compile(r"[.\-_A-Za-z0-9]{1,64}", re.ASCII)
_RULE_EXTRA: Final = ("Arn", "CreatedBy", "ManagedBy", "RoleArn", "Tags", "Targets")
_SCHEDULE_EXTRA: Final = (
    "ActionAfterCompletion",
    "Arn",
    "ClientToken",
    "CreationDate",
    "KmsKeyArn",
    "LastModificationDate",
    "Tags",
)


def read_events_rule(
    rule: Node, targets: Sequence[Node], problems: Problems
) -> tuple[Rule | EventRule, ...]:
    """Return what a rule is: by its schedule a `Rule`, by its event pattern an `EventRule`.

    Nothing for one without a target that can be had here, which is noted. `rule` as PutRule takes
    it or DescribeRule gives it, `targets` as PutTargets takes them.
    """
    fields = Fields(rule, "the rule", problems)
    name = _name(fields, "rule", problems)
    expression = fields.text("ScheduleExpression")
    pattern_given = "EventPattern" in fields
    pattern = read_event_pattern(fields, problems, "EventPattern")
    if not expression and not pattern_given:
        problems.note(f"rule {name} has no schedule and no event pattern: left out", rule.source)
        return ()
    bus = _event_bus(fields, problems, scheduled=bool(expression))
    place = fields.place("ScheduleExpression")
    valid = bool(expression) and check_schedule(expression or "", "rule", "UTC", place, problems)
    found = _rule_targets(targets, name, problems)
    state = fields.choice("State", among=RULE_STATES)
    read = Rule(
        name=name,
        description=fields.text("Description") or "",
        schedule_expression=expression or "",
        state=RuleState.DISABLED if state == "DISABLED" else RuleState.ENABLED,
        targets=tuple(target for target in found if isinstance(target, Target)),
        notification_targets=tuple(t for t in found if not isinstance(t, Target)),
        event_pattern=pattern,
        source=rule.source,
    )
    _leave(fields, _RULE_EXTRA)
    kinds: list[Rule | EventRule] = [read] if valid else []
    if pattern is not None:
        kinds.append(EventRule.of(read, pattern, found, bus))
    return tuple(kind for kind in kinds if _complete(kind, problems))


def _event_bus(fields: Fields, problems: Problems, *, scheduled: bool) -> str:
    """Take the name of the event bus; a rule that has a schedule is on the default one."""
    bus = short_name(fields.text("EventBusName") or "default")
    if scheduled and bus != "default":
        message = "ScheduleExpression is supported only on the default event bus."
        problems.rejected(message, fields.place("EventBusName"))
    return bus


def _rule_targets(
    targets: Sequence[Node], rule: str, problems: Problems
) -> tuple[EventTarget, ...]:
    if len(targets) > MAXIMUM_TARGETS:
        message = f"rule {rule} has {len(targets)} targets; AWS allows {MAXIMUM_TARGETS}"
        problems.rejected(message, targets[0].source)
    found = (read_rule_target(node, rule, problems) for node in targets)
    return tuple(target for target in found if target is not None)


def read_scheduler_schedule(schedule: Node, problems: Problems) -> Rule | None:
    """Return a schedule of EventBridge Scheduler; None when its target cannot be had here, noted.

    `schedule` as CreateSchedule takes it or GetSchedule gives it.
    """
    fields = Fields(schedule, "the schedule", problems)
    name = _name(fields, "schedule", problems)
    expression = fields.text("ScheduleExpression", required=True) or ""
    zone = fields.text("ScheduleExpressionTimezone") or "UTC"
    place = fields.place("ScheduleExpression")
    valid = expression != "" and check_schedule(expression, "scheduler", zone, place, problems)
    target_node = fields.take("Target")
    target = None if target_node is None else read_scheduler_target(target_node, name, problems)
    start = read_instant(fields, "StartDate", problems)
    end = read_instant(fields, "EndDate", problems)
    if start is not None and end is not None and end < start:
        problems.rejected("EndDate lies before StartDate", fields.place("EndDate"))
    state = fields.member("State", of=RuleState)
    group = fields.text("GroupName")
    read = Rule(
        name=name,
        description=fields.text("Description") or "",
        schedule_expression=expression,
        timezone=zone,
        dialect="scheduler",
        state=state or RuleState.ENABLED,
        targets=(target,) if isinstance(target, Target) else (),
        notification_targets=(target,) if isinstance(target, NotificationTarget) else (),
        start_date=start,
        end_date=end,
        maximum_window_in_minutes=_flexible_window(fields, name, problems),
        schedule_group=None if group == "default" else group,
        source=schedule.source,
    )
    _leave(fields, _SCHEDULE_EXTRA)
    return read if valid and _complete(read, problems) else None


def _complete(rule: Rule | EventRule, problems: Problems) -> bool:
    """Return whether a rule has something to start or tell, else note it."""
    known = bool(rule.targets or rule.notification_targets)
    if not known:
        message = f"{rule.name} has no target that can be had here: left out"
        problems.note(message, rule.source)
    return known


def _leave(fields: Fields, names: tuple[str, ...]) -> None:
    """Take fields that say nothing about what fires here, and refuse unknown ones."""
    for name in names:
        fields.take(name)
    fields.refuse_rest()


def _name(fields: Fields, what: str, problems: Problems) -> str:
    name = fields.text("Name", required=True)
    if name is not None and not _NAME.fullmatch(name):
        message = f"the {what} name {name!r} is not valid"
        hint = "1 to 64 letters, digits and . - _"
        problems.error(message, fields.place("Name"), hint=hint)
    return name or "?"


def _flexible_window(fields: Fields, name: str, problems: Problems) -> int | None:
    """Take the flexible time window: the minutes within which AWS fires, None for OFF."""
    section = fields.section("FlexibleTimeWindow")
    if section is None:
        problems.rejected(f"schedule {name} has no FlexibleTimeWindow", fields.source)
        return None
    mode = section.choice("Mode", among=("OFF", "FLEXIBLE"))
    minutes = section.digits("MaximumWindowInMinutes")
    section.refuse_rest()
    if mode != "FLEXIBLE":
        return None
    if minutes is None or not 1 <= minutes <= 1440:
        message = "MaximumWindowInMinutes is 1 to 1440 with the mode FLEXIBLE"
        problems.rejected(message, section.place("MaximumWindowInMinutes"))
        return None
    return minutes
