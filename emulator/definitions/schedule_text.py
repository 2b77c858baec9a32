"""The schedule of a rule: its expression checked as AWS does, told where it stands."""

from datetime import UTC, datetime
from typing import Final

from emulator.definitions.nodes import Fields, Node, Problems
from emulator.errors import ScheduleExpressionError, SourceRef
from emulator.model.rules import Dialect
from emulator.schedules import parse, with_caret

LATEST_EPOCH: Final = 253402300799
"""The last second that a date can name: the end of the year 9999."""


def check_schedule(
    expression: str, dialect: Dialect, timezone: str, place: SourceRef, problems: Problems
) -> bool:
    """Return whether AWS takes an expression; what it minds is noted."""
    try:
        schedule = parse(expression, dialect=dialect, timezone=timezone)
    except ScheduleExpressionError as error:
        lines = with_caret(error).splitlines()
        text = "\n".join(line for line in lines if not line.startswith("  hint: "))
        problems.error(text, place, hint=error.hint, rule="schedule-invalid")
        return False
    for doubt in schedule.doubts:
        problems.warning(f"{expression}: {doubt}", place, rule="schedule-doubt")
    return True


def read_instant(fields: Fields, name: str, problems: Problems) -> datetime | None:
    """Take an instant: ISO 8601, without a zone UTC, or seconds since 1970 as the AWS CLI has."""
    node = fields.take(name)
    if node is None or node.empty:
        return None
    instant = _instant(node)
    if instant is None:
        message = f"{name}: {node.value!r} is not an instant"
        problems.error(message, node.source, hint="write 2026-11-24T09:00:00Z")
    return instant


def _instant(node: Node) -> datetime | None:
    value = node.value
    if isinstance(value, int | float) and not isinstance(value, bool):
        in_range = 0 <= value <= LATEST_EPOCH
        return datetime.fromtimestamp(value, UTC) if in_range else None
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return aware.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
