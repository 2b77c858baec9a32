"""`ecs-local doctor`: can this machine run tasks?"""

import argparse
import json
from typing import Final

from emulator.cli import options, screen

_MARKS: Final = {True: ("ok", screen.GREEN), None: ("!", screen.YELLOW), False: ("x", screen.RED)}


def configure(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.epilog = (
        "example:\n  ecs-local doctor\n\n"
        "The exit code is 3 without a container engine, 2 when something else is in the way."
    )
    options.add_format(parser)
    options.add_definitions(parser)
    options.add_state(parser)
    parser.set_defaults(execute=execute)


def execute(arguments: argparse.Namespace) -> int:
    """Examine the machine."""
    from emulator.app.doctor import examine

    emulator = options.emulator_of(arguments)
    checks = []
    for check in examine(emulator):
        checks.append(check)
        if arguments.format == "text":
            mark, colour = _MARKS[check.ok]
            detail = screen.printable(check.detail)
            screen.say(f"{screen.paint(f'{mark:<2}', colour)}  {check.name:<15}  {detail}")
            if check.advice:
                screen.say(f"      {'':<13}  -> {screen.printable(check.advice)}")
    if arguments.format == "json":
        document = [
            {"name": c.name, "ok": c.ok, "detail": c.detail, "advice": c.advice} for c in checks
        ]
        screen.say(json.dumps(document, ensure_ascii=False, indent=2))
    failed = [check.name for check in checks if check.ok is False]
    if "engine" in failed:
        return 3
    return 2 if failed else 0
