"""What an operation of `Emulator` answers: firings, and the tasks that came of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from emulator.api.containers import Container, Logs, harmless
from emulator.api.firings import Firing, Notification
from emulator.api.kinds import named
from emulator.api.tasks import Task
from emulator.definitions.nodes import one_of, some_of
from emulator.errors import UsageError
from emulator.quantity import counted

MOST_TOLD: Final = 5
"""Tasks that an explanation tells of."""


@dataclass(frozen=True, slots=True)
class Result:
    """What happened in an operation, in the order in which it did.

    `firings` are those of schedules and of `invoke`; `tasks` all that were `started`, behind those
    that were running before; `refused` says of targets that could not be started why, `skipped`
    of firings that were due and started none; `notifications` are what targets that are no tasks
    were told. `rules` are the names of all there are.
    """

    firings: tuple[Firing, ...]
    tasks: tuple[Task, ...]
    started: tuple[Task, ...]
    refused: tuple[str, ...]
    skipped: tuple[str, ...]
    notifications: tuple[Notification, ...]
    rules: tuple[str, ...]

    def __bool__(self) -> bool:
        """Raise `UsageError`: whether all went well and whether anything happened are two things.

        Of `assert ecs.invoke(…)` it would be true whatever became of it.
        """
        message = "a result is neither true nor false"
        raise UsageError(message, hint="`.succeeded` says whether all went well, `.tasks` what ran")

    @property
    def task(self) -> Task:
        """The only task that was started, by its last attempt; where none was, that ran before.

        What followed upon its events does not count: a rule that somebody adds to a chain does not
        make another task of the one that was asked for. Raises `UsageError` when there is none, or
        another.
        """
        none = self.refused or self.skipped
        begun = _without_what_followed(self.started)
        only = _last_attempts(begun) or ([] if none else _last_attempts(self.tasks))
        if len(only) == 1:
            return only[0]
        if only:
            names = some_of([task.rule or task.family for task in only])
            message = f"there are {len(only)} tasks, not one: {names}"
            raise UsageError(message, hint="`.tasks` has all, `.of(rule)` those of a rule")
        message = "there is no task"
        raise UsageError(message, hint="; ".join((*self.refused, *self.skipped)) or None)

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
        """Whether nothing was refused and every task that is over went well.

        Of attempts that were followed by another one the last one counts, or each where
        `local.rules` says `notify: each`: as in the exit code of `ecs-local invoke`.
        """
        return not self.refused and not any(task.counts for task in self.failed)

    @property
    def failed(self) -> tuple[Task, ...]:
        """The tasks that are over and did not go well, every attempt of them."""
        return tuple(task for task in self.tasks if task.stopped and not task.succeeded)

    def explain(self) -> str:
        """Return how it went: what was refused, and the tasks that failed, else all of them.

        Of more than five the last one of each rule is told, and of more rules the last five.
        """
        told = self.failed or self.tasks
        shown = _some_of(told)
        outline = self._counts()
        if len(shown) < len(told):
            kind = "failure" if self.failed else "task"
            outline += f"; shown: the last {kind} of {counted(len(shown), 'rule')}"
        lines = [outline, *map(harmless, (*self.refused, *self.skipped))]
        return "\n".join([*lines, *(task.explain() for task in shown)])

    def __str__(self) -> str:
        return self.explain()

    def __repr__(self) -> str:
        failed = _some_of(self.failed)
        codes = [f"{task.rule or task.family} exit code {task.exit_code}" for task in failed]
        told = "; ".join((*self.refused, *self.skipped, *codes))
        return f"<{self._counts()}: {harmless(told)}>" if told else f"<{self._counts()}>"

    def _counts(self) -> str:
        counts = (counted(len(self.firings), "firing"), counted(len(self.tasks), "task"))
        failed = sum(task.counts for task in self.failed)
        again = len(self.failed) - failed
        return ", ".join((*counts, f"{failed} failed", *([f"{again} tried again"] * (again > 0))))

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
            tuple(task for task in self.started if task.rule == rule),
            tuple(text for text in self.refused if text.startswith(f"{rule}: ")),
            tuple(text for text in self.skipped if text.startswith(f"{rule}: ")),
            tuple(told for told in self.notifications if told.rule == rule),
            self.rules,
        )


def _without_what_followed(tasks: Sequence[Task]) -> list[Task]:
    """Return the tasks that no event led to; where one led to all, those of the first event."""
    events = [task.model.event_id for task in tasks]
    begins = None if None in events else next(iter(events), None)
    return [task for task, event in zip(tasks, events, strict=True) if event == begins]


def _some_of(tasks: Sequence[Task]) -> Sequence[Task]:
    """Return as many tasks as are told of: rather one of each rule than the same again and again.

    A family that was run without a rule counts as one. They stay in order.
    """
    if len(tasks) <= MOST_TOLD:
        return tasks
    last = {(task.rule, task.family): task for task in tasks}
    return [task for task in tasks if last[task.rule, task.family] is task][-MOST_TOLD:]


def _last_attempts(tasks: Iterable[Task]) -> list[Task]:
    """Return of each task its last attempt."""
    return list({task.model.retry_of or task.id: task for task in tasks}.values())
