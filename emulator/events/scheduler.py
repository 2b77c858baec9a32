"""What the scheduler itself has to say."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from emulator.errors import Problem


class SchedulerBegan(NamedTuple):
    """A scheduler holds its state directory, and knows when each rule that fires is due next."""

    next_due: Mapping[str, datetime | None]


class DefinitionsReloaded(NamedTuple):
    """Other definitions hold from now on: names of the rules that were added, removed, changed."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]


class DefinitionsRefused(NamedTuple):
    """The definition files have changed and cannot be used; what held before still does."""

    problems: tuple[Problem, ...]


class Warned(NamedTuple):
    """Something its reader should know, and that is part of no other event.

    `task_id` is that of the task whose end it explains, in words that AWS's reason has not.
    """

    message: str
    task_id: str | None = None


class Progressed(NamedTuple):
    """A step of long work such as a pull: for a person who waits, not for the record."""

    message: str


Event = SchedulerBegan | DefinitionsReloaded | DefinitionsRefused | Warned | Progressed
