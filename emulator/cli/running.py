"""What commands that run tasks share: watch them to their end, and exit as they did."""

import argparse
import json
from collections.abc import Callable, Mapping, Sequence

from emulator.app.emulator import Emulator
from emulator.cli import screen
from emulator.cli.live_view import LiveView
from emulator.cli.report import Collector, failure
from emulator.cli.signals import draining
from emulator.events import EventBus, InvocationFailed
from emulator.model.task import NOTHING_IS_RUN, Task


def run_and_exit(
    emulator: Emulator,
    arguments: argparse.Namespace,
    run: Callable[[EventBus], Sequence[Task]],
    *,
    answer: Mapping[str, object] | None = None,
) -> int:
    """Run tasks under a live view and return the exit code.

    With JSON only the tasks' DescribeTasks entries go to stdout, once they are over, and what
    could not be started, behind what else there is to `answer`.
    """
    say_if_fake(emulator)
    bus = EventBus()
    reports = Collector.on(bus, arguments.reports)
    refused: list[InvocationFailed] = []
    bus.subscribe(InvocationFailed, refused.append)
    as_json = arguments.format == "json"
    view = LiveView(bus, emulator.definitions, emulator.logs, quiet=as_json)
    with draining(emulator.interrupt):
        tasks = run(bus)
    reports.write(emulator.definitions, emulator.logs)
    if as_json:
        from emulator.model.describe import describe_task

        described = [describe_task(task) for task in tasks]
        failures = list(map(failure, refused))
        document = {**(answer or {}), "tasks": described, "failures": failures}
        screen.say(json.dumps(document, ensure_ascii=False, indent=2))
    return exit_code(
        tasks,
        refused=len(refused),
        interrupted=emulator.interrupted,
        incomplete=emulator.incomplete or view.incomplete,
    )


def say_if_fake(emulator: Emulator) -> None:
    """Say where the fake engine was chosen that nothing is really run."""
    if emulator.settings.engine == "fake":
        screen.note(NOTHING_IS_RUN)


def exit_code(
    tasks: Sequence[Task], *, refused: int, interrupted: bool, incomplete: bool = False
) -> int:
    """Return the exit code of a command that ran tasks, as `docker run` has it for one (pure).

    `incomplete`: logs, history or what was shown are not whole, so that it is not well whatever
    the tasks say.
    """
    from emulator.cli import INTERRUPTED

    if interrupted:
        return INTERRUPTED
    if len(tasks) == 1 and not refused:
        return tasks[0].exit_code or int(incomplete)
    if not tasks and refused:
        return 125
    well = not refused and not incomplete and all(task.succeeded for task in tasks)
    return 0 if well else 1
