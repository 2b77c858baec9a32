"""What the scheduler itself has to say."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from emulator.errors import Problem


@dataclass(frozen=True, kw_only=True, slots=True)
class SchedulerBegan:
    """A scheduler holds its state directory, and knows when each rule that fires is due next."""

    next_due: Mapping[str, datetime | None]


@dataclass(frozen=True, kw_only=True, slots=True)
class DefinitionsReloaded:
    """Other definitions hold from now on: names of the rules that were added, removed, changed."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class DefinitionsRefused:
    """The definition files have changed and cannot be used; what held before still does."""

    problems: tuple[Problem, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Warned:
    """Something its reader should know, and that is part of no other event."""

    message: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Progressed:
    """A step of long work such as a pull: for a person who waits, not for the record."""

    message: str
