"""`ecs-local simulate`: what fires in a period, listed or executed on a virtual clock."""

import argparse
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import islice
from operator import itemgetter
from typing import Final

from emulator.cli import complaints, option_values, options, screen
from emulator.cli.period import period_schedules
from emulator.cli.table import pad, render
from emulator.clock import iso_instant
from emulator.errors import UsageError
from emulator.schedules import Schedule
from emulator.schedules.timeline import timeline

SHOWN: Final = 1000
"""Firings of a period that a table shows unless `--limit` says otherwise."""

BATCH: Final = 1000
"""Lines that are printed at a time."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.epilog = (
        "examples:\n"
        "  ecs-local simulate --from 2028-02-01 --to 2028-03-01\n"
        "  ecs-local simulate --from 2028-02-28 --to 2028-03-02 nightly --execute\n"
        "  ecs-local simulate --from 2026-10-25 --to 2026-10-26 --execute --engine fake\n\n"
        "--execute runs the containers at each due instant of a virtual clock: it jumps\n"
        "while nothing runs, and goes with real time while a container does, so that\n"
        "overlaps, timeouts, retries and chains come out as they would. Containers see\n"
        "this machine's clock; the due time stands where AWS gives it: in the event and\n"
        "in <aws.scheduler.scheduled-time>.\n"
        "History and logs of an execution are kept apart, below DIR/simulations/NAME;\n"
        "the next one of the same name replaces them, or goes on with --resume."
    )
    parser.add_argument("rules", metavar="RULE", nargs="*", help="rules (default: all enabled)")
    parser.add_argument(
        "--from", dest="start", type=option_values.instant, metavar="INSTANT", required=True,
        help="the first instant",
    )  # fmt: skip
    parser.add_argument(
        "--to", dest="end", type=option_values.instant, metavar="INSTANT", required=True,
        help="nothing fires from then on",
    )  # fmt: skip
    parser.add_argument(
        "--limit",
        type=option_values.positive,
        metavar="N",
        help=f"show so many firings (default: {SHOWN}, and all as JSON); all are counted",
    )
    executing = parser.add_argument_group("with --execute")
    executing.add_argument("--execute", dest="run_tasks", action="store_true", help="run the tasks")
    executing.add_argument(
        "--speed",
        type=option_values.speed,
        metavar="FACTOR",
        help="watch: the clock goes so many times as fast as a real one (60x) and never jumps",
    )
    executing.add_argument(
        "--fake-time",
        action="store_true",
        help="let containers see the virtual clock, where their image has libfaketime",
    )
    executing.add_argument(
        "--exit-on-failure", action="store_true", help="stop everything when a task fails"
    )
    options.add_report(executing)
    executing.add_argument(
        "--name", metavar="NAME", help="the simulation's name (default: its period)"
    )
    executing.add_argument(
        "--resume", action="store_true", help="go on where the simulation of this name stopped"
    )
    executing.add_argument(
        "--send",
        action="store_true",
        help="deliver notifications to local.sinks, too; otherwise it is only said what for whom",
    )
    executing.add_argument(
        "--seed",
        type=option_values.whole,
        metavar="N",
        help="give tasks and events the same ids each time",
    )
    options.add_format(parser)
    options.add_definitions(parser)
    options.add_state(parser)
    options.add_running(parser)
    options.add_chaos(parser)
    parser.set_defaults(execute=execute)


def execute(arguments: argparse.Namespace) -> int:
    """List the firings of a period, or execute them."""
    if arguments.end <= arguments.start:
        message = "--to is not later than --from"
        raise UsageError(message)
    if arguments.run_tasks:
        from emulator.cli.simulate_tasks import execute_tasks

        return execute_tasks(arguments)
    _refuse_without_execute(arguments)
    emulator = options.emulator_of(arguments)
    complaints.report_warnings(emulator.definitions.problems)
    schedules = period_schedules(emulator, arguments)
    due = timeline(schedules, arguments.start, arguments.end)
    if arguments.format == "json":
        _answer_json(islice(due, arguments.limit))
    else:
        _show(due, schedules, arguments.limit or SHOWN)
    return 0


def _refuse_without_execute(arguments: argparse.Namespace) -> None:
    given = {
        "--fake-time": arguments.fake_time,
        "--speed": arguments.speed is not None,
        "--exit-on-failure": arguments.exit_on_failure,
        "--report": bool(arguments.reports),
        "--name": arguments.name is not None,
        "--resume": arguments.resume,
        "--send": arguments.send,
        "--seed": arguments.seed is not None,
        "--engine": arguments.engine_name is not None,
        "--engine-script": arguments.engine_script is not None,
        "--pull": arguments.pull is not None,
        "--strict": arguments.strict,
        "--chaos": bool(arguments.chaos),
    }
    wrong = [option for option, is_given in given.items() if is_given]
    if wrong:
        verbs = ("concerns", "it goes") if len(wrong) == 1 else ("concern", "they go")
        message = f"{', '.join(wrong)} {verbs[0]} tasks: {verbs[1]} with --execute"
        raise UsageError(message)


def _answer_json(due: Iterator[tuple[datetime, str]]) -> None:
    """Write the firings as `next` does, without keeping them."""
    names: dict[str, str] = {}
    before = "[\n"
    last, scheduled = None, ""
    while lines := list(islice(due, BATCH)):
        parts = []
        for instant, name in lines:
            quoted = names.get(name) or names.setdefault(name, json.dumps(name, ensure_ascii=False))
            if instant is not last:
                # Firings of one instant share the object.
                last, scheduled = instant, iso_instant(instant)
            parts.append(f'  {{\n    "rule": {quoted},\n    "scheduled": "{scheduled}"\n  }}')
        screen.say(before + ",\n".join(parts), end="", flush=False)
        before = ",\n"
    screen.say("[]" if before == "[\n" else "\n]")


def _show(
    due: Iterator[tuple[datetime, str]], schedules: Mapping[str, Schedule], limit: int
) -> None:
    counts: Counter[str] = Counter()
    headers = ("DUE (UTC)", "DUE (LOCAL)", "RULE")
    shown = 0
    widths = (len("2026-11-24T09:00:00Z"), len("2026-11-24 09:00:00 +0000"))
    for instant, name in islice(due, limit):
        if not shown:
            screen.say(_line(headers, widths))
        shown += 1
        counts[name] += 1
        cells = (screen.utc_time(instant), screen.local_time(instant), name)
        screen.say(_line(cells, widths), flush=False)
    counts.update(map(itemgetter(1), due))
    total = counts.total()
    if total > shown:
        screen.say(f"… and {total - shown:,} more (--limit)")
    screen.say(summary(counts, schedules))


def summary(counts: Counter[str], schedules: Mapping[str, Schedule]) -> str:
    """Return how often each rule fires."""
    total, rules = counts.total(), len(schedules)
    firings = "1 firing" if total == 1 else f"{total:,} firings"
    of = "1 rule" if rules == 1 else f"{rules:,} rules"
    rows = [(name, f"{counts[name]:,}") for name in sorted(schedules)]
    table = render(("RULE", "FIRINGS"), rows, width=screen.terminal_width())
    return f"\n{firings} of {of}" + (f"\n\n{table}" if rows else "")


def _line(cells: tuple[str, str, str], widths: tuple[int, int]) -> str:
    return "  ".join([*(pad(c, w) for c, w in zip(cells, widths, strict=False)), cells[2]])
