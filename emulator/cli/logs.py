"""`ecs-local logs`: log events of a log group, a rule or a task."""

import argparse
import json
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from emulator.app.emulator import Emulator
from emulator.cli import option_values, options, screen
from emulator.clock import iso_instant
from emulator.errors import UsageError
from emulator.logs.reader import LogEvent, Stream, follow_events, read_events
from emulator.state.task_filter import TaskFilter

POLL_SECONDS: Final = 0.25


def configure(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.epilog = (
        "examples:\n"
        "  ecs-local logs /ecs-scheduled-tasks/example --since 10m\n"
        "  ecs-local logs example-batch -f\n"
        "  ecs-local logs 1a2b3c4d --format json"
    )
    parser.add_argument(
        "name", metavar="GROUP|RULE|TASK", nargs="?", help="whose events (default: all)"
    )
    parser.add_argument("-f", "--follow", action="store_true", help="go on as events come")
    parser.add_argument(
        "--since", type=option_values.since, metavar="INSTANT|DURATION", help="events since then"
    )
    parser.add_argument(
        "--until", type=option_values.since, metavar="INSTANT|DURATION", help="events before then"
    )
    parser.add_argument(
        "-n", "--tail", type=option_values.positive, metavar="N", help="only the last N events"
    )
    options.add_format(parser)
    options.add_state(parser)
    parser.set_defaults(execute=execute)


def execute(arguments: argparse.Namespace) -> int:
    """Print log events."""
    if arguments.follow and arguments.until is not None:
        message = "what is followed has no end: --until and --follow do not go together"
        raise UsageError(message, hint="leave one of them out")
    emulator = options.emulator_of(arguments)
    select = _selection(emulator, arguments.name)
    streams = select()
    if not streams and arguments.follow:
        what = "nothing" if arguments.name is None else f"nothing of {arguments.name!r}"
        screen.note(f"{what} is logged yet; it is waited for")
    elif not streams:
        _refuse_unknown(emulator, arguments.name)
    show = _as_json if arguments.format == "json" else _as_text
    events = read_events(
        emulator.logs,
        streams,
        since=arguments.since,
        until=arguments.until,
        tail=arguments.tail,
    )
    if arguments.follow:
        events = _follow(arguments, emulator, select)
    for event in events:
        screen.say(show(event), flush=arguments.follow)
    return 0


def _follow(
    arguments: argparse.Namespace, emulator: Emulator, select: Callable[[], Sequence[Stream]]
) -> Iterator[LogEvent]:
    def wait() -> bool:
        time.sleep(POLL_SECONDS)
        return True

    since = arguments.since
    if arguments.tail is not None:
        last = list(read_events(emulator.logs, select(), since=since, tail=arguments.tail))
        since = last[0].timestamp if last else since
    return follow_events(emulator.logs, select, since=since, wait=wait)


def _selection(emulator: Emulator, name: str | None) -> Callable[[], list[Stream]]:
    """Return a function that looks up the streams that a name means, now.

    A log group goes before a rule, a rule before a task.
    """

    def select() -> list[Stream]:
        groups = emulator.logs.groups()
        chosen = [g for g in groups if name is None or g.name in (name, f"/{name}")]
        if chosen:
            return [(g.name, stream) for g in chosen for stream, _ in emulator.logs.streams(g)]
        if name is None:
            return []
        history = emulator.history
        of_rule = history.tasks(TaskFilter(rule=name))
        records = of_rule or history.tasks(TaskFilter(family=name))
        if not records:
            try:
                records = [history.find(name)]
            except UsageError:
                return []
        return [(group, stream) for r in records for _, group, stream in r.streams]

    return select


def _refuse_unknown(emulator: Emulator, name: str | None) -> None:
    """Say why there is nothing: a name that means nothing is a mistake, silence is not."""
    groups = [group.name for group in emulator.logs.groups()]
    if name is None or name in groups or f"/{name}" in groups:
        return
    if emulator.settings.files or (emulator.settings.directory / "ecs-local.yaml").exists():
        definitions = emulator.definitions
        if name in definitions.rule_names:
            screen.note(f"no task of rule {name} is on record")
            return
        if name in definitions.task_definitions:
            screen.note(f"no task of family {name} is on record")
            return
    from emulator.definitions.nodes import one_of

    message = f"no log group, rule or task {name!r}"
    raise UsageError(message, hint=one_of("log groups", name, groups))


def _as_text(event: LogEvent) -> str:
    # A pattern joins lines with all their newlines: the last one is no line of its own.
    message = event.message.removesuffix("\n")
    if screen.terminal_width() is not None:
        message = screen.printable(message)
    stamp = iso_instant(event.timestamp, timespec="milliseconds")
    return f"{stamp} {event.log_stream} {message}"


def _as_json(event: LogEvent) -> str:
    document = {
        "logGroupName": event.log_group,
        "logStreamName": event.log_stream,
        "timestamp": int(event.timestamp.timestamp() * 1000),
        "message": event.message,
    }
    return json.dumps(document, ensure_ascii=False)
