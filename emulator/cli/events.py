"""`ecs-local events`: the events of the bus, as they were or as they come."""

import argparse
import json
import time
from collections.abc import Iterator
from typing import Any, Final

from emulator.cli import option_values, options, screen
from emulator.eventbridge.router import subject_of
from emulator.patterns import EventPattern, parse_pattern
from emulator.state.json_lines import follow_lines, read_lines

POLL_SECONDS: Final = 0.25


def configure(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.epilog = (
        "examples:\n"
        "  ecs-local events -n 5 --format json\n"
        '  ecs-local events -f --pattern \'{"detail": {"lastStatus": ["STOPPED"]}}\'\n\n'
        "JSON is one AWS event a line. The newest are kept: 10 to 20 MB of them."
    )
    parser.add_argument("-f", "--follow", action="store_true", help="go on as events come")
    parser.add_argument(
        "--pattern", metavar="JSON|@FILE", help="only events that an event pattern matches"
    )
    parser.add_argument(
        "--since", type=option_values.since, metavar="INSTANT|DURATION", help="events since then"
    )
    parser.add_argument(
        "-n", type=option_values.positive, default=20, help="how many, the newest (default: 20)"
    )
    options.add_format(parser)
    options.add_state(parser)
    parser.set_defaults(execute=execute)


def execute(arguments: argparse.Namespace) -> int:
    """Print events."""
    path = options.emulator_of(arguments).state.events
    show = _as_json if arguments.format == "json" else _as_text
    pattern = None
    if arguments.pattern is not None:
        pattern = parse_pattern(option_values.json_argument(arguments.pattern, "--pattern")[0])
    since = None if arguments.since is None else arguments.since.strftime("%Y-%m-%dT%H:%M:%SZ")
    # Opened first: what comes while the others are read is read twice, and nothing is passed over.
    coming = follow_lines(path, _wait) if arguments.follow else None
    chosen = [event for event in _events(read_lines(path), pattern) if _later(event, since)]
    for event in chosen[-arguments.n :]:
        screen.say(show(event))
    if coming is not None:
        known = {event.get("id") for event in chosen}
        for event in _events(coming, pattern):
            if event.get("id") not in known:
                screen.say(show(event))
    elif not chosen and arguments.format == "text":
        screen.say("no events")
    return 0


def _wait() -> None:
    time.sleep(POLL_SECONDS)


def _events(lines: Iterator[str], pattern: EventPattern | None) -> Iterator[dict[str, Any]]:
    """Yield the events of lines; what is none, as after a broken disk, is left out."""
    for line in lines:
        try:
            event = json.loads(line)
        except ValueError:
            continue
        if isinstance(event, dict) and (pattern is None or pattern.matches(event)):
            yield event


def _later(event: dict[str, Any], since: str | None) -> bool:
    return since is None or str(event.get("time", "")) >= since


def _as_json(event: dict[str, Any]) -> str:
    return json.dumps(event, ensure_ascii=False)


def _as_text(event: dict[str, Any]) -> str:
    detail = event.get("detail", {})
    parts = [str(event.get("time", "-")), subject_of(event)]
    if isinstance(detail, dict):
        codes = [
            f"{c.get('name')} {c['exitCode']}"
            for c in detail.get("containers", ())
            if isinstance(c, dict) and "exitCode" in c
        ]
        if codes:
            parts.append(f"(exit codes: {', '.join(codes)})")
        if detail.get("stoppedReason"):
            parts.append(str(detail["stoppedReason"]))
    return screen.printable(" ".join(" ".join(parts).split()))
