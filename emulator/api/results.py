"""What the operations of `Emulator` answer: firings and tasks, with what their containers said."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from emulator.definitions.nodes import one_of
from emulator.errors import UsageError
from emulator.logs.directory import LogDirectory
from emulator.logs.reader import LogEvent, read_events
from emulator.model.describe import describe_task
from emulator.model.task import Task as TaskValue
from emulator.model.task import TaskContainer
from emulator.quantity import counted

MOST_TOLD: Final = 5
"""Tasks that an explanation of several tells of: the last ones."""

LAST_LINES = 20
"""Log lines that a task's explanation ends with."""


@dataclass(frozen=True, slots=True)
class Firing:
    """A rule fired at `fired_at` (UTC) for the due instant `scheduled_at`."""

    rule: str
    scheduled_at: datetime
    fired_at: datetime


class Logs(list[str]):
    """Log messages in order of time; `events` are the same with instants and streams."""

    def __init__(self, events: Sequence[LogEvent]) -> None:
        super().__init__(event.message for event in events)
        self.events = tuple(events)

    @property
    def text(self) -> str:
        """All messages, a line each."""
        return "\n".join(self)


@dataclass(frozen=True, slots=True)
class Container:
    """A container of a task. `exit_code` is None until it ends, and when it never ran."""

    name: str
    image: str
    last_status: str
    exit_code: int | None
    reason: str | None
    started_at: datetime | None
    stopped_at: datetime | None
    logs: Logs


class Task:
    """A task as it is now: it changes while time passes, and no more once it is stopped."""

    def __init__(self, present: Callable[[], TaskValue], logs: LogDirectory) -> None:
        self._present = present
        self._logs = logs

    @property
    def model(self) -> TaskValue:
        """The task's present value in full."""
        return self._present()

    @property
    def id(self) -> str:
        """The task's id: 32 hexadecimal digits."""
        return self.model.id

    @property
    def family(self) -> str:
        """The family of its task definition."""
        return self.model.task_definition.family

    @property
    def rule(self) -> str | None:
        """The rule that started it."""
        return self.model.rule

    @property
    def scheduled_at(self) -> datetime | None:
        """The due instant it was started for (UTC)."""
        return self.model.scheduled_at

    @property
    def last_status(self) -> str:
        """`PROVISIONING` to `STOPPED`, as ECS has it."""
        return str(self.model.last_status)

    @property
    def stopped(self) -> bool:
        """Whether it is over."""
        return self.model.stopped

    @property
    def succeeded(self) -> bool:
        """Whether it is over and went well."""
        return self.model.stopped and self.model.succeeded

    @property
    def exit_code(self) -> int | None:
        """The essential container's exit code, 125 when it never started; None while it runs."""
        return self.model.exit_code if self.model.stopped else None

    @property
    def stop_code(self) -> str | None:
        """Why it stopped, as ECS has it: `EssentialContainerExited`, `TaskFailedToStart`, …"""
        code = self.model.stop_code
        return None if code is None else str(code)

    @property
    def stopped_reason(self) -> str | None:
        """Why it stopped, in ECS's words."""
        return self.model.stopped_reason

    @property
    def created_at(self) -> datetime:
        """When it was asked for (UTC)."""
        return self.model.created_at

    @property
    def started_at(self) -> datetime | None:
        """When all its containers ran."""
        return self.model.started_at

    @property
    def stopped_at(self) -> datetime | None:
        """When it was over."""
        return self.model.stopped_at

    @property
    def containers(self) -> dict[str, Container]:
        """Its containers by name."""
        return {container.name: self._container(container) for container in self.model.containers}

    def logs(self, container: str | None = None) -> Logs:
        """Return what a container said; of a task with one container it needs no name.

        Raises `UsageError` for a container there is none of.
        """
        known = self.model.containers
        chosen = [c for c in known if container is None or c.name == container]
        if not chosen or (container is None and len(known) > 1):
            names = ", ".join(c.name for c in known)
            message = f"no container {container!r}" if container else "which container?"
            raise UsageError(message, hint=f"containers of {self.family}: {names}")
        return self._logs_of(chosen[0])

    def describe(self) -> dict[str, Any]:
        """Return its entry of ECS DescribeTasks."""
        return describe_task(self.model)

    def explain(self) -> str:
        """Return how it went and why, with the last lines of each container: for assertions."""
        lines = [self._outline()]
        for container in self.model.containers:
            reason = f": {container.reason}" if container.reason else ""
            lines.append(f"  {container.name} exited with {container.exit_code}{reason}")
            if self._expired(container):
                lines.append(f"  {container.name}: its log is past its group's retention")
            lines += [
                f"  {container.name} | {each}" for each in self._logs_of(container)[-LAST_LINES:]
            ]
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.explain()

    def __repr__(self) -> str:
        return f"<{self._outline()}>"

    def _outline(self) -> str:
        """Return in one line how it went."""
        task = self.model
        line = f"task {task.id[:8]} of {task.rule or self.family}: {self.last_status}"
        if not task.stopped:
            return line
        return f"{line}, exit code {self.exit_code}, {self.stop_code}: {task.stopped_reason}"

    def _container(self, container: TaskContainer) -> Container:
        return Container(
            name=container.name,
            image=container.image,
            last_status=str(container.last_status),
            exit_code=container.exit_code,
            reason=container.reason,
            started_at=container.started_at,
            stopped_at=container.stopped_at,
            logs=self._logs_of(container),
        )

    def _expired(self, container: TaskContainer) -> bool:
        """Whether retention has taken what the container said."""
        stream = container.log_stream
        if stream is None or container.started_at is None or container.stopped_at is None:
            return False
        return not self._logs.stream_path(stream.log_group, stream.log_stream).exists()

    def _logs_of(self, container: TaskContainer) -> Logs:
        stream = container.log_stream
        if stream is None:
            return Logs(())
        return Logs(list(read_events(self._logs, [(stream.log_group, stream.log_stream)])))


@dataclass(frozen=True, slots=True)
class Result:
    """What happened in an operation, in the order in which it did.

    `firings` are those of schedules and of `invoke`; `tasks` all that were started, or were
    running before; `refused` says of targets that could not be started why. `rules` are the
    names of all there are.
    """

    firings: tuple[Firing, ...]
    tasks: tuple[Task, ...]
    refused: tuple[str, ...]
    rules: tuple[str, ...]

    @property
    def task(self) -> Task:
        """The only task. Raises `UsageError` when there is none, or another."""
        if len(self.tasks) != 1:
            message = f"there are {len(self.tasks)} tasks, not one"
            raise UsageError(message, hint="; ".join(self.refused) or "look at .tasks")
        return self.tasks[0]

    @property
    def exit_code(self) -> int | None:
        """The exit code of the only task."""
        return self.task.exit_code

    @property
    def stop_code(self) -> str | None:
        """The stop code of the only task."""
        return self.task.stop_code

    @property
    def stopped_reason(self) -> str | None:
        """The stopped reason of the only task."""
        return self.task.stopped_reason

    @property
    def containers(self) -> dict[str, Container]:
        """The containers of the only task, by name."""
        return self.task.containers

    def logs(self, container: str | None = None) -> Logs:
        """Return what a container of the only task said."""
        return self.task.logs(container)

    @property
    def succeeded(self) -> bool:
        """Whether nothing was refused and every task that is over went well."""
        return not self.refused and all(t.succeeded for t in self.tasks if t.stopped)

    @property
    def failed(self) -> tuple[Task, ...]:
        """The tasks that are over and did not go well."""
        return tuple(task for task in self.tasks if task.stopped and not task.succeeded)

    def explain(self) -> str:
        """Return how it went: what was refused, and the last tasks that failed, else the last."""
        told = [task.explain() for task in (self.failed or self.tasks)[-MOST_TOLD:]]
        return "\n".join([self._counts(), *self.refused, *told])

    def __str__(self) -> str:
        return self.explain()

    def __repr__(self) -> str:
        failed = [f"{t.rule or t.family} exit code {t.exit_code}" for t in self.failed[-MOST_TOLD:]]
        told = "; ".join((*self.refused, *failed))
        return f"<{self._counts()}: {told}>" if told else f"<{self._counts()}>"

    def _counts(self) -> str:
        counts = (counted(len(self.firings), "firing"), counted(len(self.tasks), "task"))
        return ", ".join((*counts, f"{len(self.failed)} failed"))

    def of(self, rule: str) -> "Result":
        """Return only what concerns a rule. Raises `UsageError` for a rule there is none of."""
        if rule not in self.rules:
            # Else an assertion that a rule did nothing would hold of every name with a typo.
            message = f"no rule {rule!r}"
            raise UsageError(message, hint=one_of("rules", rule, self.rules))
        return Result(
            tuple(firing for firing in self.firings if firing.rule == rule),
            tuple(task for task in self.tasks if task.rule == rule),
            tuple(text for text in self.refused if text.startswith(f"{rule}: ")),
            self.rules,
        )
