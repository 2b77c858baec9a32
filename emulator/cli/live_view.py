"""What a person watches while tasks run: `rule/container | line`, and how each task went."""

import sys
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import IO, Final

from emulator.cli import screen
from emulator.cli.table import pad, width_of
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
from emulator.quantity import counted

SHOWN_ID = 8
"""Characters of a task id on the screen: enough for `ecs-local describe`."""

_OVERLAP: Final = {
    "start": "another one starts, as on AWS",
    "skip": "this firing is skipped",
    "queue": "this firing waits for its turn",
    "replace": "they are stopped, and this firing starts then",
}

LONGEST_TOLD = 120
"""Characters of a notification on the screen."""


class LiveView:
    """Prints events as they come.

    `quiet`: stdout belongs to an answer, so what containers say is left out, and how tasks went is
    told on stderr. When its reader goes away (`| head`) nothing more is shown, and `unread` is
    called, once; the log is written all the same.
    """

    def __init__(
        self,
        bus: EventBus,
        definitions: Definitions,
        logs: LogDirectory,
        *,
        quiet: bool = False,
        unread: Callable[[], None] = lambda: None,
    ) -> None:
        self.reader_gone = False
        self._logs = logs
        self._quiet = quiet
        self._unread = unread
        self._lock = threading.Lock()
        self._coloured = screen.colours_wanted(sys.stdout)
        self._terminal = sys.stdout.isatty()
        self._prefixes: dict[str, str] = {}
        self._begun: set[str] = set()
        self._width = _widest_label(definitions)
        bus.subscribe(TaskStateChanged, self._on_task)
        if not quiet:
            bus.subscribe(LogEventsReceived, self._on_output)
        bus.subscribe(FiringOverlapped, self._on_overlap)
        bus.subscribe(DefinitionsReloaded, self._on_reloaded)
        bus.subscribe(DefinitionsRefused, self._on_refused_definitions)
        bus.subscribe(FiringSkipped, self._on_skipped)
        bus.subscribe(TaskRetryScheduled, self._on_retry)
        bus.subscribe(TaskRetryCancelled, self._on_retry_cancelled)
        bus.subscribe(TaskWaits, self._on_waiting)
        bus.subscribe(FiringMissed, self._on_missed)
        bus.subscribe(InvocationFailed, self._on_refused)
        bus.subscribe(InvocationRetried, self._on_retried)
        bus.subscribe(DeadLettered, self._on_dead_letter)
        bus.subscribe(EventMatched, self._on_matched)
        bus.subscribe(TargetTold, self._on_told)
        bus.subscribe(
            ChainStopped, lambda event: self._warn(f"{event.rule}: {event.reason}", event)
        )
        bus.subscribe(Warned, lambda event: self._warn(event.message, event))
        bus.subscribe(Progressed, lambda event: self._note(event.message, event))
        if screen.wanted("debug"):
            bus.subscribe(FiringFired, self._on_fired)

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
        self._show(_write, prefix + text.replace("\n", "\n" + prefix) + "\n", sys.stdout)

    def _on_task(self, event: TaskStateChanged) -> None:
        task = event.task
        if task.stopped:
            self._begun.discard(task.id)
            self._say(self._end_line(task), event)
        elif task.id not in self._begun and any(c.started_at for c in task.containers):
            # RUNNING comes when the last container has started; the first may be over by then.
            self._begun.add(task.id)
            self._say(f"{_label(task)} started{_due(task)}", event)

    def _end_line(self, task: Task) -> str:
        parts = [_verdict(task)]
        if task.started_at is not None and task.execution_stopped_at is not None:
            seconds = (task.execution_stopped_at - task.started_at).total_seconds()
            parts.append(f"after {seconds:.1f} s")
        line = f"{_label(task)} {' '.join(parts)}"
        files = " ".join(map(str, self._log_files(task)))
        return f"{line}, log {files}" if files else line

    def _log_files(self, task: Task) -> list[Path]:
        paths = [
            self._logs.stream_path(c.log_stream.log_group, c.log_stream.log_stream)
            for c in task.containers
            if c.log_stream is not None and c.started_at is not None
        ]
        return [screen.relative(path) for path in paths]

    def _on_overlap(self, event: FiringOverlapped) -> None:
        tasks = "1 task is" if event.running == 1 else f"{event.running} tasks are"
        self._warn(f"{event.rule}: {tasks} still running; {_OVERLAP[event.decision]}", event)

    def _on_skipped(self, event: FiringSkipped) -> None:
        due = screen.utc_time(event.scheduled_at)
        self._warn(f"{event.rule}: the firing of {due} is skipped: {event.reason}", event)

    def _on_retry(self, event: TaskRetryScheduled) -> None:
        number = f"attempt {event.attempt} of {event.attempts}"
        self._say(f"{_label(event.task)} gets another: {number} at {_clock_time(event.at)}", event)

    def _on_retry_cancelled(self, event: TaskRetryCancelled) -> None:
        self._warn(f"{_label(event.task)} gets no other attempt: {event.reason}", event)

    def _on_waiting(self, event: TaskWaits) -> None:
        tasks = "1 task runs" if event.running == 1 else f"{event.running} tasks run"
        text = f"{_label(event.task)} waits: {tasks}, and no more may (local.concurrency)"
        self._say(text, event)

    def _on_reloaded(self, event: DefinitionsReloaded) -> None:
        parts = [
            f"{word} {', '.join(names)}"
            for word, names in (
                ("added", event.added),
                ("removed", event.removed),
                ("changed", event.changed),
            )
            if names
        ]
        what = "; ".join(parts) or "no rule has changed"
        self._say(screen.printable(f"definitions taken over: {what}"), event)

    def _on_refused_definitions(self, event: DefinitionsRefused) -> None:
        self._show(lambda _: screen.report_problems(event.problems), "", sys.stderr)
        text = "the definitions have changed and have errors: what held before still does"
        self._warn(text, event)

    def _on_missed(self, event: FiringMissed) -> None:
        first, last = event.scheduled[0], event.scheduled[-1]
        span = screen.utc_time(first)
        if last != first:
            span = f"{span} to {screen.utc_time(last)}"
        missed = f"{counted(len(event.scheduled), 'firing')} missed ({span})"
        self._warn(f"{event.rule}: {missed}: {event.reason}", event)

    def _on_refused(self, event: InvocationFailed) -> None:
        self._warn(f"{event.rule}: target {event.target_id} was refused: {event.reason}", event)

    def _on_retried(self, event: InvocationRetried) -> None:
        when = f"attempt {event.attempt} at {_clock_time(event.next_at)}"
        self._warn(f"{event.rule}: target {event.target_id}: {event.reason}; {when}", event)

    def _on_dead_letter(self, event: DeadLettered) -> None:
        path = screen.relative(Path(event.path))
        self._note(f"{event.rule}: the event is in dead-letter queue {event.queue}: {path}", event)

    def _on_told(self, event: TargetTold) -> None:
        text = " ".join(event.text.split())
        shown = text if len(text) <= LONGEST_TOLD else f"{text[:LONGEST_TOLD]}…"
        self._say(screen.printable(f"{event.rule} tells {event.target}: {shown}"), event)

    def _on_matched(self, event: EventMatched) -> None:
        self._say(f"{event.rule} matches: {event.subject}", event)

    def _on_fired(self, event: FiringFired) -> None:
        late = (event.fired_at - event.scheduled_at).total_seconds()
        text = f"{event.rule} fired, due {screen.utc_time(event.scheduled_at)}, {late:.3f} s late"
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
            else:
                return
        if not told:
            self._unread()

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
    sys.stdout.write(text)
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


def _label(task: Task) -> str:
    label = f"{task.rule or task.task_definition.family} task {task.id[:SHOWN_ID]}"
    return label if task.attempt == 1 else f"{label} (attempt {task.attempt})"


def _due(task: Task) -> str:
    return "" if task.scheduled_at is None else f" (due {_clock_time(task.scheduled_at)})"


def _clock_time(instant: datetime) -> str:
    return f"{instant:%H:%M:%SZ}"


def _verdict(task: Task) -> str:
    """Return how a task ended, in a few words."""
    if task.succeeded:
        return screen.paint("succeeded, exit code 0", screen.GREEN)
    if task.stop_code == "TaskFailedToStart":
        detail = task.stopped_reason or ""
        own = next((c.reason for c in task.containers if c.reason), None)
        detail = own if own and detail == "Task failed to start" else detail
        return screen.paint(f"did not start: {screen.printable(detail)}", screen.RED)
    codes = ", ".join(f"{c.name} {c.exit_code}" for c in task.containers if c.exit_code is not None)
    reasons = "; ".join(c.reason for c in task.containers if c.reason)
    if task.timed_out:
        return screen.paint(f"failed: {task.stopped_reason} (exit codes: {codes})", screen.RED)
    if task.stop_code == "UserInitiated":
        return screen.paint(f"stopped: {task.stopped_reason} (exit codes: {codes})", screen.YELLOW)
    text = f"failed, exit code {task.exit_code}"
    return screen.paint(f"{text}: {reasons}" if reasons else text, screen.RED)
