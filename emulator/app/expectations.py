"""Did it run? The firings that were due in a period, compared with the history."""

from datetime import datetime
from typing import TYPE_CHECKING, Final

from emulator.errors import UsageError
from emulator.eventbridge.expected import Expectation, Seen, SeenTask, compare
from emulator.state.firings import firings_between, outcomes_between

if TYPE_CHECKING:
    from collections.abc import Sequence

    from emulator.app.workspace import Workspace

MOST: Final = 1_000_000
"""Firings that are looked at, so that no period fills the memory."""


def expectations(
    workspace: "Workspace", names: "Sequence[str]", since: datetime, until: datetime
) -> list[Expectation]:
    """Return what became of each firing from `since` (inclusive) to `until`.

    Rules that do not fire here are not expected to. Raises `UsageError` for a period in which too
    much was due.
    """
    rules = [rule for rule in workspace.rules(names) if rule.enabled and rule.schedule_expression]
    expected: dict[str, list[datetime]] = {}
    total = 0
    for name, schedule in workspace.schedules(rules).items():
        expected[name] = []
        for due in schedule.between(since, until):
            expected[name].append(due)
            total += 1
            if total > MOST:
                message = f"more than {MOST:,} firings were due in this time"
                raise UsageError(message, hint="choose a shorter one, or fewer rules")
    history = workspace.history
    firings = [
        Seen(f.rule, f.scheduled_at, f.outcome, f.detail)
        for f in firings_between(history, since, until)
    ]
    tasks = [SeenTask(*row) for row in outcomes_between(history, since, until)]
    without_tasks = {rule.name for rule in rules if not rule.targets}
    return compare(expected, firings, tasks, without_tasks=without_tasks)
