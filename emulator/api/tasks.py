"""Tasks as the operations of `Emulator` answer with them, and how they went."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from emulator.api.containers import Container, Containers, Logs, ending_of, harmless
from emulator.api.kinds import named, optional
from emulator.api.presence import Present
from emulator.clock import iso_instant
from emulator.errors import UsageError
from emulator.logs.directory import LogDirectory
from emulator.model.task import Task as TaskValue
from emulator.model.task import TaskContainer

LAST_LINES: Final = 20
"""Log lines that a task's explanation ends with."""


class Task(Present):
    """A task as it is now: it changes while time passes, and no more once it is stopped."""

    def __init__(
        self,
        present: Callable[[], TaskValue],
        logs: LogDirectory,
        counts: Callable[[TaskValue], bool],
        hints: Sequence[str] = (),
    ) -> None:
        self._present = present
        self._logs = logs
        self._counts = counts
        self._hints = hints

    def __eq__(self, other: object) -> bool:
        return self.id == other.id if isinstance(other, Task) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.id)

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
    def attempt(self) -> int:
        """Which attempt it is, from 1: of what is tried again each attempt is a task."""
        return self.model.attempt

    @property
    def counts(self) -> bool:
        """Whether its failure is one: not where another attempt followed, unless each counts."""
        return self._counts(self.model)

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
    def duration(self) -> timedelta | None:
        """How long it ran, as screen and reports have it; None before its end, and of one that
        never ran.
        """
        return self.model.ran_for

    @property
    def containers(self) -> dict[str, Container]:
        """Its containers by name; `UsageError` for one there is none of, as `logs` has it."""
        return Containers((each.name, self._container(each)) for each in self.model.containers)

    def logs(self, container: str | None = None) -> Logs:
        """Return what a container said; of a task with one container it needs no name.

        Raises `UsageError` for a container there is none of, and after the end of an emulator
        whose state directory was a temporary one.
        """
        optional(named("a container"))("container", container)
        known = self.model.containers
        if container is None and len(known) > 1:
            names = ", ".join(c.name for c in known)
            message = "which container?"
            raise UsageError(message, hint=f"containers of {self.family}: {names}")
        return self.containers[known[0].name if container is None else container].logs

    def describe(self) -> dict[str, Any]:
        """Return its entry of ECS DescribeTasks."""
        from emulator.model.describe import describe_task

        return describe_task(self.model)

    def explain(self) -> str:
        """Return how it went and why, with the last lines of each container: for assertions."""
        lines = [harmless(self._outline())]
        lines += [f"  {harmless(hint)}" for hint in self._hints]
        for container in self.model.containers:
            lines.append(f"  {harmless(ending_of(container))}")
            lines += [f"  {container.name}{each}" for each in self._last_words(container)]
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.explain()

    def __repr__(self) -> str:
        return f"<{harmless(self._outline())}>"

    def _outline(self) -> str:
        """Return in one line how it went."""
        task = self.model
        line = f"task {task.id[:8]} of {task.rule or self.family}"
        if task.scheduled_at is not None:
            line += f" due {iso_instant(task.scheduled_at, timespec='seconds')}"
        if task.attempt > 1:
            line += f", attempt {task.attempt}"
        line += f": {self.last_status}"
        if not task.stopped:
            return line
        return f"{line}, exit code {self.exit_code}, {self.stop_code}: {task.stopped_reason}"

    def _container(self, container: TaskContainer) -> Container:
        # Overrides are merged into the definition that a task has.
        defined = self.model.task_definition.container_definitions
        definition = next(each for each in defined if each.name == container.name)
        return Container(
            name=container.name,
            image=container.image,
            command=definition.command,
            environment=definition.environment,
            last_status=str(container.last_status),
            exit_code=container.exit_code,
            reason=container.reason,
            started_at=container.started_at,
            stopped_at=container.stopped_at,
            _read=lambda: self._logs_of(container),
        )

    def _last_words(self, container: TaskContainer) -> list[str]:
        if self._gone:
            return [": its log is gone with the emulator's temporary directory"]
        if self._expired(container):
            return [": its log is past its group's retention"]
        # A stack trace may be one event of many lines, each of which ends.
        last = (each.removesuffix("\n") for each in self._logs_of(container)[-LAST_LINES:])
        lines = [line for each in last for line in each.split("\n")]
        return [f" | {harmless(line)}" for line in lines[-LAST_LINES:]]

    @property
    def _gone(self) -> bool:
        """Whether the emulator is over, and nothing of it is left."""
        return not self._logs.root.exists()

    def _expired(self, container: TaskContainer) -> bool:
        """Whether retention has taken what the container said."""
        stream = container.log_stream
        if stream is None or container.started_at is None or container.stopped_at is None:
            return False
        return not self._logs.stream_path(stream.log_group, stream.log_stream).exists()

    def _logs_of(self, container: TaskContainer) -> Logs:
        from emulator.logs.reader import read_events

        stream = container.log_stream
        if stream is None:
            return Logs(())
        if self._gone:
            message = "the log is gone with the emulator's temporary directory"
            hint = "read it within the emulator's `with`, or give that a `state_dir`"
            raise UsageError(message, hint=hint)
        return Logs(list(read_events(self._logs, [(stream.log_group, stream.log_stream)])))
