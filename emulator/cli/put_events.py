"""`ecs-local put-events`: send events, run what they start, and exit as its tasks did."""

import argparse

from emulator.cli import complaints, option_values, options
from emulator.cli.running import run_and_exit
from emulator.definitions.put_events import Entry, parse_entries
from emulator.errors import DefinitionError, UsageError


def configure(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.epilog = (
        "examples:\n"
        '  ecs-local put-events \'[{"Source": "my.app", "DetailType": "order",\n'
        '                          "Detail": "{\\"id\\": 1}"}]\'\n'
        "  ecs-local put-events @entries.json\n"
        "  jq -c … | ecs-local put-events -\n\n"
        "Rules whose event pattern matches start their targets here, chained ones too, and the\n"
        "command waits for them. The exit code of a single task is its essential container's."
    )
    parser.add_argument(
        "entries", metavar="JSON|@FILE|-", help="entries as `aws events put-events` takes them"
    )
    options.add_report(parser)
    options.add_format(parser)
    options.add_definitions(parser)
    options.add_state(parser)
    options.add_running(parser)
    options.add_chaos(parser)
    parser.set_defaults(execute=execute)


def execute(arguments: argparse.Namespace) -> int:
    """Put events and wait for what they start."""
    from emulator.app.errands import events_of, put_events

    emulator = options.emulator_of(arguments)
    entries = _entries(arguments.entries, lenient=arguments.lenient)
    events = events_of(emulator, entries)
    complaints.report_warnings(emulator.definitions.problems)
    ids = [{"EventId": event["id"]} for _, event in events]
    return run_and_exit(
        emulator,
        arguments,
        lambda bus: put_events(emulator, events, bus),
        answer={"FailedEntryCount": 0, "Entries": ids},
    )


def _entries(words: str, *, lenient: bool) -> tuple[Entry, ...]:
    text, place = option_values.json_argument(words, "the entries")
    try:
        return parse_entries(text, place, lenient=lenient)
    except DefinitionError as error:
        message = "\n".join(map(str, error.problems))
        raise UsageError(message) from error
