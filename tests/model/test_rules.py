"""A rule's names, and what becomes of its schedule."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from emulator.model.event_rules import EventRule
from emulator.model.rules import Rule, RuleState, TaskOverride
from tests.builders import NOON, event_rule, rule


@pytest.mark.parametrize(
    ("name", "dialect", "group", "bare", "qualified"),
    [
        ("nightly", "rule", None, "nightly", "nightly"),
        ("default/nightly", "rule", None, "default/nightly", "default/nightly"),
        ("nightly", "scheduler", None, "nightly", "default/nightly"),
        ("default/nightly", "scheduler", None, "nightly", "default/nightly"),
        ("batch/nightly", "scheduler", "batch", "nightly", "batch/nightly"),
        ("other/nightly", "scheduler", "batch", "other/nightly", "batch/other/nightly"),
    ],
)
def test_a_schedule_has_a_group_before_its_name_and_a_rule_has_none(
    name: str, dialect: str, group: str | None, bare: str, qualified: str
) -> None:
    made = rule(name, dialect=dialect, schedule_group=group)
    assert (made.bare_name, made.qualified_name) == (bare, qualified)


@pytest.mark.parametrize("make", [rule, event_rule])
def test_only_an_enabled_rule_fires(make: Callable[..., Rule | EventRule]) -> None:
    assert make("a").enabled
    assert not make("a", state=RuleState.DISABLED).enabled


def test_a_flexible_time_window_makes_a_schedule_due_within_it() -> None:
    exact = rule(schedule_expression="cron(0 3 * * ? *)", dialect="scheduler")
    flexible = rule(
        schedule_expression="cron(0 3 * * ? *)", dialect="scheduler", maximum_window_in_minutes=30
    )
    due, late = exact.schedule.next_after(NOON), flexible.schedule.next_after(NOON)
    assert due == NOON + timedelta(hours=15)
    assert late is not None
    assert timedelta() < late - due < timedelta(minutes=30)


@pytest.mark.parametrize(
    ("override", "resizes"),
    [
        (TaskOverride(), False),
        (TaskOverride(cpu=256), True),
        (TaskOverride(memory=512), True),
        (TaskOverride(task_role_arn="arn:aws:iam::0:role/a"), False),
    ],
)
def test_cpu_or_memory_resize_a_task(override: TaskOverride, resizes: bool) -> None:
    assert override.resizes is resizes
