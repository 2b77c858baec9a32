"""What the history holds of a period: what lived in it, not only what began in it."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from emulator.state.history import History
from emulator.state.period import (
    count_tasks_between,
    recorded_span,
    tasks_between,
)
from emulator.state.records import Firing
from tests.builders import NOON
from tests.pictures.seeding import Seed, fill

HOUR = timedelta(hours=1)


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    seeds = [
        Seed(rule="long", due=NOON - 2 * HOUR, seconds=3 * 3600),
        Seed(rule="before", due=NOON - 2 * HOUR, seconds=60),
        Seed(rule="within", due=NOON + HOUR / 4),
        Seed(rule=None, due=NOON + HOUR / 2),
        Seed(rule="after", due=NOON + HOUR),
    ]
    firings = [
        Firing("within", NOON + HOUR / 4, "fired", NOON),
        Firing("lost", NOON + 3 * HOUR, "missed", NOON, "asleep"),
    ]
    fill(tmp_path, seeds, firings)
    opened = History(tmp_path / "history.sqlite3")
    yield opened
    opened.close()


def test_a_task_that_began_before_and_still_ran_is_part_of_a_period(history: History) -> None:
    found = tasks_between(history, NOON, NOON + HOUR)
    assert [record.rule for record in found] == [None, "within", "long"]
    assert count_tasks_between(history, NOON, NOON + HOUR) == 3


def test_names_are_rules_or_families_that_ran_without_one(history: History) -> None:
    def rules(*names: str) -> list[str | None]:
        found = tasks_between(history, NOON, NOON + HOUR, names=names)
        return [record.rule for record in found]

    assert rules("long", "within") == ["within", "long"]
    assert rules("job") == rules("(job)") == [None]
    assert rules("nobody") == []


def test_the_newest_are_kept_where_there_are_too_many(history: History) -> None:
    (record,) = tasks_between(history, NOON, NOON + HOUR, limit=1)
    assert record.rule is None


def test_the_span_reaches_from_the_first_to_the_last_thing(history: History) -> None:
    span = recorded_span(history)
    assert span is not None
    assert span.first == NOON - 2 * HOUR + timedelta(seconds=0.4)
    assert (span.last, span.unfinished) == (NOON + 3 * HOUR, False)


def test_an_empty_history_has_no_span(tmp_path: Path) -> None:
    nothing = History(tmp_path / "none.sqlite3")
    assert recorded_span(nothing) is None
    assert tasks_between(nothing, NOON, NOON + HOUR) == []
    assert count_tasks_between(nothing, NOON, NOON + HOUR) == 0
