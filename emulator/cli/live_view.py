"""What a person watches while tasks run: `rule/container | line`, and how each task went."""

import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Final, TypeVar

from emulator.cli import complaints, happenings, screen
from emulator.cli.table import pad, width_of
from emulator.errors import EcsLocalError
from emulator.events import (
    ChainStopped,
    DeadLettered,
    DefinitionsRefused,
    DefinitionsReloaded,
    Event,
    EventBus,
    EventMatched,
    FiringFired,
    FiringMissed,
    FiringOverlapped,
    FiringSkipped,
    InvocationFailed,
    InvocationRetried,
    LogEventsReceived,
    Progressed,
    TargetTold,
    TaskRetryCancelled,
    TaskRetryScheduled,
    TaskStateChanged,
    TaskWaits,
    Warned,
)
from emulator.logs.directory import LogDirectory
from emulator.model.definitions import Definitions
from emulator.model.task import Task

E = TypeVar("E", bound=Event)

_MADE_UP_AGAIN: Final = timedelta(minutes=1)
"""How long after it told of one that was made up for it tells of none of that rule."""


class LiveView:
    """Prints events as they come.

    `quiet`: stdout belongs to an answer, so what containers say is left out, and how tasks went is
    told on stderr. `dated`: times come with their day, for the watcher lives in another. When its
    reader goes away (`| head`) nothing more is shown, and `unread` is called, once; the log is
    written all the same. `incomplete`: it could not show all, for another reason.
    """

    def __init__(
        self,
        bus: EventBus,
        definitions: Definitions,
        logs: LogDirectory,
        *,
        quiet: bool = False,
        dated: bool = False,
        unread: Callable[[], None] = lambda: None,
    ) -> None:
        self.reader_gone = False
        self.incomplete = False
        self._logs = logs
        self._quiet = quiet
        self._dated = dated
        self._unread = unread
        self._lock = threading.Lock()
        self._coloured = screen.colours_wanted(sys.stdout)
        self._terminal = sys.stdout is not None and sys.stdout.isatty()
        self._prefixes: dict[str, str] = {}
        self._begun: set[str] = set()
        self._made_up: dict[str, datetime] = {}
        self._width = _widest_label(definitions)
        bus.subscribe(TaskStateChanged, self._on_task)
        if not quiet:
            bus.subscribe(LogEventsReceived, self._on_output)
        bus.subscribe(DefinitionsRefused, self._on_refused_definitions)
        bus.subscribe(FiringOverlapped, self._on_overlapped)
        bus.subscribe(FiringSkipped, self._on_skipped)
        bus.subscribe(FiringMissed, self._warns(happenings.missed))
        bus.subscribe(InvocationFailed, self._warns(happenings.invocation_failed))
        bus.subscribe(InvocationRetried, self._warns(happenings.invocation_retried))
        bus.subscribe(TaskRetryCancelled, self._warns(happenings.retry_cancelled))
        bus.subscribe(ChainStopped, self._warns(lambda event: f"{event.rule}: {event.reason}"))
        bus.subscribe(Warned, self._warns(lambda event: event.message))
        bus.subscribe(DefinitionsReloaded, self._says(happenings.reloaded))
        bus.subscribe(TaskRetryScheduled, self._says(self._retry_scheduled))
        bus.subscribe(TaskWaits, self._says(happenings.waits))
        bus.subscribe(EventMatched, self._says(happenings.matched))
        bus.subscribe(TargetTold, self._says(happenings.target_told))
        bus.subscribe(DeadLettered, self._notes(happenings.dead_lettered))
        bus.subscribe(Progressed, self._notes(lambda event: event.message))
        if screen.wanted("debug"):
            bus.subscribe(FiringFired, self._on_fired)

    def answer(self, text: str) -> None:
        """Print a part of the answer between what happens."""
        self._show(screen.say, text, sys.stdout)

    def _on_output(self, event: LogEventsReceived) -> None:
        prefix = self._prefix(
            f"{event.task.rule or event.task.task_definition.family}/{event.container.name}"
        )
        messages = event.messages
        if messages[0].endswith(b"\n"):
            # Lines that a pattern joined: each has its newline, also the last.
            messages = [message.removesuffix(b"\n") for message in messages]
        text = b"\n".join(messages).decode("utf-8", "replace")
        if self._terminal:
            text = screen.printable(text)
        elif screen.in_workflow():
            # Lines end there for its reader, and each is to have its prefix.
            text = text.replace("\r\n", "\n").removesuffix("\r").replace("\r", "\n")
        self._show(_write, prefix + text.replace("\n", "\n" + prefix) + "\n", sys.stdout)

    def _on_task(self, event: TaskStateChanged) -> None:
        task = event.task
        if task.stopped:
            self._begun.discard(task.id)
            self._say(happenings.ended(task) + self._where_log_is(task), event)
        elif task.id not in self._begun and any(c.started_at for c in task.containers):
            # RUNNING comes when the last container has started; the first may be over by then.
            self._begun.add(task.id)
            self._say(happenings.started(task, dated=self._dated), event)

    def _retry_scheduled(self, event: TaskRetryScheduled) -> str:
        return happenings.retry_scheduled(event, dated=self._dated)

    def _where_log_is(self, task: Task) -> str:
        try:
            files = " ".join(map(str, self._log_files(task)))
        except OSError as error:
            # As with too many open files: how the task went is told all the same.
            return f" (its log cannot be looked up: {error.strerror})"
        return f", log {files}" if files else ""

    def _log_files(self, task: Task) -> list[Path]:
        paths = [
            self._logs.stream_path(c.log_stream.log_group, c.log_stream.log_stream)
            for c in task.containers
            if c.log_stream is not None and c.started_at is not None
        ]
        return [screen.relative(path) for path in paths]

    def _on_overlapped(self, event: FiringOverlapped) -> None:
        """Tell of an overlap; of those that are made up for, which may be thousands, of one."""
        if happenings.made_up(event):
            told = self._made_up.get(event.rule)
            if told is not None and abs(event.at - told) < _MADE_UP_AGAIN:
                return
            self._made_up[event.rule] = event.at
        self._warn(happenings.overlapped(event), event)

    def _on_skipped(self, event: FiringSkipped) -> None:
        if event.alike is not None:
            self._warn(happenings.skipped(event), event)

    def _on_refused_definitions(self, event: DefinitionsRefused) -> None:
        self._show(lambda _: complaints.report_problems(event.problems), "", sys.stderr)
        text = "the definitions have changed and have errors: what held before still does"
        self._warn(text, event)

    def _warns(self, words: Callable[[E], str]) -> Callable[[E], None]:
        return lambda event: self._warn(words(event), event)

    def _says(self, words: Callable[[E], str]) -> Callable[[E], None]:
        return lambda event: self._say(words(event), event)

    def _notes(self, words: Callable[[E], str]) -> Callable[[E], None]:
        return lambda event: self._note(words(event), event)

    def _on_fired(self, event: FiringFired) -> None:
        text = happenings.fired(event)
        self._show(lambda t: screen.note(t, event, "debug"), text, sys.stderr)

    def _say(self, text: str, event: Event) -> None:
        if self._quiet:
            self._note(text, event)
        else:
            self._show(lambda t: screen.tell(t, event), text, sys.stdout)

    def _note(self, text: str, event: Event) -> None:
        self._show(lambda t: screen.note(t, event), text, sys.stderr)

    def _warn(self, text: str, event: Event) -> None:
        self._show(lambda t: screen.warn(t, event), text, sys.stderr)

    def _show(self, write: Callable[[str], None], text: str, stream: IO[str]) -> None:
        with self._lock:
            try:
                write(text)
            except BrokenPipeError:
                screen.abandon(stream)
                told, self.reader_gone = self.reader_gone, True
            except (OSError, EcsLocalError) as error:
                self._warn_of_loss(error)
                return
            else:
                return
        if not told:
            self._unread()

    def _warn_of_loss(self, error: OSError | EcsLocalError) -> None:
        """Say once that there is no room for what happens; tasks go on, as their logs do."""
        if self.incomplete:
            return
        self.incomplete = True
        reason = error.message if isinstance(error, EcsLocalError) else error.strerror
        with suppress(OSError):
            screen.warn(f"not all that happens is shown: {reason}")

    def _prefix(self, label: str) -> str:
        prefix = self._prefixes.get(label)
        if prefix is None:
            prefix = f"{pad(label, self._width)} | "
            if self._coloured:
                colour = screen.PALETTE[len(self._prefixes) % len(screen.PALETTE)]
                prefix = f"\x1b[{colour}m{prefix}{screen.RESET}"
            self._prefixes[label] = prefix
        return prefix


def _write(text: str) -> None:
    # There is none where the program was started without.
    if sys.stdout is not None:
        sys.stdout.write(screen.harmless(text))
        sys.stdout.flush()


def _widest_label(definitions: Definitions) -> int:
    """Return the width of the widest `rule/container` there can be."""
    from emulator.model.names import split_task_definition

    targets = [(rule.name, t) for rule in definitions.rules for t in rule.targets]
    targets += [(rule.name, t) for rule in definitions.event_rules for t in rule.task_targets]
    labels = [
        f"{rule}/{container.name}"
        for rule, target in targets
        for container in definitions.task_definitions[
            split_task_definition(target.task_definition)[0]
        ].container_definitions
    ]
    return max(map(width_of, labels), default=0)
