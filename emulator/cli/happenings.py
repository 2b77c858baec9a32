"""What is said of each thing that happens while tasks run: one line of words (pure)."""

from datetime import datetime
from pathlib import Path
from typing import Final

from emulator.cli import screen
from emulator.eventbridge.missed import LATEST
from emulator.events import (
    DeadLettered,
    DefinitionsReloaded,
    EventMatched,
    FiringFired,
    FiringMissed,
    FiringOverlapped,
    FiringSkipped,
    InvocationFailed,
    InvocationRetried,
    TargetTold,
    TaskRetryCancelled,
    TaskRetryScheduled,
    TaskWaits,
)
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


def overlapped(event: FiringOverlapped) -> str:
    """Return what becomes of a firing whose rule still has tasks."""
    tasks = "1 task is" if event.running == 1 else f"{event.running} tasks are"
    text = f"{event.rule}: {tasks} still running; {_OVERLAP[event.decision]}"
    if not made_up(event):
        return text
    return f"{text}; it is made up for, as may be more: no other of them is told for a minute"


def made_up(event: FiringOverlapped) -> bool:
    """Return whether a firing was missed, and is made up for: those overlap as a matter of course.

    One that is due now overlaps only where its task takes longer than its period.
    """
    return event.at - event.scheduled_at > LATEST


def skipped(event: FiringSkipped) -> str:
    """Return which firing does not happen, how many with it, and why."""
    due = screen.utc_time(event.scheduled_at)
    which = f" and {event.alike:,} more are" if event.alike else " is"
    return f"{event.rule}: the firing of {due}{which} skipped: {event.reason}"


def retry_scheduled(event: TaskRetryScheduled, *, dated: bool = False) -> str:
    """Return which attempt comes when; `dated`: with the day."""
    number = f"attempt {event.attempt} of {event.attempts}"
    return f"{label(event.task)} gets another: {number} at {_clock_time(event.at, dated)}"


def waits(event: TaskWaits) -> str:
    """Return that a task waits for a place."""
    tasks = "1 task runs" if event.running == 1 else f"{event.running} tasks run"
    return f"{label(event.task)} waits: {tasks}, and no more may (local.concurrency)"


def reloaded(event: DefinitionsReloaded) -> str:
    """Return which rules came, went and changed."""
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
    return screen.printable(f"definitions taken over: {what}")


def missed(event: FiringMissed) -> str:
    """Return which firings did not happen in their time, and why."""
    first, last = event.scheduled[0], event.scheduled[-1]
    span = screen.utc_time(first)
    if last != first:
        span = f"{span} to {screen.utc_time(last)}"
    firings = f"{counted(len(event.scheduled), 'firing')} missed ({span})"
    return f"{event.rule}: {firings}: {event.reason}"


def retry_cancelled(event: TaskRetryCancelled) -> str:
    """Return why a task gets no other attempt."""
    return f"{label(event.task)} gets no other attempt: {event.reason}"


def invocation_failed(event: InvocationFailed) -> str:
    """Return why a target could not be started."""
    return f"{event.rule}: target {event.target_id} was refused: {event.reason}"


def matched(event: EventMatched) -> str:
    """Return which event a rule's pattern matched."""
    return screen.printable(f"{event.rule} matches: {event.subject}")


def invocation_retried(event: InvocationRetried) -> str:
    """Return why a target was not reached, and when it is tried again."""
    when = f"attempt {event.attempt} at {_clock_time(event.next_at)}"
    return f"{event.rule}: target {event.target_id}: {event.reason}; {when}"


def dead_lettered(event: DeadLettered) -> str:
    """Return where an event lies that reached no target."""
    path = screen.relative(Path(event.path))
    return f"{event.rule}: the event is in dead-letter queue {event.queue}: {path}"


def target_told(event: TargetTold) -> str:
    """Return what a target that is no task was told."""
    text = " ".join(event.text.split())
    shown = text if len(text) <= LONGEST_TOLD else f"{text[:LONGEST_TOLD]}…"
    return screen.printable(f"{event.rule} tells {event.target}: {shown}")


def fired(event: FiringFired) -> str:
    """Return how late a firing was."""
    late = (event.fired_at - event.scheduled_at).total_seconds()
    return f"{event.rule} fired, due {screen.utc_time(event.scheduled_at)}, {late:.3f} s late"


def started(task: Task, *, dated: bool = False) -> str:
    """Return that a task runs, and what for; `dated`, and where it was due another day: the day."""
    at = task.scheduled_at
    if at is None:
        return f"{label(task)} started"
    due = _clock_time(at, dated or at.date() != task.created_at.date())
    return f"{label(task)} started (due {due})"


def ended(task: Task) -> str:
    """Return how a task went, and how long it took."""
    line = f"{label(task)} {_verdict(task)}"
    if task.ran_for is None:
        return line
    return f"{line} after {task.ran_for.total_seconds():.1f} s"


def label(task: Task) -> str:
    """Return a task's rule or family, the beginning of its id, and its attempt."""
    shown = f"{task.rule or task.task_definition.family} task {task.id[:SHOWN_ID]}"
    return shown if task.attempt == 1 else f"{shown} (attempt {task.attempt})"


def _clock_time(instant: datetime, dated: bool = False) -> str:
    return screen.utc_time(instant) if dated else f"{instant:%H:%M:%SZ}"


def _verdict(task: Task) -> str:
    """Return how a task ended, in a few words."""
    if task.succeeded:
        return screen.paint("succeeded, exit code 0", screen.GREEN)
    words, colour = _how_it_failed(task)
    return screen.paint(screen.printable(words), colour)


def _how_it_failed(task: Task) -> tuple[str, str]:
    """Return how a task ended that did not succeed, and in which colour that is said."""
    if task.stop_code == "TaskFailedToStart":
        detail = task.stopped_reason or ""
        own = next((c.reason for c in task.containers if c.reason), None)
        detail = own if own and detail == "Task failed to start" else detail
        return f"did not start: {detail}", screen.RED
    codes = ", ".join(f"{c.name} {c.exit_code}" for c in task.containers if c.exit_code is not None)
    reasons = "; ".join(c.reason for c in task.containers if c.reason)
    why = f"{task.stopped_reason} (exit codes: {codes})" if codes else task.stopped_reason
    if task.timed_out:
        return f"failed: {why}", screen.RED
    if task.stop_code == "UserInitiated":
        return f"stopped: {why}", screen.YELLOW
    text = f"failed, exit code {task.exit_code}"
    return f"{text}: {reasons}" if reasons else text, screen.RED
