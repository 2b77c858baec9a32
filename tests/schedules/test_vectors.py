"""Expected firings, computed by an independent oracle from AWS's documented semantics."""

import json
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from emulator.errors import ScheduleExpressionError
from emulator.schedules import Dialect, Schedule, parse

VECTORS = json.loads((Path(__file__).parent / "vectors.json").read_text("utf-8"))


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _name(row: dict[str, Any]) -> str:
    return f"{row['expression']} {row.get('after', '')}".strip()


def _firings(schedule: Schedule, after: datetime) -> list[str]:
    found: list[str] = []
    while len(found) < 5:
        due = schedule.next_after(after)
        if due is None:
            break
        found.append(due.strftime("%Y-%m-%dT%H:%M:%SZ"))
        after = due
    return found


@pytest.mark.parametrize("row", VECTORS["valid"], ids=_name)
def test_a_rule_fires_as_the_oracle_says(row: dict[str, Any]) -> None:
    anchor = _instant(row["anchor"]) if "anchor" in row else None
    schedule = parse(row["expression"], anchor=anchor)
    assert _firings(schedule, _instant(row["after"])) == row["next"]


@pytest.mark.parametrize("row", VECTORS["valid"], ids=_name)
def test_between_agrees_with_next_after(row: dict[str, Any]) -> None:
    anchor = _instant(row["anchor"]) if "anchor" in row else None
    schedule = parse(row["expression"], anchor=anchor)
    far = datetime(2200, 1, 1, tzinfo=UTC)
    after = _instant(row["after"])
    due = [d for d in islice(schedule.between(after, far), 6) if d > after][:5]
    assert [d.strftime("%Y-%m-%dT%H:%M:%SZ") for d in due] == row["next"]


@pytest.mark.parametrize("row", VECTORS["scheduler"], ids=_name)
def test_a_scheduler_schedule_fires_as_the_oracle_says(row: dict[str, Any]) -> None:
    schedule = parse(row["expression"], dialect="scheduler", timezone=row["timezone"])
    assert _firings(schedule, _instant(row["after"])) == row["next"]


@pytest.mark.parametrize("row", VECTORS["invalid"], ids=_name)
def test_what_aws_refuses_in_a_rule_is_refused(row: dict[str, Any]) -> None:
    _assert_refused(row["expression"], "rule", "Parameter ScheduleExpression is not valid.")


@pytest.mark.parametrize("row", VECTORS["scheduler_invalid"], ids=_name)
def test_what_aws_refuses_in_a_scheduler_schedule_is_refused(row: dict[str, Any]) -> None:
    expression = row["expression"]
    _assert_refused(expression, "scheduler", f"Invalid Schedule Expression {expression}.")


def _assert_refused(expression: str, dialect: Dialect, message: str) -> None:
    with pytest.raises(ScheduleExpressionError) as caught:
        parse(expression, dialect=dialect)
    assert caught.value.aws_message == message
    assert caught.value.problem


@pytest.mark.parametrize("row", VECTORS["ambiguous"], ids=_name)
def test_what_aws_leaves_open_is_read_the_natural_way_and_doubted(row: dict[str, Any]) -> None:
    schedule = parse(row["expression"], anchor=datetime(2026, 1, 1, tzinfo=UTC))
    assert _firings(schedule, datetime(2026, 1, 1, tzinfo=UTC))
    assert schedule.doubts or row["expression"] == "rate(1000000 days)"
