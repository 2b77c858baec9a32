"""What a scheduler notes of itself: who it is, which rules it fires, and that it is alive.

A scheduler that ends takes its note away. One that is found when nobody holds the lock is of a
scheduler that was killed, and says from when on nothing was looked at.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from emulator.clock import iso_instant


@dataclass(frozen=True, kw_only=True, slots=True)
class SchedulerNote:
    """`rules` are the rules it fires with what their schedules are made of."""

    owner: str
    since: datetime
    detached: bool = False
    rules: Mapping[str, str]


class SchedulerNotes:
    """The note of one state directory, and its sign of life; both are small files."""

    def __init__(self, directory: Path) -> None:
        self._note = directory / "scheduler.json"
        self._alive = directory / "scheduler.alive"

    def write(self, note: SchedulerNote) -> None:
        """Write the note anew; a reader sees the old one or this. Raises OSError."""
        document = {
            "owner": note.owner,
            "since": iso_instant(note.since),
            "detached": note.detached,
            "rules": dict(note.rules),
        }
        _replace(self._note, json.dumps(document, ensure_ascii=False))

    def beat(self, now: datetime) -> None:
        """Note that the scheduler has looked at the clock. Raises OSError."""
        _replace(self._alive, iso_instant(now))

    def read(self) -> SchedulerNote | None:
        """Return the note; None where there is none that can be read."""
        try:
            document = json.loads(self._note.read_text("utf-8"))
            return SchedulerNote(
                owner=document["owner"],
                since=datetime.fromisoformat(document["since"]),
                detached=bool(document["detached"]),
                rules=document["rules"],
            )
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def last_beat(self) -> datetime | None:
        """Return when the scheduler was last alive; None where nobody can tell."""
        try:
            return datetime.fromisoformat(self._alive.read_text("utf-8"))
        except (OSError, ValueError):
            return None

    def remove(self) -> None:
        """Take note and sign of life away."""
        for path in (self._alive, self._note):
            with suppress(OSError):
                path.unlink()


def _replace(path: Path, text: str) -> None:
    """Write a file anew; whoever reads it, and be it after a kill, sees the old one or this."""
    new = path.with_name(f"{path.name}.new")
    new.write_text(text, "utf-8")
    new.replace(path)
