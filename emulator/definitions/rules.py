"""Rules as ecs-local.yaml and ecschedule write them, with keys in camelCase or snake_case."""

from typing import TYPE_CHECKING

from emulator.definitions.nodes import Fields, Node, Problems
from emulator.definitions.rule_context import NO_CONTEXT, RuleContext
from emulator.definitions.rule_schedule import (
    PATTERN,
    read_date,
    read_flexible_window,
    read_retries,
    read_schedule,
    read_schedule_group,
    read_timeout,
)
from emulator.definitions.rule_targets import is_valid_name, read_targets
from emulator.model.rules import Rule, RuleState, Target

if TYPE_CHECKING:
    from emulator.model.event_rules import EventRule


def read_rule(
    node: Node, problems: Problems, context: RuleContext = NO_CONTEXT
) -> "tuple[Rule | EventRule, ...]":
    """Return what a rule is: by its schedule a `Rule`, by its event pattern an `EventRule`.

    None after errors that leave nothing to fire.
    """
    fields = Fields(node, "the rule", problems)
    if not fields.readable:
        return ()
    name = _name(fields, problems)
    pattern = _pattern(fields, problems)
    expression, dialect, timezone = read_schedule(fields, name or "?", problems)
    targets = read_targets(fields, name or "?", context.refined_by(fields), problems)
    event_bus = fields.text("eventBusName") or "default"
    rule = Rule(
        name=name or "?",
        description=fields.text("description") or "",
        schedule_expression=expression or "",
        dialect=dialect,
        timezone=timezone,
        state=RuleState.DISABLED if fields.boolean("disabled") else RuleState.ENABLED,
        event_pattern=pattern,
        targets=tuple(target for target in targets if isinstance(target, Target)),
        notification_targets=tuple(t for t in targets if not isinstance(t, Target)),
        start_date=read_date(fields, "startDate", dialect, problems),
        end_date=read_date(fields, "endDate", dialect, problems),
        maximum_window_in_minutes=read_flexible_window(fields, dialect, problems),
        schedule_group=read_schedule_group(fields, dialect, problems),
        retries=read_retries(fields, problems),
        timeout_seconds=read_timeout(fields, problems),
        source=node.source,
    )
    fields.without_effect("trackingId", "tracking_id")
    fields.refuse_rest()
    if not name or not targets:
        return ()
    by_schedule = (rule,) if expression else ()
    if pattern is None:
        return by_schedule
    from emulator.model.event_rules import EventRule

    return (*by_schedule, EventRule.of(rule, pattern, targets, event_bus))


def _name(fields: Fields, problems: Problems) -> str | None:
    name = fields.text("name", required=True)
    # What stands for something unknown has been told of.
    if name is not None and "${" not in name and not is_valid_name(name):
        problems.error(
            f"the rule name {name!r} is not valid",
            fields.place("name"),
            hint="1 to 64 letters, digits and . - _",
        )
    return name


def _pattern(fields: Fields, problems: Problems) -> str | None:
    if not fields.has(*PATTERN):
        return None
    from emulator.definitions.event_patterns import read_event_pattern

    return read_event_pattern(fields, problems, *PATTERN)
