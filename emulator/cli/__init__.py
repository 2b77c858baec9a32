"""The command line: finds the command, and turns errors into one message and an exit code.

Start-up is what the user waits for: a command's module is imported only when it is called, and
neither `typing` nor `dataclasses` before that, which take as long as Python's own start.
"""

import argparse
import atexit
import contextlib
import gc
import io
import os
import sys
from collections.abc import Sequence

from emulator.cli.commands import COMMANDS, build_parser, refusal, suggest, way_out

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn, TextIO

    from emulator.app.live import EngineFactory
    from emulator.clock import Clock
    from emulator.errors import UsageError

INTERRUPTED = 130
BROKEN_PIPE = 141
"""What a shell reports for a program whose reader went away (128 + SIGPIPE)."""

GARBAGE_THRESHOLD = 100_000
"""New objects between two collections of the youngest generation: more than a thousand rules make
that are due in one second, which a collection would hold up."""

SWITCH_SECONDS = 0.0005
"""How long a thread may keep the others waiting; Python's own is ten times as long."""


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
        return _written(_main(words, argparse.Namespace(engine=engine, clock=clock)))
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        from emulator.cli.screen import abandon

        abandon(sys.stdout)
        return BROKEN_PIPE


def _written(code: int) -> int:
    """Return an exit code once the whole answer has been taken, or that of a failure to write it.

    `screen.say` has told why it could not write; here remains what it did not flush.
    """
    if sys.stdout is None:
        return code
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        from emulator.cli.complaints import report_error
        from emulator.cli.screen import abandon, unwritten

        abandon(sys.stdout)
        return code or report_error(unwritten(error))
    return code


def _main(words: list[str], world: argparse.Namespace) -> int:
    command = next((word for word in words if not word.startswith("-")), None)
    if command is not None and command not in COMMANDS:
        with contextlib.suppress(OSError):  # There is no other place to say so.
            hint = suggest(command, words)
            print(f"ecs-local: error: no command {command!r}{hint}", file=sys.stderr)
        return 2
    try:
        arguments, unknown = build_parser(command).parse_known_args(words, world)
        if unknown:
            # The command's own parser says so, which knows what there is.
            refused = refusal(unknown[0], command, words)
            arguments.parser.refuse(refused, way_out(unknown[0], arguments.parser))
        if command is None:
            build_parser(None).print_help()
            return 0
    except SystemExit as exit_:
        # argparse has said what it had to say.
        return exit_.code if isinstance(exit_.code, int) else 2
    if not hasattr(arguments, "log_format"):
        return _execute(arguments)
    from emulator.cli.program_log import logging_as

    with logging_as(arguments):
        return _execute(arguments)


def _execute(arguments: argparse.Namespace) -> int:
    try:
        code: int = arguments.execute(arguments)
        return code
    except SystemExit as exit_:
        return exit_.code if isinstance(exit_.code, int) else 2
    except Exception as error:
        from emulator.cli.complaints import report_error
        from emulator.errors import EcsLocalError

        if isinstance(error, PermissionError | NotADirectoryError) and error.filename is not None:
            error = _unreadable(error)
        if not isinstance(error, EcsLocalError):
            raise
        return report_error(error)


def _unreadable(error: OSError) -> "UsageError":
    """Return what to say of a file that cannot be read, wherever it was met."""
    from emulator.errors import UsageError

    forbidden = isinstance(error, PermissionError)
    first = (
        "it may be of a run as another user: take it over (chown)" if forbidden else "move it away"
    )
    hint = f"{first}, or choose another --state-dir"
    return UsageError(f"{error.filename}: {error.strerror}", hint=hint)


def tune_process() -> None:
    """Set what concerns the whole process: for whoever owns it, not for a library's user."""
    # Imports make many objects and no garbage: looking for some every 700 of them is in vain.
    gc.set_threshold(GARBAGE_THRESHOLD, 10, 10)
    # The thread that fires rules must not wait long for those that start tasks.
    sys.setswitchinterval(SWITCH_SECONDS)


def settle_process() -> None:
    """Let no search for garbage go through what there is now: it stays as long as the process.

    With thousands of rules one takes a third of a second, and may come in the second they are due.
    """
    gc.collect()
    gc.freeze()


def open_streams() -> None:
    """Have all three standard streams, which whoever started this process may have closed.

    The next file that is opened would get the number of one, and then what others print to it.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            # It gets the lowest number that is free: the one that is missing.
            descriptor = os.open(os.devnull, os.O_RDWR)
            os.set_inheritable(descriptor, True)
            setattr(sys, name, os.fdopen(descriptor, mode))


def script() -> None:
    """Run the command line of this process and leave it: the `ecs-local` script."""
    open_streams()
    tune_process()
    leave(main())


def leave(code: int) -> "NoReturn":
    """End this process, whose answer is written.

    Python takes all of itself down first, which a user would wait for. Where nothing relies on
    that, the kernel does it at once.
    """
    _let_go_of(sys.stdout)
    _let_go_of(sys.stderr)
    if _wants_an_orderly_end():
        # There is no point in looking for garbage once more, though.
        gc.freeze()
        sys.exit(code)
    os._exit(code)


def _let_go_of(stream: "TextIO | None") -> None:
    """Flush a stream for the last time; what it has no room for has been told, or cannot be.

    Python would exit with a code of its own for it.
    """
    if stream is None:
        return
    try:
        stream.flush()
    except OSError:
        from emulator.cli.screen import abandon

        abandon(stream)


def _wants_an_orderly_end() -> bool:
    """Return whether there are exit handlers, threads, or databases that tidy up when closed."""
    threading = sys.modules.get("threading")
    return (
        atexit._ncallbacks() > 0
        or (threading is not None and threading.active_count() > 1)
        or "sqlite3" in sys.modules
    )
