"""`ecs-local retry`: a recorded task again, as it was."""

import argparse

from emulator.cli import complaints, options
from emulator.cli.running import run_and_exit


def configure(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.epilog = (
        "example:\n  ecs-local retry 1a2b3c4d\n\n"
        "The definition, the overrides and the due instant are those of the recorded task, also\n"
        "where the files have changed since, which is told. `local:` is as it is now. The exit\n"
        "code is that of `invoke`."
    )
    parser.add_argument("tasks", metavar="TASK", nargs="+", help="task id, its beginning, or ARN")
    options.add_report(parser)
    options.add_format(parser)
    options.add_definitions(parser)
    options.add_state(parser)
    options.add_running(parser)
    parser.set_defaults(execute=execute)


def execute(arguments: argparse.Namespace) -> int:
    """Run tasks again and wait for them."""
    from emulator.app.errands import retry

    emulator = options.emulator_of(arguments)
    complaints.report_warnings(emulator.definitions.problems)
    return run_and_exit(emulator, arguments, lambda bus: retry(emulator, arguments.tasks, bus))
