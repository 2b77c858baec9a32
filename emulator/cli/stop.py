"""`ecs-local stop`: StopTask, from any terminal."""

import argparse
import time

from emulator.cli import options, screen
from emulator.cli.complaints import report_error
from emulator.ecs.outcome import STOPPED_BY_USER
from emulator.errors import EcsLocalError, UsageError, all_of


def configure(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.epilog = "example:\n  ecs-local stop 1a2b3c4d --reason 'takes too long'"
    parser.add_argument("tasks", metavar="TASK", nargs="+", help="task id, its beginning, or ARN")
    parser.add_argument(
        "--reason", default=STOPPED_BY_USER, metavar="TEXT", help="recorded as stoppedReason"
    )
    parser.add_argument("--no-wait", action="store_true", help="do not wait until it is stopped")
    options.add_state(parser)
    parser.set_defaults(execute=execute)


def execute(arguments: argparse.Namespace) -> int:
    """Stop tasks, and wait until they are."""
    refused: list[UsageError] = []
    try:
        _stop_each(arguments, refused)
    except EcsLocalError:
        # What ends the command must not keep back what was refused before it.
        if refused:
            report_error(all_of(refused))
        raise
    if refused:
        raise all_of(refused)
    return 0


def _stop_each(arguments: argparse.Namespace, refused: list[UsageError]) -> None:
    """Stop tasks; `refused` gets why one cannot be."""
    from emulator.app.other_processes import await_stop, stop

    emulator = options.emulator_of(arguments)
    bus = screen.warning_bus()
    ids = []
    for text in arguments.tasks:
        try:
            ids.append(stop(emulator, text, arguments.reason, bus))
        except UsageError as error:
            # As of a task that ended while others were looked for: those are stopped all the same.
            refused.append(error)
    for task_id in ids:
        if arguments.no_wait:
            screen.say(f"{task_id} asked to stop")
            continue
        record = await_stop(emulator, task_id, arguments.reason, bus, wait=lambda: time.sleep(0.2))
        code = "" if record.exit_code is None else f", exit code {record.exit_code}"
        screen.say(f"{task_id} stopped{code}")
