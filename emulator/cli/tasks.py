"""`ecs-local tasks`: what ran or is running."""

import argparse
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from emulator.app.emulator import Emulator
from emulator.cli import option_values, options, screen
from emulator.cli.table import render
from emulator.cli.task_choice import filter_of, refuse_what_does_not_go_together
from emulator.cli.task_wording import cause_of, described, duration, reason
from emulator.model.describe import is_fake
from emulator.model.task import NOTHING_IS_RUN, TaskStatus
from emulator.state.records import TaskRecord
from emulator.state.task_filter import TaskFilter

NARROW: Final = 100
"""Columns below which a list of tasks leaves out the year and the cause."""

SHOWN: Final = 20
"""Tasks in a list that nobody asked to be longer."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.epilog = (
        "examples:\n"
        "  ecs-local tasks --rule example-batch --since 1h --failed\n"
        "  ecs-local tasks --expected --since 1d   did everything run that was due?\n"
        "  ecs-local tasks --stats                 how long do they take, does it grow?\n"
        "  ecs-local tasks --export > history.jsonl\n"
        "  ecs-local stop $(ecs-local tasks --status running -q)\n\n"
        "--expected exits with 1 when something due did not run, or failed. Durations are those\n"
        "of tasks that succeeded; the trend is the median of the last 20 against the 100 before."
    )
    parser.add_argument("--rule", metavar="RULE", help="tasks that a rule started")
    parser.add_argument("--family", metavar="FAMILY", help="tasks of a family")
    parser.add_argument(
        "--status",
        metavar="STATUS",
        type=str.upper,
        choices=[str(status) for status in TaskStatus],
        help="PROVISIONING, PENDING, RUNNING, STOPPING, DEPROVISIONING or STOPPED",
    )
    parser.add_argument("--failed", action="store_true", help="tasks that ended without success")
    parser.add_argument(
        "--since", type=option_values.since, metavar="INSTANT|DURATION", help="created since then"
    )
    parser.add_argument(
        "--until", type=option_values.since, metavar="INSTANT|DURATION", help="created before then"
    )
    parser.add_argument(
        "-n",
        type=option_values.positive,
        metavar="N",
        help=f"how many, the newest first (default: {SHOWN})",
    )
    parser.add_argument("-q", "--quiet", action="store_true", help="print the ids of tasks only")
    views = parser.add_mutually_exclusive_group()
    views.add_argument(
        "--stats", action="store_true", help="how long the tasks of each rule take, and how it goes"
    )
    views.add_argument(
        "--expected",
        action="store_true",
        help="hold what was due (default: since 1d) against what ran",
    )
    views.add_argument(
        "--export", action="store_true", help="print all tasks and firings as lines of JSON"
    )
    views.add_argument(
        "--prune", action="store_true", help="delete old history (default: as local.history says)"
    )
    parser.add_argument(
        "--keep-days",
        type=option_values.positive,
        metavar="N",
        help="with --prune: younger tasks stay",
    )
    parser.add_argument(
        "--keep-tasks",
        type=option_values.positive,
        metavar="N",
        help="with --prune: the newest N stay",
    )
    options.add_format(parser)
    options.add_definitions(parser)
    options.add_state(parser)
    parser.set_defaults(execute=execute)


def execute(arguments: argparse.Namespace) -> int:
    """List tasks, or answer what else was asked of the history."""
    refuse_what_does_not_go_together(arguments)
    emulator = options.emulator_of(arguments)
    arguments.n = arguments.n or SHOWN
    if arguments.stats or arguments.expected or arguments.export or arguments.prune:
        from emulator.cli import history_views

        return history_views.show(emulator, arguments)
    records = emulator.history.tasks(filter_of(arguments), limit=arguments.n)
    if not records:
        _tell_unknown_names(emulator, arguments)
    if arguments.format == "json":
        document = {"tasks": [described(record) for record in records], "failures": []}
        screen.say(json.dumps(document, ensure_ascii=False, indent=2))
    elif arguments.quiet:
        for record in records:
            screen.say(record.task_id)
    elif records:
        _say_table(records, emulator.now())
    else:
        screen.say("no tasks")
    return 0


def _say_table(records: Sequence[TaskRecord], now: datetime) -> None:
    width = screen.terminal_width()
    narrow = width is not None and width < NARROW
    rows = [_row(record, now, narrow=narrow) for record in records]
    cause = () if narrow else ("CAUSE",)
    headers = ("TASK", "RULE", *cause, "CREATED (UTC)", "DURATION", "STATUS", "EXIT", "REASON")
    screen.say(render(headers, rows, width=width))
    fake = sum(is_fake(record.document) for record in records)
    if fake:
        screen.note(f"{fake} of {len(records)} by {NOTHING_IS_RUN}")


def _tell_unknown_names(emulator: Emulator, arguments: argparse.Namespace) -> None:
    """Say of a rule or family that nothing at all is on record: its name may be misspelled."""
    rule, family = arguments.rule, arguments.family
    if rule is not None and not emulator.history.tasks(TaskFilter(rule=rule), limit=1):
        screen.note(screen.printable(f"no task of a rule {rule!r} is on record"))
    if family is not None and not emulator.history.tasks(TaskFilter(family=family), limit=1):
        screen.note(screen.printable(f"no task of a family {family!r} is on record"))


def _row(record: TaskRecord, now: datetime, *, narrow: bool) -> tuple[str, ...]:
    created = record.created_at.astimezone(UTC)
    name = record.rule or f"({record.family})"
    return (
        record.task_id[:8],
        name if record.attempt == 1 else f"{name} #{record.attempt}",
        *(() if narrow else (cause_of(record),)),
        f"{created:%m-%d %H:%M:%S}" if narrow else screen.utc_time(created),
        duration(record.started_at, record.stopped_at or now),
        record.last_status,
        "-" if record.exit_code is None else str(record.exit_code),
        screen.printable(reason(record)),
    )
