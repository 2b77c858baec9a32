"""The table of commands, and the parser that reads them.

To add a command: one module beside this with `configure(parser)`, which sets `execute`, and one
line here.
"""

import argparse
import importlib
import os
import sys

from emulator import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import NoReturn

COMMANDS = {
    "run": ("run", "fire the rules by the clock, in the foreground"),
    "invoke": ("invoke", "fire rules now, and exit with the task's code"),
    "put-events": ("put_events", "send events, and run what they start"),
    "run-task": ("run_task", "run a task definition without a rule"),
    "rules": ("rules", "list the rules with their next run"),
    "enable": ("enable", "let rules fire here, whatever the files say"),
    "disable": ("disable", "let rules not fire here"),
    "next": ("next_firings", "list upcoming firings of rules or of an expression"),
    "simulate": ("simulate", "list or execute what fires in a period, on a virtual clock"),
    "config": ("config", "print what the definition files say together"),
    "lint": ("lint", "find what AWS would reject or silently not run"),
    "tasks": ("tasks", "list tasks that ran or are running"),
    "timeline": ("timeline", "draw what ran, on the screen or as a page for a browser"),
    "describe": ("describe", "describe tasks as ECS DescribeTasks does"),
    "logs": ("logs", "print log events of a log group, rule or task"),
    "retry": ("retry", "run a recorded task again, as it was"),
    "events": ("events", "list or follow events of the bus"),
    "stop": ("stop", "stop a running task"),
    "status": ("status", "is a scheduler at work here, and how does it do?"),
    "doctor": ("doctor", "check whether this machine can run tasks"),
    "init": ("init", "write a first project into the working directory"),
    "completion": ("completion", "print what completes command lines in a shell"),
    "down": ("down", "stop a detached scheduler, remove what is left"),
}
"""Command to the module in this package that holds it, and one line for the help."""

CALLED_ELSEWHERE = {
    "check": "lint",
    "help": "--help",
    "history": "tasks",
    "kill": "stop",
    "list": "rules",
    "ls": "rules",
    "ps": "tasks",
    "rerun": "retry",
    "start": "run",
    "up": "run",
    "validate": "lint",
    "version": "--version",
}
"""What other programs call a command, to what it is here: for those who come from them."""

OPTIONS_CALLED_ELSEWHERE = {
    "--config": "--file",
    "--debug": "--log-level debug",
    "--json": "--format json",
    "--once": "--max-firings 1",
    "--output": "--format",
    "--tz": "--timezone",
    "--verbose": "--log-level debug",
    "-o": "--format",
    "-v": "--log-level debug",
}
"""What other programs call an option, to what it is here where a command has it."""

NARROW = 80
"""Columns of a screen of which nothing is known."""

_NO_VALUE = "wants a value behind it, one that does not begin with '-'"
"""What argparse calls "expected one argument", also where `--since -5m` gives one."""

_DESCRIPTION = "Run scheduled ECS tasks locally, from the files you deploy."
_EPILOG = """\
examples:
  ecs-local run                     fire the rules of the working directory
  ecs-local invoke example-batch    run one rule's tasks now
  ecs-local next -n 3               when will they fire?
  ecs-local logs example-batch -f   follow what a rule's tasks write

exit codes: 0 all well, 1 a task failed, 2 usage or definitions, 3 no container engine,
130 interrupted. `ecs-local COMMAND --help` tells more about a command.
"""


class _HelpFormatter(argparse.RawDescriptionHelpFormatter):
    """Keeps examples as they are written, and breaks sentences where the screen ends.

    Finds the width without importing `shutil`.
    """

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=_screen_width() - 2)

    def add_argument(self, action: argparse.Action) -> None:
        """Count the two columns that commands stand further in, which argparse forgets."""
        super().add_argument(action)
        if action.nargs == argparse.PARSER:
            self._action_max_length += 2

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        import textwrap  # As late as argparse itself does.

        return "\n\n".join(
            part
            if part.partition("\n")[0].endswith(":")
            else textwrap.fill(part, width, break_long_words=False, break_on_hyphens=False)
            for part in text.split("\n\n")
        )


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one message, as all of the command line does."""

    def error(self, message: str) -> "NoReturn":
        self.refuse(message.replace("expected one argument", _NO_VALUE), self.help_hint)

    @property
    def help_hint(self) -> str:
        """Where the user finds what there is."""
        return f"see `{self.prog} --help`"

    def refuse(self, message: str, hint: str) -> "NoReturn":
        """Say what is wrong and what to do, and exit."""
        self.exit(2, f"{self.prog}: error: {message}\n  hint: {hint}\n")


def build_parser(command: str | None) -> argparse.ArgumentParser:
    """Return the parser of the whole command line; only `command` brings its own options.

    Parsed arguments carry the parser that knows them as `parser`.
    """
    parser = _Parser(
        prog="ecs-local",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=_HelpFormatter,
        allow_abbrev=False,
    )
    parser.set_defaults(parser=parser)
    parser.add_argument("--version", action="version", version=f"ecs-local {__version__}")
    if command is None:
        commands = parser.add_subparsers(title="commands", metavar="COMMAND")
        for name, (_, summary) in COMMANDS.items():
            commands.add_parser(name, help=summary, add_help=False)
        return parser
    summary = COMMANDS[command][1]
    own = parser.add_subparsers(metavar="COMMAND").add_parser(
        command,
        help=summary,
        description=_sentence(summary),
        formatter_class=_HelpFormatter,
        allow_abbrev=False,
    )
    own.set_defaults(parser=own)
    configure(own, command)
    return parser


def configure(parser: argparse.ArgumentParser, command: str) -> None:
    """Add what a command takes to a parser."""
    importlib.import_module(f"emulator.cli.{COMMANDS[command][0]}").configure(parser)


def _sentence(summary: str) -> str:
    return summary[0].upper() + summary[1:] + ("" if summary.endswith("?") else ".")


def suggest(word: str, words: "Sequence[str]") -> str:
    """Return a hint at the command that a word of a command line may have meant."""
    from difflib import get_close_matches

    if words[0] != word and any(other in COMMANDS for other in words):
        return f"; options stand behind the command: ecs-local COMMAND {words[0]} {word}"
    meant = CALLED_ELSEWHERE.get(word) or next(iter(get_close_matches(word, COMMANDS, n=1)), None)
    return f"; did you mean {meant!r}?" if meant else "; see `ecs-local --help`"


def refusal(word: str, command: str | None, words: "Sequence[str]") -> str:
    """Return what is wrong with a word of a command line that no parser took."""
    if command is not None and word in words[: words.index(command)]:
        return f"{word!r} stands before the command: options come behind it"
    return f"no option or argument {word!r} here"


def way_out(word: str, parser: _Parser) -> str:
    """Return a hint at what a word that a command does not take may have meant."""
    from difflib import get_close_matches

    flags = parser._option_string_actions
    option = word.partition("=")[0]
    if option in flags:  # It stands before the command.
        return parser.help_hint
    elsewhere = OPTIONS_CALLED_ELSEWHERE.get(option, "")
    if elsewhere.partition(" ")[0] in flags:
        return f"did you mean `{elsewhere}`?"
    if word.startswith("-"):
        close = get_close_matches(option, flags, n=1, cutoff=0.75)
        return f"did you mean `{close[0]}`?" if close else parser.help_hint
    if "--file" in flags and os.path.exists(word):  # noqa: PTH110 - never raises
        return "files and directories are named with -f"
    if "--command" in flags:
        return "a command is one word in quotes behind --command"
    return "a rule is named with --rule" if "--rule" in flags else parser.help_hint


def _screen_width() -> int:
    """Return the columns help is laid out for, decided as argparse does."""
    columns = os.environ.get("COLUMNS", "")
    if columns.isdecimal() and int(columns) > 0:
        return int(columns)
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or NARROW
    except (AttributeError, ValueError, OSError):
        return NARROW  # Not a terminal, or no stdout at all.
