"""What a scheduler notes of itself: who it is, which rules it fires, and that it is alive.

A scheduler that ends takes its note away. One that is found when nobody holds the lock is of a
scheduler that was killed, and says from when on nothing was looked at.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from emulator.clock import iso_instant
from emulator.values import frozen
from emulator.whole_files import put_in_place

_EARLIEST: Final = 1970


@frozen
class SchedulerNote:
    """`rules` are the rules it fires with what their schedules are made of.

    `joined` says of those that came later than `since` when they did. `heir_of` are the owners
    of schedulers that were killed and whose leftovers it has not seen to yet, `heir_since` when
    the first of them began.
    """

    owner: str
    since: datetime
    detached: bool = False
    rules: Mapping[str, str]
    joined: Mapping[str, datetime] = field(default_factory=dict)
    heir_of: tuple[str, ...] = ()
    heir_since: datetime | None = None


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
            "joined": {rule: iso_instant(at) for rule, at in note.joined.items()},
            "heirOf": list(note.heir_of),
            "heirSince": None if note.heir_since is None else iso_instant(note.heir_since),
        }
        put_in_place(self._note, json.dumps(document, ensure_ascii=False).encode())

    def beat(self, now: datetime) -> None:
        """Note that the scheduler has looked at the clock. Raises OSError."""
        put_in_place(self._alive, iso_instant(now).encode())

    def read(self) -> SchedulerNote | None:
        """Return the note; None where there is none that can be read."""
        try:
            return _note_of(json.loads(self._note.read_text("utf-8")))
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None

    def last_beat(self) -> datetime | None:
        """Return when the scheduler was last alive; None where nobody can tell."""
        try:
            return _instant(self._alive.read_text("utf-8"))
        except (OSError, ValueError):
            return None

    def remove(self) -> None:
        """Take note and sign of life away."""
        for path in (self._alive, self._note):
            with suppress(OSError):
                path.unlink()


def _note_of(document: dict[str, Any]) -> SchedulerNote:
    since = document.get("heirSince")
    return SchedulerNote(
        owner=str(document["owner"]),
        since=_instant(document["since"]),
        detached=bool(document["detached"]),
        rules=dict(document["rules"]),
        joined={rule: _instant(at) for rule, at in document.get("joined", {}).items()},
        heir_of=tuple(document.get("heirOf", ())),
        heir_since=None if since is None else _instant(since),
    )


def _instant(text: str) -> datetime:
    """Return an instant as it was noted. Raises ValueError, TypeError.

    Without a zone it is none, and cannot be compared; so early nothing lies before it.
    """
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None or instant.year < _EARLIEST:
        message = f"no instant of a scheduler: {text}"
        raise ValueError(message)
    return instant
