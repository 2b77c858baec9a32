"""The directory of a simulation, and the file in it that says which one it is, and how far."""

import json
import shutil
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

from emulator.app.upkeep import refuse_while_at_work
from emulator.clock import iso_instant
from emulator.errors import StateDirectoryError, UsageError
from emulator.state.directory import StateDirectory
from emulator.state.pruning import Pruned
from emulator.state.simulation_mark import MARK, instant_of, unreadable
from emulator.whole_files import put_in_place

RUNNING: Final = "running"
"""What stands there of a simulation that goes on, or was killed."""

Due = tuple[str, datetime]
"""A rule and an instant at which it was due."""


class Period(NamedTuple):
    """The period of a simulation, `start` inclusive and `end` exclusive, and its seed."""

    start: datetime
    end: datetime
    seed: int | None


class SimulationPlace:
    """Where a simulation of a period is kept. For one thread, but `pruned`."""

    def __init__(self, path: Path, period: Period) -> None:
        self._path = path
        self._period = period
        self.outcome: str | None = None
        """What its earlier part came to; None: there is none."""
        self.again: frozenset[Due] = frozenset()
        """What is to fire again: it has fired, and did not come to its end."""
        self.rules: frozenset[str] = frozenset()
        """Which rules fire in it by their schedules, in any part."""
        self.part_from = 0
        """After which row of its history the present part begins, or the last one began."""
        self.pruned_at = period.start
        """Up to when (exclusive) what fired may have left the history."""
        self.gone = 0
        """Tasks that left the history, in earlier parts too."""
        self._gone_before = 0

    @property
    def gone_now(self) -> int:
        """How many tasks left the history in this part."""
        return self.gone - self._gone_before

    def prepare(self, *, resume: bool) -> None:
        """Make it ready to go on with what is there, or to begin anew.

        Raises `UsageError` where there is nothing to resume, or of another period.
        """
        mark = self._read()
        if not resume:
            if mark is not None:
                self._begin_anew()
            return
        if mark is None:
            message = f"no simulation to resume: {self._path}"
            raise UsageError(message, hint="without --resume it begins")
        if not self._is_of_period(mark):
            message = f"{self._path} is of {mark.get('from')} to {mark.get('to')}"
            raise UsageError(message, hint="--from and --to must be those, or --name another")
        self._take_up(mark)

    def pruned(self, gone: Pruned, at: datetime) -> None:
        """Note that the history does not tell all any more of what fired before an instant."""
        self.gone += gone.tasks
        self.pruned_at = max(self.pruned_at, at)
        self._write(RUNNING)

    def begin(self, again: Iterable[Due], part_from: int, rules: Iterable[str] = ()) -> None:
        """Note that a part begins, in which this fires again, and which rules fire in it."""
        self.again, self.part_from = frozenset(again), part_from
        self.rules |= set(rules)
        self._write(RUNNING)

    def end(self, outcome: str, again: Iterable[Due]) -> None:
        """Note how a part came out (interrupted, failed or complete), and what is to fire again."""
        self.again = frozenset(again)
        self._write(outcome)

    def _write(self, outcome: str) -> None:
        document = {
            "from": iso_instant(self._period.start),
            "to": iso_instant(self._period.end),
            "seed": self._period.seed,
            "rules": sorted(self.rules),
            "outcome": outcome,
            "again": [
                {"rule": rule, "scheduledAt": iso_instant(due)} for rule, due in sorted(self.again)
            ],
            "partFrom": self.part_from,
            "prunedAt": iso_instant(self.pruned_at),
            "tasksPruned": self.gone,
        }
        text = json.dumps(document, indent=2, ensure_ascii=False)
        try:
            put_in_place(self._path / MARK, f"{text}\n".encode())
        except OSError as error:
            message = f"{self._path}: cannot be written: {error.strerror}"
            raise StateDirectoryError(message) from error

    def _is_of_period(self, mark: dict[str, Any]) -> bool:
        wanted = (iso_instant(self._period.start), iso_instant(self._period.end))
        return (mark.get("from"), mark.get("to")) == wanted

    def _take_up(self, mark: dict[str, Any]) -> None:
        """Know what an earlier part has noted."""
        try:
            self.outcome = str(mark["outcome"])
            self.again = frozenset(
                (str(each["rule"]), instant_of(each["scheduledAt"])) for each in mark["again"]
            )
            self.rules = frozenset(map(str, mark["rules"]))
            self.part_from = int(mark["partFrom"])
            self.pruned_at = instant_of(mark["prunedAt"])
            self.gone = self._gone_before = int(mark["tasksPruned"])
        except (KeyError, TypeError, ValueError) as error:
            raise unreadable(self._path / MARK, error) from error

    def _read(self) -> dict[str, Any] | None:
        try:
            document = json.loads((self._path / MARK).read_text("utf-8"))
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise unreadable(self._path / MARK, error) from error
        return document if isinstance(document, dict) else {}

    def _begin_anew(self) -> None:
        refuse_while_at_work(StateDirectory(self._path))
        try:
            shutil.rmtree(self._path)
        except OSError as error:
            message = f"{self._path}: an earlier simulation cannot be removed: {error.strerror}"
            raise StateDirectoryError(message) from error
