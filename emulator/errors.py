"""The error hierarchy, and the problems and places that errors speak of.

::

    EcsLocalError                 the command line prints it without a traceback
    +-- UsageError                exit 2   an argument, setting or name that cannot be used
    +-- DefinitionError           exit 2   definition files that cannot be honoured; all problems
    +-- ScheduleExpressionError   exit 2   an invalid cron(), rate() or at()
    +-- StateDirectoryError       exit 2   the state directory cannot be read or written
    +-- LogWriteError             exit 1   log events could not be written
    +-- EngineError               exit 3   the engine refused or lost a request
        +-- EngineUnavailableError         no container engine answers

A task that fails is none of these: it is a `Task` with a stop code, a reason and an exit code.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import ClassVar, NamedTuple


class SourceRef(NamedTuple):
    """Where a value was written: a file, and its line counted from 1 where it has one.

    A tuple, because every value of every definition has one.
    """

    path: str
    line: int | None = None

    def __str__(self) -> str:
        return self.path if self.line is None else f"{self.path}:{self.line}"


class Severity(StrEnum):
    """How bad a problem is.

    ERROR: AWS would reject it, or ecs-local cannot honour it. WARNING: accepted, but probably
    not what is meant. NOTE: accepted and kept, without any effect on this machine.
    """

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Problem(NamedTuple):
    """One thing wrong with a definition, and what to do about it.

    `rule` is the id of the check that found it: docs/lint.md lists them, and people name them to
    select or ignore a check.
    """

    message: str
    source: SourceRef | None = None
    hint: str | None = None
    severity: Severity = Severity.ERROR
    rule: str = "invalid-definition"

    def __str__(self) -> str:
        place = f"{self.source}: " if self.source else ""
        hint = f"\n  hint: {self.hint}" if self.hint else ""
        return f"{place}{self.message}{hint}"


class LeftOutWarning(UserWarning):
    """Something of the definitions is left out, such as a rule that then never fires."""


class EcsLocalError(Exception):
    """An error its reader can act on.

    The message says what is wrong and where; `hint` says what to do.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return self.message + (f"\n  hint: {self.hint}" if self.hint else "")


class UsageError(EcsLocalError):
    """An argument, a setting or a name that cannot be used."""

    exit_code = 2


def all_of(errors: Sequence[UsageError]) -> UsageError:
    """Return one error that says what several do; it is the error itself where it is but one."""
    return errors[0] if len(errors) == 1 else UsageError("\n".join(map(str, errors)))


class DefinitionError(EcsLocalError):
    """Definition files say something that cannot be honoured; carries every problem found.

    Its message has the errors first, then the warnings, called so; notes stand in no one's way.
    """

    exit_code = 2

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        errors = [str(p) for p in problems if p.severity is Severity.ERROR]
        warnings = [f"warning: {p}" for p in problems if p.severity is Severity.WARNING]
        super().__init__("\n".join(errors + warnings))
        self.problems = problems


class ScheduleExpressionError(EcsLocalError):
    """A schedule expression AWS would refuse.

    `message` is AWS's own text. `expression` is what was given, `position` the offset of the
    offending character in it (None when the whole is meant), `problem` one lower-case sentence
    that says what is wrong, `hint` the correction where there is one.
    """

    exit_code = 2

    def __init__(
        self,
        message: str,
        *,
        expression: str,
        problem: str,
        position: int | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(f"{message} {problem}", hint=hint)
        self.aws_message = message
        self.expression = expression
        self.problem = problem
        self.position = position


class StateDirectoryError(EcsLocalError):
    """The state directory cannot be created, read or written."""

    exit_code = 2


class SchedulerAtWorkError(StateDirectoryError):
    """Another scheduler is at work on the state directory."""


class HistoryRemovedError(StateDirectoryError):
    """The history was taken away while it was in use; the next transaction begins a new one."""


class EngineError(EcsLocalError):
    """The container engine refused or lost a request."""

    exit_code = 3


class EngineUnavailableError(EngineError):
    """No container engine answers."""


class LogWriteError(EcsLocalError):
    """Log events could not be written: a full or failing disk."""

    exit_code = 1
