"""The command line: finds the command, and turns errors into one message and an exit code.

Start-up is what the user waits for: a command's module is imported only when it is called.
"""

import argparse
import io
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from emulator.cli.commands import COMMANDS, build_parser, suggest

if TYPE_CHECKING:
    from emulator.app.live import EngineFactory
    from emulator.clock import Clock

INTERRUPTED: Final = 130
BROKEN_PIPE: Final = 141
"""What a shell reports for a program whose reader went away (128 + SIGPIPE)."""


def main(
    argv: Sequence[str] | None = None,
    *,
    engine: "EngineFactory | None" = None,
    clock: "Clock | None" = None,
) -> int:
    """Run a command line and return its exit code.

    `engine` and `clock` are the world it works in; None: Docker, and this machine's clock.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A terminal that knows no Japanese, or a file name that is no UTF-8, is no error.
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        return _main(words, argparse.Namespace(engine=engine, clock=clock))
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Python would complain again when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return BROKEN_PIPE


def _main(words: list[str], world: argparse.Namespace) -> int:
    from emulator.errors import EcsLocalError

    command = next((word for word in words if not word.startswith("-")), None)
    if command is not None and command not in COMMANDS:
        print(f"ecs-local: error: no command {command!r}{suggest(command)}", file=sys.stderr)
        return 2
    try:
        arguments = build_parser(command).parse_args(words, world)
        if command is None:
            build_parser(None).print_help()
            return 0
        code: int = arguments.execute(arguments)
        return code
    except EcsLocalError as error:
        from emulator.cli.screen import report_error

        return report_error(error)
    except SystemExit as exit_:
        # argparse has said what it had to say.
        return exit_.code if isinstance(exit_.code, int) else 2


def script() -> None:
    """Run the command line of this process and leave it: the `ecs-local` script."""
    sys.exit(main())
