"""One container's output on its way to the log: split, assembled, and buffered as `mode` says.

Blocking: whoever feeds waits until the events are taken, and with it the container, so memory is
bounded and nothing is lost. Non-blocking: a buffer of bounded size in between, and what does not
fit is dropped and counted, as Docker's ring buffer does.
"""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from emulator.logs.assembly import Events, LineEvents, Matches, MultilineEvents
from emulator.logs.lines import Lines, LineSplitter
from emulator.logs.ring import Dropped, Ring
from emulator.model.log_position import START, LogPosition, OutputStream

Emit = Callable[[Events], None]


class LogRules(NamedTuple):
    """How a container's output becomes events.

    `matches` None: each line is one. `buffer_bytes` None: blocking. `expiry`: how long a joined
    event waits for more.
    """

    matches: Matches | None = None
    buffer_bytes: int | None = None
    expiry: timedelta = timedelta(seconds=5)


class Pipeline:
    """Takes bytes as they come and emits events. One thread feeds; `tick` comes from any.

    `emit` is called by one thread at a time. `position` is where the output goes on that is fed.
    """

    def __init__(self, rules: LogRules, emit: Emit, *, position: LogPosition = START) -> None:
        self.rules = rules
        self._emit = emit
        self._lock = threading.Lock()
        self._splitters: dict[OutputStream, LineSplitter] = {
            "stdout": LineSplitter("stdout", position.stdout),
            "stderr": LineSplitter("stderr", position.stderr),
        }
        self._assembly = (
            LineEvents(position)
            if rules.matches is None
            else MultilineEvents(position, rules.matches)
        )
        self._ring = None if rules.buffer_bytes is None else Ring(rules.buffer_bytes, self._take)

    @property
    def position(self) -> LogPosition:
        """How far the output has been fed."""
        return LogPosition(self._splitters["stdout"].place, self._splitters["stderr"].place)

    @property
    def waiting(self) -> bool:
        """Whether a joined event waits for more lines."""
        return self._assembly.waiting

    @property
    def dropped(self) -> Dropped:
        """What a full buffer has cost so far."""
        return Dropped() if self._ring is None else self._ring.dropped

    def feed(self, stream: OutputStream, data: bytes, at: datetime) -> None:
        """Take bytes that were read at an instant."""
        for lines in self._splitters[stream].feed(data, at):
            self._hand_on(lines)

    def tick(self, now: datetime) -> None:
        """Emit a joined event that has waited long enough."""
        with self._lock:
            for events in self._assembly.tick(now, self.rules.expiry):
                self._emit(events)

    def finish(self, at: datetime) -> None:
        """Emit all that is left: the output is over, at least for this life of the container."""
        for splitter in self._splitters.values():
            for lines in splitter.finish(at):
                self._hand_on(lines)
        if self._ring is not None:
            self._ring.drain()
        with self._lock:
            for events in self._assembly.finish():
                self._emit(events)

    def _hand_on(self, lines: Lines) -> None:
        if self._ring is None:
            self._take(lines)
        else:
            self._ring.put(lines)

    def _take(self, lines: Lines) -> None:
        with self._lock:
            for events in self._assembly.add(lines):
                self._emit(events)
