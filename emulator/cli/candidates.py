"""What a word of a command line can become, for a shell that completes it."""

import argparse
import os
import re
import shlex
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from emulator.app.emulator import Emulator
from emulator.cli import options
from emulator.cli.commands import COMMANDS, configure

RECENT: Final = 100
"""Tasks, the newest, among which one is looked for."""

_HARMLESS: Final = re.compile(r"[\w./:@%+=,#-]+", re.ASCII)
"""What a shell takes as it stands. A state directory may be a stranger's: bash would run a name."""

_BY_SCHEDULE: Final = frozenset({"invoke", "next", "run", "simulate"})
"""Commands to which a rule with an event pattern is of no use."""

Names = Callable[[Emulator, str], Iterable[str | None]]
"""The names of a kind that there are, for a command."""


def candidates(words: Sequence[str], world: argparse.Namespace) -> list[str]:
    """Return what the last word can become; the others stand before it, behind `ecs-local`.

    Nothing where a file is meant, or anything at all. `world` has the engine and the clock of
    `main`. Of definitions with errors it is what could be read. Raises `EcsLocalError` where names
    of the history are asked for, and it cannot be read.
    """
    # bash makes three words of `--missed=once`.
    before = [_meant(word) for word in words[:-1] if word != "="]
    begun = "" if words[-1] == "=" and before else words[-1]
    if not before:
        found: Iterable[str] = (*COMMANDS, "--help", "--version")
    elif before[0] not in COMMANDS:
        found = ()
    else:
        found = _words_of_a_command(before[0], before[1:], begun, world)
    return sorted({w for w in found if w.startswith(begun) and _HARMLESS.fullmatch(w)})


def _meant(word: str) -> str:
    """Return what a word comes to, which some shells hand on as it was typed: quoted, with `~`."""
    try:
        parts = shlex.split(word)
    except ValueError:  # A quotation mark alone, as in a message.
        return word
    if len(parts) != 1:
        return word
    return os.path.expanduser(parts[0])  # noqa: PTH111 - never raises


def _words_of_a_command(
    command: str, before: Sequence[str], begun: str, world: argparse.Namespace
) -> Iterable[str]:
    parser = argparse.ArgumentParser(allow_abbrev=False)
    configure(parser, command)
    by_flag = {flag: action for action in parser._actions for flag in action.option_strings}
    flag, equals, _ = begun.partition("=")
    if equals and flag in by_flag:
        values = _values(by_flag[flag], command, by_flag, before, world)
        return (f"{flag}={value}" for value in values)
    option = by_flag.get(before[-1]) if before else None
    if option is not None and option.nargs != 0:
        return _values(option, command, by_flag, before, world)
    if begun.startswith("-"):
        return by_flag
    positional = [action for action in parser._actions if not action.option_strings]
    return [
        value for action in positional for value in _values(action, command, by_flag, before, world)
    ]


def _values(
    action: argparse.Action,
    command: str,
    by_flag: dict[str, argparse.Action],
    before: Sequence[str],
    world: argparse.Namespace,
) -> Iterable[str]:
    """Return what an option or argument can be: its choices, or names of what its help says."""
    if action.choices is not None:
        return map(str, action.choices)
    kinds = [kind for kind in str(action.metavar).split("|") if kind in _NAMES]
    if not kinds:
        return ()
    emulator = _emulator("--file" in by_flag, before, world)
    named = (name for kind in kinds for name in _NAMES[kind](emulator, command))
    return [name for name in named if name is not None]


def _emulator(reads_files: bool, before: Sequence[str], world: argparse.Namespace) -> Emulator:
    """Return the emulator that the words so far mean: which definitions, which state directory."""
    parser = argparse.ArgumentParser(allow_abbrev=False, add_help=False)
    if reads_files:
        options.add_definitions(parser)
    options.add_state(parser)
    known = argparse.Namespace(engine=world.engine, clock=world.clock)
    return options.emulator_of(parser.parse_known_args(list(before), known)[0])


def _rules(emulator: Emulator, command: str) -> Iterable[str | None]:
    if command == "logs":  # It asks what ran, and reads no definitions.
        return (record.rule for record in emulator.history.tasks(limit=RECENT))
    if command in _BY_SCHEDULE:
        return (rule.name for rule in emulator.loaded.definitions.rules)
    return emulator.loaded.definitions.rule_names


def _tasks(emulator: Emulator, command: str) -> Iterable[str]:
    stoppable = command == "stop"
    records = emulator.history.unfinished() if stoppable else emulator.history.tasks(limit=RECENT)
    return (record.task_id for record in records)


_NAMES: Final[dict[str, Names]] = {
    "RULE": _rules,
    "TASK": _tasks,
    "FAMILY": lambda emulator, _: emulator.loaded.definitions.task_definitions,
    "GROUP": lambda emulator, _: (group.name for group in emulator.logs.groups()),
}
"""By what stands for a name in the help of a command."""
