"""`ecs-local next`: upcoming firings of rules, or of an expression without any files."""

import argparse
import heapq
import json
from collections.abc import Iterator
from datetime import datetime
from itertools import islice

from emulator.app.emulator import Emulator
from emulator.cli import options, screen
from emulator.cli.table import render
from emulator.clock import iso_instant, system_clock
from emulator.errors import UsageError
from emulator.schedules import Dialect, Schedule, parse


def configure(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.epilog = (
        "examples:\n"
        "  ecs-local next -n 3\n"
        "  ecs-local next --expression 'cron(0 10 ? * MON-FRI *)' --timezone Asia/Tokyo"
    )
    options.add_definitions(parser)
    options.add_state(parser)
    options.add_format(parser)
    parser.add_argument("rules", metavar="RULE", nargs="*", help="rules (default: all enabled)")
    parser.add_argument("-n", type=options.positive, default=10, help="how many (default: 10)")
    parser.add_argument(
        "--after", type=options.instant, metavar="INSTANT", help="from then on (default: now)"
    )
    parser.add_argument(
        "--until", type=options.instant, metavar="INSTANT", help="not later than that"
    )
    parser.add_argument("--expression", metavar="EXPR", help="a schedule expression of its own")
    parser.add_argument(
        "--timezone",
        type=options.timezone,
        metavar="TZ",
        help="with --expression: read it as EventBridge Scheduler does, in this zone; "
        "else: show times in this zone",
    )
    parser.set_defaults(execute=execute)


def execute(arguments: argparse.Namespace) -> int:
    """List upcoming firings."""
    after = arguments.after or system_clock()
    if arguments.expression is not None:
        if arguments.rules:
            message = "--expression stands alone, without rules"
            raise UsageError(message)
        due = _expression(arguments.expression, arguments.timezone, after)
        return _answer_instants(arguments, list(_until(due, arguments)))
    emulator = Emulator(options.settings_of(arguments))
    rules = emulator.rules(arguments.rules)
    # A disabled rule that was named would be a silent nothing: say so instead.
    disabled = [rule.name for rule in rules if not rule.enabled]
    schedules = emulator.schedules(rule for rule in rules if rule.enabled)
    merged = heapq.merge(*(_firings(name, schedule, after) for name, schedule in schedules.items()))
    firings = list(_limited(merged, arguments))
    if arguments.format == "json":
        document = [{"rule": name, "scheduled": iso_instant(due)} for due, name in firings]
        screen.say(json.dumps(document, ensure_ascii=False, indent=2))
        return 0
    if disabled and arguments.rules:
        screen.warn(f"disabled, and not listed: {', '.join(disabled)}")
    rows = [(*_times(due, arguments.timezone), name) for due, name in firings]
    headers = ("DUE (UTC)", f"DUE ({arguments.timezone or 'LOCAL'})", "RULE")
    screen.say(render(headers, rows, width=screen.terminal_width()) if rows else "nothing is due")
    return 0


def _expression(text: str, timezone: str | None, after: datetime) -> Iterator[datetime]:
    dialect: Dialect = "rule"
    if timezone is not None or text.startswith("at("):
        dialect = "scheduler"
    schedule = parse(text, dialect=dialect, timezone=timezone or "UTC")
    if schedule.wants_anchor:
        # There is no rule: it is as if it were created at the instant asked about.
        schedule = schedule.with_anchor(after)
    return _due(schedule, after)


def _answer_instants(arguments: argparse.Namespace, due: list[datetime]) -> int:
    if arguments.format == "json":
        screen.say(json.dumps([iso_instant(instant) for instant in due], indent=2))
        return 0
    rows = [_times(instant, arguments.timezone) for instant in due]
    headers = ("DUE (UTC)", f"DUE ({arguments.timezone or 'LOCAL'})")
    screen.say(render(headers, rows, width=screen.terminal_width()) if rows else "never due")
    return 0


def _due(schedule: Schedule, after: datetime) -> Iterator[datetime]:
    due = schedule.next_after(after)
    while due is not None:
        yield due
        due = schedule.next_after(due)


def _firings(name: str, schedule: Schedule, after: datetime) -> Iterator[tuple[datetime, str]]:
    return ((due, name) for due in _due(schedule, after))


def _until(due: Iterator[datetime], arguments: argparse.Namespace) -> Iterator[datetime]:
    return (instant for instant, _ in _limited(((instant, "") for instant in due), arguments))


def _limited(
    firings: Iterator[tuple[datetime, str]], arguments: argparse.Namespace
) -> Iterator[tuple[datetime, str]]:
    for due, name in islice(firings, arguments.n):
        if arguments.until is not None and due > arguments.until:
            return
        yield due, name


def _times(due: datetime, zone: str | None) -> tuple[str, str]:
    if zone is None:
        return screen.utc_time(due), screen.local_time(due)
    from zoneinfo import ZoneInfo

    return screen.utc_time(due), f"{due.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M:%S %Z}"
