"""`ecs-local status`: is a scheduler at work here, and how does it do?"""

import argparse
import json
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from emulator.app.emulator import Emulator
from emulator.app.status import Status, status_of
from emulator.cli import options, screen
from emulator.cli.task_wording import FORSAKEN, duration, is_forsaken
from emulator.clock import iso_instant
from emulator.quantity import counted
from emulator.state.records import TaskRecord

_SHOWN: Final = 10
"""Rules and running tasks that are named; of more it is said how many."""

_KINDS: Final = {
    "turn": ("firing", "firings"),
    "make-up": ("missed firing", "missed firings"),
    "invocation": ("retry of RunTask", "retries of RunTask"),
    "attempt": ("further attempt", "further attempts"),
    "notification": ("notification", "notifications"),
}
"""What may wait, by the words of a status: as people call one of it, and many."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.epilog = (
        "examples:\n"
        "  ecs-local status\n"
        "  ecs-local status -q || echo nobody fires the rules\n\n"
        "The exit code is 0 when a scheduler is at work and looks at the clock, else 1."
    )
    parser.add_argument("-q", "--quiet", action="store_true", help="print nothing")
    options.add_format(parser)
    options.add_state(parser)
    parser.set_defaults(execute=execute)


def execute(arguments: argparse.Namespace) -> int:
    """Tell how the scheduler does."""
    emulator = options.emulator_of(arguments)
    status = status_of(emulator)
    if arguments.format == "json" and not arguments.quiet:
        screen.say(json.dumps(_document(status), ensure_ascii=False, indent=2))
    elif not arguments.quiet:
        screen.say("\n".join(_lines(emulator, status)))
    return 0 if status.healthy else 1


def _lines(emulator: Emulator, status: Status) -> list[str]:
    now = emulator.now()
    lines = [f"scheduler  {_scheduler(status, now)}"]
    if status.rules:
        rules = ", ".join(status.rules[:_SHOWN]) + _more(status.rules)
        lines.append(f"rules      {len(status.rules)}: {rules}")
    running = [_running(record, now) for record in status.running[:_SHOWN]] or ["no task"]
    running[-1] += _more(status.running)
    lines += [f"{'' if number else 'running':9}  {text}" for number, text in enumerate(running)]
    if status.waiting:
        lines.append(f"waiting    {_waiting(status.waiting)}")
    lines.append(f"last day   {_counts(status.last_day)}")
    return [screen.printable(line) for line in lines]


def _more(listed: Sequence[object]) -> str:
    rest = len(listed) - _SHOWN
    return f" and {rest} more" if rest > 0 else ""


def _running(record: TaskRecord, now: datetime) -> str:
    doubt = f" ({FORSAKEN})" if is_forsaken(record) else ""
    task = f"{record.rule or record.family} task {record.task_id[:8]} {record.last_status}"
    return f"{task} {duration(record.started_at, now)}{doubt}"


def _scheduler(status: Status, now: datetime) -> str:
    if status.scheduler is None:
        if status.killed_at is not None:
            return f"none; the last one was killed at {screen.utc_time(status.killed_at)}"
        return "none"
    parts = [f"at work: {status.scheduler}"]
    if status.since is not None:
        parts.append(f"since {screen.utc_time(status.since)}")
    if status.detached:
        parts.append("detached")
    if status.seen_at is not None and not status.healthy:
        parts.append(f"but has not looked at the clock for {duration(status.seen_at, now)}")
    return ", ".join(parts)


def _waiting(counts: Counter[str]) -> str:
    return ", ".join(
        counted(counts[kind], *names) for kind, names in _KINDS.items() if counts[kind]
    )


def _counts(counts: Counter[str]) -> str:
    outcomes = ("succeeded", "failed", "stopped", "missed", "skipped")
    words = [f"{counts[word]} {word}" for word in outcomes if counts[word]]
    return ", ".join(words) or "nothing has ended"


def _document(status: Status) -> dict[str, Any]:
    return {
        "scheduler": status.scheduler,
        "healthy": status.healthy,
        "detached": status.detached,
        "since": None if status.since is None else iso_instant(status.since),
        "seenAt": None if status.seen_at is None else iso_instant(status.seen_at),
        "killedAt": None if status.killed_at is None else iso_instant(status.killed_at),
        "rules": list(status.rules),
        "running": [record.document["taskArn"] for record in status.running],
        "waiting": dict(status.waiting),
        "lastDay": dict(status.last_day),
    }
