"""`ecs-local down`: remove the containers and volumes that are left."""

import argparse

from emulator.cli import options, screen


def configure(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.epilog = (
        "example:\n  ecs-local down\n\n"
        "Removes what belongs to the state directory and no living process. Logs and history stay."
    )
    options.add_state(parser)
    parser.set_defaults(execute=execute)


def execute(arguments: argparse.Namespace) -> int:
    """Remove what is left."""
    emulator = options.emulator_of(arguments)
    removed = emulator.remove_leftovers(screen.warning_bus())
    screen.say(
        f"removed: {removed.containers} containers, {removed.volumes} volumes; "
        f"{removed.tasks} tasks recorded as stopped"
    )
    return 0
