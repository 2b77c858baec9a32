"""What is wrong with definition files, gathered so that all of it is told at once."""

from typing import Final

from emulator.errors import DefinitionError, Problem, Severity, SourceRef

VALUE_MISSING: Final = "value-missing"
"""The id of errors about a value that cannot be known or read."""


class Problems:
    """Collects what is wrong, so that all of a file is told and not the first of it.

    `lenient` makes warnings of what only AWS would mind. `rule` is the id of a problem's kind; a
    new one needs a line in `emulator/lint/reading.py`.
    """

    def __init__(self, lenient: bool = False) -> None:
        self.lenient = lenient
        self.found: list[Problem] = []
        self._stand_ins: set[str] = set()
        self._places_of_stand_ins: set[SourceRef] = set()
        self._noted: set[str] = set()

    def error(
        self,
        message: str,
        source: SourceRef | None,
        *,
        hint: str | None = None,
        rule: str = "invalid-definition",
    ) -> None:
        """Note what cannot be honoured."""
        self.found.append(Problem(message, source, hint, rule=rule))

    def rejected(
        self,
        message: str,
        source: SourceRef | None,
        *,
        hint: str | None = None,
        rule: str = "aws-rejects",
    ) -> None:
        """Note what AWS would reject, though it could run here."""
        severity = Severity.WARNING if self.lenient else Severity.ERROR
        self.found.append(Problem(message, source, hint, severity, rule))

    def warning(
        self,
        message: str,
        source: SourceRef | None,
        *,
        hint: str | None = None,
        rule: str = "doubtful",
    ) -> None:
        """Note what is probably not meant."""
        self.found.append(Problem(message, source, hint, Severity.WARNING, rule))

    def note(self, message: str, source: SourceRef | None) -> None:
        """Note what has no effect here; the same text once is enough."""
        if message not in self._noted:
            self._noted.add(message)
            self.found.append(Problem(message, source, None, Severity.NOTE, "no-local-effect"))

    def stands_in(self, text: str, source: SourceRef) -> None:
        """Note that a text stands for a value that is not to be had, which an error tells."""
        self._stand_ins.add(text)
        self._places_of_stand_ins.add(source)

    def take(self, aside: "Problems") -> None:
        """Note what was found aside, until it was known whether it matters."""
        self.found.extend(aside.found)
        self._stand_ins |= aside._stand_ins
        self._places_of_stand_ins |= aside._places_of_stand_ins

    def without_what_follows(self) -> list[Problem]:
        """Return all but what is wrong with a text only because it stands for a value."""
        return [problem for problem in self.found if not self._follows(problem)]

    def _follows(self, problem: Problem) -> bool:
        if problem.rule == VALUE_MISSING:
            return False
        if problem.rule == "wrong-type" and problem.source in self._places_of_stand_ins:
            return True
        return any(text in problem.message for text in self._stand_ins)

    @property
    def has_errors(self) -> bool:
        """Whether anything stands in the way."""
        return any(problem.severity is Severity.ERROR for problem in self.found)

    def raise_errors(self) -> None:
        """Raise `DefinitionError` with everything found if anything stands in the way.

        A block that stands for several instances has its problems once.
        """
        if self.has_errors:
            raise DefinitionError(tuple(dict.fromkeys(self.found)))


def failure(message: str, source: SourceRef, *, hint: str | None = None) -> DefinitionError:
    """Return the error for a file that cannot be read at all."""
    return DefinitionError((Problem(message, source, hint, rule="unreadable"),))
