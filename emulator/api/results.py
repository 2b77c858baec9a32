"""What an operation of `Emulator` answers: firings, and the tasks that came of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from emulator.api.kinds import named
from emulator.api.tasks import Container, Logs, Task
from emulator.definitions.nodes import one_of
from emulator.errors import UsageError
from emulator.quantity import counted

MOST_TOLD: Final = 5
"""Tasks that an explanation of several tells of: the last ones."""


@dataclass(frozen=True, slots=True)
class Firing:
    """A rule fired at `fired_at` (UTC) for the due instant `scheduled_at`."""

    rule: str
    scheduled_at: datetime
    fired_at: datetime


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
            hint = "; ".join(self.refused) or "`.tasks` has all, `.of(rule)` those of a rule"
            raise UsageError(message, hint=hint)
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
        named("a rule")("rule", rule)
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
