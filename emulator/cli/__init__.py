"""The command line: finds the command, and turns errors into one message and an exit code.

Start-up is what the user waits for: a command's module is imported only when it is called.
"""

import os
import sys
from collections.abc import Sequence
from typing import Final

from emulator.cli.commands import COMMANDS, build_parser, suggest

INTERRUPTED: Final = 130
BROKEN_PIPE: Final = 141
"""What a shell reports for a program whose reader went away (128 + SIGPIPE)."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command line and return its exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        return _main(words)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Python would complain again when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return BROKEN_PIPE


def _main(words: list[str]) -> int:
    from emulator.errors import EcsLocalError

    command = next((word for word in words if not word.startswith("-")), None)
    if command is not None and command not in COMMANDS:
        print(f"ecs-local: error: no command {command!r}{suggest(command)}", file=sys.stderr)
        return 2
    try:
        arguments = build_parser(command).parse_args(words)
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
