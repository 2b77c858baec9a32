"""`ecs-local down`: stop a detached scheduler, and remove containers and volumes left behind."""

import argparse
import os
import signal
import socket
import time
from typing import Final

from emulator.app.emulator import Emulator
from emulator.cli import options, screen
from emulator.quantity import counted
from emulator.state.owner import Owner
from emulator.state.records import TaskRecord

POLL_SECONDS: Final = 0.1


def configure(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.epilog = (
        "example:\n  ecs-local down\n\n"
        "A scheduler of `run --detach` is stopped first, gently: its tasks get SIGTERM and their\n"
        "stop timeout. Then what belongs to the state directory and no living process is removed.\n"
        "A task of a living process, as of `invoke`, is left and named. Logs and history stay."
    )
    options.add_state(parser)
    parser.set_defaults(execute=execute)


def execute(arguments: argparse.Namespace) -> int:
    """Remove what is left."""
    from emulator.app.other_processes import remove_leftovers

    emulator = options.emulator_of(arguments)
    stop_detached(emulator)
    removed = remove_leftovers(emulator, screen.warning_bus())
    containers = counted(removed.containers, "container")
    volumes, tasks = counted(removed.volumes, "volume"), counted(removed.tasks, "task")
    screen.say(f"removed: {containers}, {volumes}; {tasks} recorded as stopped")
    if removed.notifications:
        waiting = counted(removed.notifications, "notification")
        screen.say(f"{waiting} not delivered yet: the next `ecs-local run` tries again")
    for record in emulator.history.unfinished():
        screen.note(_left(record))
    return 0


def _left(record: TaskRecord) -> str:
    """Return what is to be known of a task that a living process runs, and `down` leaves alone."""
    owner = Owner.parse(record.owner)
    process = "another process" if owner is None else f"process {owner.pid} on {owner.host}"
    name, task = record.rule or record.family, record.task_id[:8]
    return screen.printable(
        f"left: {name} task {task} of {process}; `ecs-local stop {task}` stops it"
    )


def stop_detached(emulator: Emulator) -> None:
    """Stop the detached scheduler of a state directory and wait for its end, if there is one."""
    from emulator.state.scheduler_note import SchedulerNotes

    note = SchedulerNotes(emulator.state.path).read()
    owner = None if note is None else Owner.parse(note.owner)
    if note is None or owner is None or not note.detached or emulator.state.scheduler() is None:
        return
    if owner.host != socket.gethostname() or not owner.alive():
        return
    screen.note(f"stopping the scheduler, process {owner.pid}")
    os.kill(owner.pid, signal.SIGTERM)
    while owner.alive():
        time.sleep(POLL_SECONDS)
    screen.say("the scheduler has ended")
