"""Durations and failures per rule, and what pruning leaves."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from emulator.model.task import StopCode, Task, TaskStatus
from emulator.model.task_policies import HistoryLimits
from emulator.state.firings import each_firing
from emulator.state.history import History
from emulator.state.pruning import Pruned, prune
from emulator.state.records import Archived, Firing
from emulator.state.statistics import count_since, last_durations, rule_statistics
from tests.builders import NOON, task

SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    made = History(
        tmp_path / "h.sqlite3", archive=lambda d: Archived(str(d.revision), f"text {d.revision}")
    )
    yield made
    made.close()


def ran(
    number: int, seconds: float, *, code: int = 0, rule: str = "nightly", at: datetime | None = None
) -> Task:
    created = at or NOON + number * HOUR
    made = task(task_id=f"{rule[0].encode().hex()}{number:030x}", revision=number % 3 + 1)
    return replace(
        made,
        rule=rule,
        created_at=created,
        started_at=created,
        stopped_at=created + seconds * SECOND,
        last_status=TaskStatus.STOPPED,
        stop_code=StopCode.ESSENTIAL_CONTAINER_EXITED,
        containers=tuple(replace(c, exit_code=code) for c in made.containers),
    )


def test_the_last_tasks_of_a_rule_say_how_long_it_takes(history: History) -> None:
    history.record([ran(number, number + 1) for number in range(4)])
    unfinished = replace(task(task_id="b1".ljust(32, "0")), rule="nightly")
    history.record([unfinished, replace(ran(1, 9, rule="other"), rule=None)])
    assert last_durations(history, 2) == {"nightly": [4 * SECOND, 3 * SECOND]}


def test_durations_are_those_of_successes(history: History) -> None:
    history.record([ran(n, n + 1) for n in range(20)])
    history.record([ran(99, 1000, code=1), ran(1, 7, rule="hourly")])
    hourly, nightly = rule_statistics(history)
    assert (hourly.rule, hourly.succeeded, hourly.median) == ("hourly", 1, 7 * SECOND)
    assert (nightly.succeeded, nightly.failed) == (20, 1)
    assert nightly.failure_rate == pytest.approx(1 / 21)
    assert (nightly.median, nightly.p95, nightly.longest) == (
        10 * SECOND,
        19 * SECOND,
        20 * SECOND,
    )
    assert (nightly.last_at, nightly.last_succeeded) == (NOON + 99 * HOUR, False)
    assert nightly.trend is None


def test_a_rule_of_which_nothing_succeeded_has_no_durations(history: History) -> None:
    history.record([ran(1, 5, code=3)])
    (found,) = rule_statistics(history)
    assert (found.succeeded, found.median, found.p95, found.longest) == (0, None, None, None)


def test_a_period_counts_only_what_was_created_in_it(history: History) -> None:
    history.record([ran(n, n + 1) for n in range(10)])
    (found,) = rule_statistics(history, since=NOON + 7 * HOUR)
    assert (found.succeeded, found.median, found.longest) == (3, 9 * SECOND, 10 * SECOND)
    assert rule_statistics(history, since=NOON + 10 * HOUR) == []
    assert rule_statistics(history, rule="hourly") == []


def test_the_trend_holds_the_last_successes_against_those_before(history: History) -> None:
    history.record([ran(n, 10) for n in range(30)] + [ran(30 + n, 15) for n in range(20)])
    (found,) = rule_statistics(history)
    assert found.trend == pytest.approx(1.5)


@pytest.mark.parametrize(
    ("older", "before", "trend"),
    [
        ([], [10] * 9, None),
        ([], [10] * 10, 1.5),
        ([1000] * 150, [10] * 100, 1.5),
        ([], [0] * 10, None),
    ],
)
def test_the_trend_needs_ten_successes_before_that_took_time_and_looks_at_a_hundred(
    history: History, older: list[int], before: list[int], trend: float | None
) -> None:
    lengths = [*older, *before, *[15] * 20]
    history.record([ran(n, length) for n, length in enumerate(lengths)])
    (found,) = rule_statistics(history)
    assert found.trend == (None if trend is None else pytest.approx(trend))


@pytest.mark.parametrize("since", [None, NOON])
def test_a_rule_whose_only_task_runs_has_neither_failed_nor_succeeded(
    history: History, since: datetime | None
) -> None:
    running = replace(ran(1, 5), last_status=TaskStatus.RUNNING, stopped_at=None, stop_code=None)
    history.record([running])
    (found,) = rule_statistics(history, since=since)
    assert (found.succeeded, found.failed, found.failure_rate) == (0, 0, 0.0)
    assert (found.median, found.p95, found.longest, found.trend) == (None, None, None, None)
    assert (found.last_at, found.last_succeeded) == (NOON + HOUR, None)


def test_pruning_by_age_and_by_count_leaves_what_runs(history: History) -> None:
    history.record([ran(n, 1) for n in range(10)])
    running = replace(ran(77, 1), created_at=NOON - HOUR, last_status=TaskStatus.RUNNING)
    history.record([running])
    history.record((), [Firing("nightly", NOON + n * HOUR, "fired", NOON) for n in range(10)])
    assert prune(history, HistoryLimits(keep_tasks=4), NOON) == Pruned(6, 6)
    assert len(history.tasks()) == 5
    later = NOON + 8 * HOUR + timedelta(days=1)
    assert prune(history, HistoryLimits(keep_days=1), later) == Pruned(2, 2)
    assert history.find(running.id).task_id == running.id
    assert prune(history, HistoryLimits(), NOON) == Pruned(0, 0)


def test_definitions_go_with_the_last_task_that_had_them(history: History) -> None:
    history.record([ran(n, 1) for n in range(3)])
    prune(history, HistoryLimits(keep_tasks=1), NOON)
    (left,) = history.tasks()
    assert history.definition(left) == "text 3"
    assert len(history.query("SELECT * FROM task_definitions")) == 1
    history.record([ran(0, 1)])
    assert history.definition(history.tasks()[-1]) == "text 1"


def test_all_tasks_come_page_by_page_the_oldest_first(
    history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("emulator.state.history.PAGE", 2)
    history.record([ran(n, 1, at=NOON) for n in range(5)])
    history.record((), [Firing("r", NOON + n * HOUR, "fired", NOON) for n in range(5)])
    assert len({each.task_id for each in history.each_task()}) == 5
    firings = list(each_firing(history, since=None, until=NOON + 4 * HOUR))
    assert [each.scheduled_at for each in firings] == [NOON + n * HOUR for n in range(4)]


def test_what_a_person_stopped_is_no_failure_but_what_ran_too_long_is(history: History) -> None:
    stopped = [
        replace(ran(n, 1, code=code), stop_code=StopCode.USER_INITIATED, stopped_reason=reason)
        for n, (code, reason) in enumerate(
            [(143, "Task stopped by user"), (0, "もういい"), (137, "Task timed out after 30s")], 1
        )
    ]
    history.record([ran(0, 1), ran(7, 1, code=3), *stopped])
    assert count_since(history, NOON) == {"succeeded": 1, "failed": 2, "stopped": 2}
    assert count_since(history, NOON + 4 * HOUR) == {"failed": 1}
