"""`ecs-local next`: upcoming firings of rules, or of an expression without any files."""

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Final

from emulator.cli import option_values, options, screen
from emulator.cli.language import language, weekday_name
from emulator.cli.table import render
from emulator.clock import iso_instant
from emulator.errors import UsageError
from emulator.schedules import Dialect, Schedule, parse
from emulator.schedules.timeline import timeline
from emulator.schedules.words import describe

if TYPE_CHECKING:
    from emulator.app.emulator import Emulator

DEFAULT_COUNT: Final = 10
ALONE: Final = ""
"""The name of a schedule that stands without a rule."""

_MOMENT: Final = timedelta.resolution
_END_OF_TIME: Final = datetime.max.replace(tzinfo=UTC)


def configure(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.epilog = (
        "examples:\n"
        "  ecs-local next -n 3\n"
        "  ecs-local next --each nightly weekly\n"
        "  ecs-local next --calendar --until 2027-03-31\n"
        "  ecs-local next --expression 'cron(0 10 ? * MON-FRI *)' --timezone Asia/Tokyo"
    )
    parser.add_argument("rules", metavar="RULE", nargs="*", help="rules (default: all enabled)")
    parser.add_argument(
        "-n", type=option_values.positive, help=f"how many (default: {DEFAULT_COUNT})"
    )
    parser.add_argument(
        "--after",
        type=option_values.instant,
        metavar="INSTANT",
        help="later than that (default: now)",
    )
    parser.add_argument(
        "--until", type=option_values.instant, metavar="INSTANT", help="not later than that"
    )
    view = parser.add_mutually_exclusive_group()
    view.add_argument("--each", action="store_true", help="so many of each rule, rule by rule")
    view.add_argument(
        "--calendar",
        action="store_true",
        help="months with what fires each day, from that of --after to that of --until",
    )
    parser.add_argument("--expression", metavar="EXPR", help="a schedule expression of its own")
    parser.add_argument(
        "--dialect",
        choices=("rule", "scheduler"),
        help="of --expression: an EventBridge rule's, or EventBridge Scheduler's (default: "
        "scheduler with --timezone and for at(), else rule)",
    )
    parser.add_argument(
        "--timezone",
        type=option_values.timezone,
        metavar="TZ",
        help="show times in this zone (default: this machine's); EventBridge Scheduler reads "
        "--expression in it, too",
    )
    options.add_format(parser)
    options.add_definitions(parser)
    options.add_state(parser)
    parser.set_defaults(execute=execute)


def execute(arguments: argparse.Namespace) -> int:
    """List upcoming firings."""
    emulator = options.emulator_of(arguments)
    after = arguments.after or emulator.now()
    if arguments.until is not None and arguments.until < after and not arguments.calendar:
        message = "--until is before --after"
        hint = f"--after is {iso_instant(after)}, which is now" if not arguments.after else None
        raise UsageError(message, hint=hint)
    if arguments.expression is None:
        if arguments.dialect is not None:
            message = "--dialect is that of --expression; a rule has its own"
            raise UsageError(message)
        schedules = _schedules_of_rules(emulator, arguments.rules)
    else:
        schedules = {ALONE: _schedule_alone(arguments, after)}
    if arguments.calendar:
        return _show_calendar(arguments, schedules, after, emulator.now())
    firings = _firings(arguments, schedules, after)
    if arguments.format == "json":
        _answer_json(firings, alone=arguments.expression is not None)
    else:
        _show(arguments, schedules, firings)
    return 0


def _schedules_of_rules(emulator: "Emulator", names: Sequence[str]) -> dict[str, Schedule]:
    """Return the schedules of enabled rules, and say of which others the answer is silent."""
    rules = emulator.rules(names)
    disabled = [rule.name for rule in rules if not rule.enabled]
    if disabled and names:
        screen.warn(f"disabled, and not listed: {', '.join(disabled)}")
    if emulator.definitions.problems and not names:
        from emulator.cli import complaints

        complaints.report_left_out(emulator.definitions.problems)
    return emulator.schedules(rule for rule in rules if rule.enabled)


def _schedule_alone(arguments: argparse.Namespace, after: datetime) -> Schedule:
    """Return the schedule of --expression; a rate as if its rule were created just then."""
    if arguments.rules or arguments.files:
        message = "--expression stands alone, without rules and their files"
        raise UsageError(message)
    text, dialect = arguments.expression, arguments.dialect
    if dialect is None:
        scheduler = arguments.timezone is not None or text.startswith("at(")
        dialect = "scheduler" if scheduler else "rule"
    chosen: Dialect = dialect
    timezone = arguments.timezone if chosen == "scheduler" else None
    return parse(text, dialect=chosen, timezone=timezone or "UTC", anchor=after)


def _firings(
    arguments: argparse.Namespace, schedules: Mapping[str, Schedule], after: datetime
) -> list[tuple[datetime, str]]:
    until = _END_OF_TIME if arguments.until is None else arguments.until + _MOMENT
    count = arguments.n or DEFAULT_COUNT

    def first(chosen: Mapping[str, Schedule]) -> Iterator[tuple[datetime, str]]:
        return islice(timeline(chosen, after + _MOMENT, until), count)

    if not arguments.each:
        return list(first(schedules))
    return sorted(
        firing for name, schedule in schedules.items() for firing in first({name: schedule})
    )


def _answer_json(firings: list[tuple[datetime, str]], *, alone: bool) -> None:
    document: list[object] = [
        iso_instant(due) if alone else {"rule": name, "scheduled": iso_instant(due)}
        for due, name in firings
    ]
    screen.say(json.dumps(document, ensure_ascii=False, indent=2))


def _show(
    arguments: argparse.Namespace,
    schedules: Mapping[str, Schedule],
    firings: list[tuple[datetime, str]],
) -> None:
    if arguments.each:
        parts = [
            _part(arguments, name, schedule, [due for due, of in firings if of == name])
            for name, schedule in sorted(schedules.items())
        ]
        screen.say("\n\n".join(parts) if parts else "nothing is due")
        return
    if ALONE in schedules:
        due = [instant for instant, _ in firings]
        screen.say(_part(arguments, ALONE, schedules[ALONE], due))
        return
    if not firings:
        screen.say("nothing is due")
        return
    shown = {name for _, name in firings}
    for name, schedule in sorted(schedules.items()):
        if name in shown:
            screen.say(_title(name, schedule))
    rows = [(*_times(due, arguments.timezone), name) for due, name in firings]
    headers = (*_headers(arguments), "RULE")
    screen.say("\n" + render(headers, rows, width=screen.terminal_width()))


def _part(arguments: argparse.Namespace, name: str, schedule: Schedule, due: list[datetime]) -> str:
    """Return a schedule in words, and below it when it fires."""
    rows = [_times(instant, arguments.timezone) for instant in due]
    table = render(_headers(arguments), rows, width=screen.terminal_width())
    return f"{_title(name, schedule)}\n{table if rows else 'never due'}"


def _title(name: str, schedule: Schedule) -> str:
    words = describe(schedule, language())
    return f"{screen.paint(name, screen.BOLD)}: {words}" if name else words


def _headers(arguments: argparse.Namespace) -> tuple[str, str]:
    return "DUE (UTC)", f"DUE ({arguments.timezone or 'LOCAL'})"


def _times(due: datetime, zone: str | None) -> tuple[str, str]:
    local = screen.in_zone(due, zone)
    return screen.utc_time(due), f"{local:%Y-%m-%d} {weekday_name(local)} {local:%H:%M:%S %Z}"


def _show_calendar(
    arguments: argparse.Namespace,
    schedules: Mapping[str, Schedule],
    after: datetime,
    now: datetime,
) -> int:
    from emulator.cli import month_view

    if arguments.n is not None:
        message = "-n does not go with --calendar, which shows whole months"
        raise UsageError(message, hint="say with --until how many months")
    months = month_view.count(schedules, after, arguments.until or after, arguments.timezone)
    if arguments.format == "json":
        document = month_view.document(months, arguments.timezone)
        screen.say(json.dumps(document, ensure_ascii=False, indent=2))
        return 0
    width = screen.terminal_width() or month_view.WIDTH_IN_A_PIPE
    screen.say(month_view.text(months, schedules, arguments.timezone, now, width))
    return 0
