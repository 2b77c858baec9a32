"""`ecs-local timeline`: a picture of what ran, on the screen or as a page for a browser."""

import argparse
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from emulator.app.emulator import Emulator
from emulator.cli import gantt, option_values, options, screen
from emulator.cli.language import language
from emulator.clock import iso_instant
from emulator.ecs.outcome import ESSENTIAL_EXITED
from emulator.errors import EcsLocalError, UsageError
from emulator.logs.excerpt import last_lines
from emulator.model.rules import Rule
from emulator.model.task import NOTHING_IS_RUN
from emulator.pictures.recorded import MOST_TASKS, period_of, record_timeline, with_logs
from emulator.pictures.timeline import Bar, Plan, Timeline
from emulator.quantity import counted
from emulator.state.simulation_mark import simulated
from emulator.whole_files import write_output

WIDTH_IN_A_PIPE: Final = 80
FIRST_YEAR: Final = 1970
LAST_YEAR: Final = 9998
STDOUT: Final = Path("-")
LOG_LINES: Final = 8
"""Last lines of a task's log that the page and JSON hold unless asked otherwise."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.epilog = (
        "examples:\n"
        "  ecs-local timeline --since 2h\n"
        "  ecs-local timeline nightly --since 2026-11-24 --until 2026-11-25\n"
        "  ecs-local timeline --all --html timeline.html\n"
        "  ecs-local timeline --state-dir .ecs-local/simulations/february --all\n"
        "\n"
        "Without --since it shows the last day of what is recorded. The page is one file that\n"
        "needs no network; it holds the last lines of logs: share it as you would share those."
    )
    parser.add_argument(
        "rules",
        metavar="RULE",
        nargs="*",
        help="which rules, or families run by hand (default: all)",
    )
    parser.add_argument("--since", type=_bound, metavar="INSTANT|DURATION", help="from when on")
    parser.add_argument("--until", type=_bound, metavar="INSTANT|DURATION", help="to when")
    parser.add_argument("--all", action="store_true", help="everything that is recorded")
    parser.add_argument(
        "--timezone",
        type=option_values.timezone,
        metavar="TZ",
        help="the zone beside UTC (default: this machine's)",
    )
    parser.add_argument(
        "--html",
        metavar="FILE",
        type=_file,
        help="write a page for a browser into a file (-: to stdout)",
    )
    parser.add_argument(
        "--log-lines",
        type=_count,
        metavar="N",
        help=f"last lines of each task's log in page and JSON (default: {LOG_LINES}; 0: none)",
    )
    options.add_format(parser)
    options.add_definitions(parser)
    options.add_state(parser)
    parser.set_defaults(execute=execute)


def execute(arguments: argparse.Namespace) -> int:
    """Draw the timeline."""
    if arguments.html is not None and arguments.format == "json":
        message = "--html and --format json contradict each other"
        raise UsageError(message)
    if arguments.log_lines is None:
        arguments.log_lines = LOG_LINES
    elif arguments.html is None and arguments.format == "text":
        message = "--log-lines is for the page and for JSON: the screen has one line of a failure"
        raise UsageError(message, hint="add --html FILE or --format json")
    emulator = options.emulator_of(arguments)
    timeline = _timeline(emulator, arguments)
    if timeline.fake_tasks:
        screen.note(f"{counted(timeline.fake_tasks, 'task')} by {NOTHING_IS_RUN}")
    if arguments.html is not None:
        _write_page(emulator, timeline, arguments)
        return 0
    if arguments.format == "json":
        whole = with_logs(timeline, emulator.logs, arguments.log_lines)
        screen.say(json.dumps(_document(whole), ensure_ascii=False, indent=2))
        return 0
    width = screen.terminal_width() or WIDTH_IN_A_PIPE

    def why(bar: Bar) -> str:
        # What a task wrote last says more than that its container exited.
        last = last_lines(emulator.logs, bar.streams, 1) if bar.reason == ESSENTIAL_EXITED else []
        return last[0] if last else bar.reason

    screen.say(gantt.text(timeline, zone=arguments.timezone, width=width, why=why))
    return 0


def _timeline(emulator: Emulator, arguments: argparse.Namespace) -> Timeline:
    if arguments.all and arguments.since:
        message = "--all and --since contradict each other"
        raise UsageError(message)
    now = emulator.now()
    of = simulated(emulator.state.path)
    period = period_of(
        emulator.history,
        arguments.since,
        arguments.until,
        now,
        whole=arguments.all,
        least=None if of is None else (of.start, of.end),
    )
    if period[0] >= period[1]:
        message = f"--until {iso_instant(period[1])} is not after {iso_instant(period[0])}"
        raise UsageError(message)
    plans = _plans(emulator, arguments.rules, period)
    timeline, left_out = record_timeline(emulator.history, arguments.rules, period, plans, now)
    unknown = set(arguments.rules) - {row.name.strip("()") for row in timeline.rows}
    unknown -= {row.name for row in timeline.rows}
    for name in sorted(unknown):
        screen.warn(f"nothing is known of {name!r} in this period")
    if left_out:
        screen.warn(f"only the last {MOST_TASKS:,} tasks are drawn; {left_out:,} before are not")
    return timeline


def _plans(
    emulator: Emulator, names: Sequence[str], period: tuple[datetime, datetime]
) -> Mapping[str, Plan]:
    """Return what the definitions plan, nothing where there are none or they are wrong.

    What ran can be shown all the same; files that were named must be good.
    """
    settings = emulator.settings
    if not settings.files and not (settings.directory / "ecs-local.yaml").exists():
        return {}
    try:
        rules = [rule for rule in emulator.rules() if not names or rule.name in names]
    except EcsLocalError as error:
        if settings.files:
            raise
        screen.warn(f"without expected firings: {error}")
        return {}
    return _scheduled(emulator, rules, names, period) | _matching(emulator, names)


def _scheduled(
    emulator: Emulator,
    rules: Sequence[Rule],
    names: Sequence[str],
    period: tuple[datetime, datetime],
) -> dict[str, Plan]:
    """Return the plans of rules by their schedules; one that is disabled has nothing due.

    Of a simulation nothing is due beyond its period, and of the rules that it was of.
    """
    from emulator.schedules.words import describe

    schedules = emulator.schedules(rules)
    since, until = period
    firing = {rule.name for rule in rules if rule.enabled}
    if (of := simulated(emulator.state.path)) is not None:
        since, until = max(since, of.start), min(until, of.end)
        firing &= of.rules
    return {
        rule.name: Plan(
            rule.description or "",
            describe(rule.schedule, language()) if rule.schedule_expression else "",
            schedules[rule.name].between(since, until) if rule.name in firing else (),
        )
        for rule in rules
        if rule.name in firing or rule.name in names
    }


def _matching(emulator: Emulator, names: Sequence[str]) -> dict[str, Plan]:
    """Return the plans of rules by their event patterns, of which nobody knows what is due."""
    from emulator.cli.event_rules import pattern_summary

    return {
        rule.name: Plan(rule.description, pattern_summary(rule.event_pattern))
        for rule in emulator.definitions.event_rules
        if rule.task_targets and (rule.name in names or (rule.enabled and not names))
    }


def _write_page(emulator: Emulator, timeline: Timeline, arguments: argparse.Namespace) -> None:
    from emulator.pictures.page import render

    path: Path = arguments.html
    whole = with_logs(timeline, emulator.logs, arguments.log_lines)
    page = render(whole, title=emulator.settings.directory.name, zone=arguments.timezone)
    if path == STDOUT:
        # What would command a runner is in the page's JSON, where an escape says the same.
        screen.say_as_it_is(screen.harmless(page).encode())
        return
    data = page.encode()
    try:
        write_output(path, data)
    except OSError as error:
        message = f"{path}: cannot be written: {error.strerror}"
        raise UsageError(
            message, hint="name a file that can be written, or - for stdout"
        ) from error
    tasks = sum(len(row.bars) for row in timeline.rows)
    tasks_, rules = counted(tasks, "task"), counted(len(timeline.rows), "rule")
    screen.say(f"{path}: {tasks_} of {rules}, {len(data) / 1024:,.0f} KiB")


def _document(timeline: Timeline) -> dict[str, Any]:
    return {
        "since": iso_instant(timeline.since),
        "until": iso_instant(timeline.until),
        "rules": [
            {
                "rule": row.name,
                "description": row.description,
                "schedule": row.schedule,
                "counts": {str(kind): count for kind, count in sorted(row.counts.items())},
                "tasks": [
                    {
                        "taskId": bar.task_id,
                        "family": bar.family,
                        "outcome": str(bar.outcome),
                        "scheduledAt": _instant(bar.due),
                        "createdAt": _instant(bar.created),
                        "startedAt": _instant(bar.started),
                        "stoppedAt": _instant(bar.end),
                        "exitCode": bar.exit_code,
                        "stopCode": bar.stop_code,
                        "reason": bar.reason,
                        "attempt": bar.attempt,
                        "retryOf": bar.retry_of,
                        "lane": bar.lane,
                        "fake": bar.fake,
                        "log": list(bar.log),
                    }
                    for bar in row.bars
                ],
                "firings": [
                    {"scheduledAt": _instant(m.at), "outcome": str(m.kind), "detail": m.detail}
                    for m in row.marks
                ],
            }
            for row in timeline.rows
        ],
    }


def _instant(instant: datetime | None) -> str | None:
    return None if instant is None else iso_instant(instant)


def _bound(text: str) -> datetime:
    """Return an instant with room on both sides of it, within the calendar."""
    bound = option_values.since(text)
    if not FIRST_YEAR <= bound.year <= LAST_YEAR:
        message = f"{text!r} is not of the years {FIRST_YEAR} to {LAST_YEAR}"
        raise argparse.ArgumentTypeError(message)
    return bound


def _file(text: str) -> Path:
    if not Path(text).name:
        message = f"{text!r} is not the name of a file"
        raise argparse.ArgumentTypeError(message)
    return Path(text)


def _count(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or int(text) > 1000:
        message = f"{text!r} is not a number of lines from 0 to 1000"
        raise argparse.ArgumentTypeError(message)
    return int(text)
