"""What to do about a task definition that a rule names and no file has."""

import re
from collections.abc import Sequence
from typing import Final

from emulator.definitions.nodes import did_you_mean, some_of

_PLAIN: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,254}", re.ASCII)
"""Families that a command line may hold as they are."""


def hint_at_family(family: str, named: Sequence[str]) -> str:
    """Return which family of the files may be meant, or how to bring one from elsewhere.

    `aws ecs describe-task-definition` answers with a form that is read beside any other files.
    https://docs.aws.amazon.com/cli/latest/reference/ecs/describe-task-definition.html
    """
    close = did_you_mean(family, tuple(named))
    if close is not None:
        return close
    here = f"families here: {some_of(named)}"
    if "${" in family:
        one = "give the value that is unknown the name of one"
        return f"{here}; {one if named else 'name the file that defines one with -f as well'}"
    if not _PLAIN.fullmatch(family):
        return here
    command = f"aws ecs describe-task-definition --task-definition {family} > {family}.json"
    return f"{here}; one from elsewhere is read from beside these files: {command}"
