"""What `tasks` answers besides a list: statistics, what was due, an export, and pruning."""

import argparse
import json
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from emulator.app.emulator import Emulator
from emulator.cli import complaints, screen
from emulator.cli.table import render
from emulator.cli.task_choice import filter_of
from emulator.cli.task_wording import described
from emulator.clock import iso_instant
from emulator.errors import UsageError
from emulator.eventbridge.expected import Expectation, Verdict
from emulator.model.task_policies import HistoryLimits
from emulator.quantity import counted
from emulator.state.firings import each_firing
from emulator.state.records import Firing
from emulator.state.statistics import RuleStatistics, rule_statistics

_DAY: Final = timedelta(days=1)
_STEADY: Final = 0.1
"""A trend below this is none."""


def show(emulator: Emulator, arguments: argparse.Namespace) -> int:
    """Answer; returns the exit code."""
    if arguments.stats:
        return _stats(emulator, arguments)
    if arguments.expected:
        return _expected(emulator, arguments)
    if arguments.export:
        return _export(emulator, arguments)
    return _prune(emulator, arguments)


def _stats(emulator: Emulator, arguments: argparse.Namespace) -> int:
    found = rule_statistics(emulator.history, rule=arguments.rule, since=arguments.since)
    if arguments.format == "json":
        screen.say(_json([_statistics_document(each) for each in found]))
    elif not found:
        screen.say("no tasks of rules")
    else:
        headers = ("RULE", "OK", "FAILED", "MEDIAN", "P95", "MAX", "TREND", "LAST (UTC)")
        rows = [_statistics_row(each) for each in found]
        screen.say(render(headers, rows, width=screen.terminal_width()))
    return 0


def _statistics_row(each: RuleStatistics) -> tuple[str, ...]:
    failed = f"{each.failed} ({each.failure_rate:.0%})" if each.failed else "0"
    last = {None: "", True: " ok", False: " failed"}[each.last_succeeded]
    return (
        each.rule,
        str(each.succeeded),
        failed,
        _length(each.median),
        _length(each.p95),
        _length(each.longest),
        _trend(each.trend),
        screen.utc_time(each.last_at) + last,
    )


def _statistics_document(each: RuleStatistics) -> dict[str, Any]:
    return {
        "rule": each.rule,
        "succeeded": each.succeeded,
        "failed": each.failed,
        "medianSeconds": _seconds(each.median),
        "p95Seconds": _seconds(each.p95),
        "maxSeconds": _seconds(each.longest),
        "trend": None if each.trend is None else round(each.trend, 3),
        "lastCreatedAt": iso_instant(each.last_at),
        "lastSucceeded": each.last_succeeded,
    }


def _seconds(length: timedelta | None) -> float | None:
    return None if length is None else length.total_seconds()


def _length(length: timedelta | None) -> str:
    """Return a length of time to three digits below a minute."""
    if length is None:
        return "-"
    seconds = length.total_seconds()
    if seconds < 60:
        return f"{seconds:.2f}s" if seconds < 10 else f"{seconds:.1f}s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}h{minutes:02}m{rest:02}s" if hours else f"{minutes}m{rest:02}s"


def _trend(trend: float | None) -> str:
    if trend is None:
        return "-"
    change = trend - 1
    return "steady" if abs(change) < _STEADY else f"{change:+.0%}"


def _expected(emulator: Emulator, arguments: argparse.Namespace) -> int:
    until = arguments.until or emulator.now()
    since = arguments.since or until - _DAY
    if since >= until:
        message = "--since must lie before --until"
        raise UsageError(message)
    found = emulator.expectations([arguments.rule] if arguments.rule else [], since, until)
    if not arguments.rule:
        complaints.report_left_out(emulator.definitions.problems)
    if arguments.format == "json":
        screen.say(_json([_expectation_document(each) for each in found]))
    else:
        _say_expected(found, since, until, arguments.n)
    return 0 if all(each.verdict.is_well for each in found) else 1


def _say_expected(
    found: Sequence[Expectation], since: datetime, until: datetime, most: int
) -> None:
    span = f"{screen.utc_time(since)} to {screen.utc_time(until)}"
    if not found:
        screen.say(f"nothing was due from {span}")
        return
    by_rule: dict[str, Counter[Verdict]] = {}
    for each in found:
        by_rule.setdefault(each.rule, Counter())[each.verdict] += 1
    verdicts = [verdict for verdict in Verdict if any(c[verdict] for c in by_rule.values())]
    headers = ("RULE", "DUE", *(verdict.upper() for verdict in verdicts))
    rows = [
        (rule, str(counts.total()), *(str(counts[verdict]) for verdict in verdicts))
        for rule, counts in sorted(by_rule.items())
    ]
    screen.say(f"due from {span}")
    screen.say(render(headers, rows, width=screen.terminal_width()))
    wrong = [each for each in found if not each.verdict.is_well]
    if not wrong:
        return
    shown = [
        (each.rule, screen.utc_time(each.scheduled_at), each.verdict, screen.printable(each.detail))
        for each in wrong[-most:]
    ]
    more = "" if len(wrong) <= most else f", the last {most} of {len(wrong)}"
    screen.say(f"\nnot well{more}:")
    headers = ("RULE", "DUE (UTC)", "WHAT BECAME OF IT", "WHY")
    screen.say(render(headers, shown, width=screen.terminal_width()))


def _expectation_document(each: Expectation) -> dict[str, Any]:
    document = {
        "rule": each.rule,
        "scheduled": iso_instant(each.scheduled_at),
        "outcome": each.verdict.value,
    }
    return document | ({"detail": each.detail} if each.detail else {})


def _export(emulator: Emulator, arguments: argparse.Namespace) -> int:
    history = emulator.history
    for record in history.each_task(filter_of(arguments)):
        screen.say(_line({"type": "task", **described(record)}), flush=False)
    if arguments.family or arguments.status or arguments.failed:
        return 0
    for firing in each_firing(
        history, rule=arguments.rule, since=arguments.since, until=arguments.until
    ):
        screen.say(_line(_firing_document(firing)), flush=False)
    return 0


def _firing_document(firing: Firing) -> dict[str, Any]:
    return {
        "type": "firing",
        "rule": firing.rule,
        "scheduled": iso_instant(firing.scheduled_at),
        "outcome": firing.outcome,
        "at": iso_instant(firing.at),
        "detail": firing.detail,
    }


def _prune(emulator: Emulator, arguments: argparse.Namespace) -> int:
    asked = HistoryLimits(keep_days=arguments.keep_days, keep_tasks=arguments.keep_tasks)
    limits = emulator.definitions.local.history if asked == HistoryLimits() else asked
    if limits is None:
        message = "nothing says what stays"
        hint = "give --keep-days or --keep-tasks, or write local.history"
        raise UsageError(message, hint=hint)
    gone = emulator.prune(limits)
    if arguments.format == "json":
        screen.say(_json({"tasks": gone.tasks, "firings": gone.firings}))
    else:
        tasks, firings = counted(gone.tasks, "task"), counted(gone.firings, "firing")
        screen.say(f"removed from the history: {tasks}, {firings}")
    return 0


def _json(document: object) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2)


def _line(document: object) -> str:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))
