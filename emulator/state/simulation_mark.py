"""The file that marks a state directory as a simulation's, with its period and its rules."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NamedTuple

from emulator.errors import StateDirectoryError

MARK: Final = "simulation.json"


class Simulated(NamedTuple):
    """What was simulated: a period from `start` (inclusive) to `end`, and by which `rules`."""

    start: datetime
    end: datetime
    rules: frozenset[str]


def simulated(directory: Path) -> Simulated | None:
    """Return what the simulation was of that a state directory is of, None where it is of none.

    Raises `StateDirectoryError` where that cannot be read.
    """
    mark = directory / MARK
    try:
        document = json.loads(mark.read_text("utf-8"))
        rules = frozenset(map(str, document["rules"]))
        return Simulated(instant_of(document["from"]), instant_of(document["to"]), rules)
    except FileNotFoundError:
        return None
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise unreadable(mark, error) from error


def unreadable(mark: Path, error: Exception) -> StateDirectoryError:
    """Return the error for a mark that cannot be read, or makes no sense."""
    if isinstance(error, OSError):  # Nothing is known to be wrong with what stands there.
        hint = "let it be read (chown, chmod), or choose another directory"
        return StateDirectoryError(f"{mark}: cannot be read: {error.strerror}", hint=hint)
    what = f"no {error}" if isinstance(error, KeyError) else str(error)
    return StateDirectoryError(f"{mark}: cannot be read: {what}", hint="remove the directory")


def instant_of(text: str) -> datetime:
    """Return an instant that stands in a mark. Raises `TypeError` and `ValueError`."""
    return datetime.fromisoformat(text).astimezone(UTC)
