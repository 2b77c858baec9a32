"""What AWS allows of a rule or schedule as a whole, whatever it was written in (pure).

AWS: PutRule in the EventBridge API reference, CreateSchedule in that of EventBridge Scheduler.
"""

from typing import TYPE_CHECKING, Final

from emulator.definitions.nodes import Problems
from emulator.model.rules import Rule

if TYPE_CHECKING:
    from emulator.model.event_rules import EventRule

LONGEST_DESCRIPTION: Final = 512
MOST_TASKS: Final = 10
"""Tasks that a schedule may start at a time; a rule may start more, in several requests."""


def check_rule(rule: "Rule | EventRule", problems: Problems) -> None:
    """Note what AWS would reject of a rule, but for what its targets say each by itself."""
    length = len(rule.description)
    if length > LONGEST_DESCRIPTION:
        message = f"rule {rule.name}: the description has {length} characters"
        hint = f"AWS takes {LONGEST_DESCRIPTION} of them"
        problems.rejected(message, rule.source, hint=hint)
    if not isinstance(rule, Rule) or rule.dialect != "scheduler":
        return
    for target in rule.targets:
        if target.task_count > MOST_TASKS:
            message = (
                f"target {target.id}: the task count of a schedule is 1 to {MOST_TASKS}, not "
                f"{target.task_count}"
            )
            problems.rejected(message, target.source)
