"""What a reading of Terraform tells: guesses, what is left out, and expressions that fail."""

import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Final

from emulator.definitions.nodes import Problems, some_of
from emulator.definitions.terraform.budget import Budget
from emulator.definitions.terraform.guesses import Guess, Guesses
from emulator.definitions.terraform.values import EvaluationError, Unknown
from emulator.errors import SourceRef
from emulator.model.arns import partition_of

_FETCH: Final = "`terraform init` fetches the module"
_MOST_OPTIONS: Final = 4
_LONG: Final = 120
_PLACEHOLDER: Final = re.compile(r"\$\{[^}]*\}")


class Telling(ABC):
    """Tells everything once, and holds the budget of the reading."""

    def __init__(self, problems: Problems, account: str) -> None:
        self.problems = problems
        self.account = account
        self.budget = Budget()
        self.guesses = Guesses(self.warn, self.budget)
        self.told: set[str] = set()
        self.absent: set[str] = set()
        """The addresses of the modules that are not on this disk."""
        self.unread: list[tuple[str, EvaluationError, SourceRef]] = []
        """Roles and policies that Terraform would refuse, why and where."""
        self._lacking: dict[tuple[str, ...], dict[str, SourceRef]] = {}

    @property
    @abstractmethod
    def region(self) -> str:
        """The region of what is deployed."""

    def revision(self, _address: str) -> int:
        """Return the revision that a task definition would be of its family."""
        return 1

    @property
    def partition(self) -> str:
        """The partition that the region belongs to."""
        return partition_of(self.region)

    def guessed(self, message: str, source: SourceRef) -> None:
        """Note a decision that depends on what only AWS knows."""
        self.guesses.made([Guess(message, source)])

    def left_out(self, what: str, gap: Unknown, source: SourceRef) -> None:
        """Note what cannot be had for want of a value."""
        if gap.missing:
            self._lacking.setdefault(gap.missing, {}).setdefault(what, source)
            return
        message = f"{what} is left out: {shortened(gap.text)} is known {gap.where}"
        causes = [cause.name for cause in gap.causes]
        absent = any(name.startswith(f"{module}.") for module in self.absent for name in causes)
        hint = "write it in an ecs-local.yaml beside it"
        self.warn(message, source, f"{_FETCH}, or {hint}" if absent else hint, "left-out")

    def tell_what_lacks_variables(self) -> None:
        """Warn of what is left out for want of variables, once for each set of them."""
        for variables, whats in self._lacking.items():
            several = len(whats) > 1
            are, they = ("are", "they need") if several else ("is", "it needs")
            plural = "variables" if len(variables) > 1 else "variable"
            message = f"{some_of(list(whats))} {are} left out: {they} the {plural} "
            message += f"{', '.join(variables)}, not given"
            source = next(iter(whats.values()))
            self.warn(message, source, self.hint_at_variables(variables), "left-out")

    def hint_at_variables(self, names: Sequence[str]) -> str:
        """Return how to give variables their values."""
        options = " ".join(f"--var {name}=…" for name in names[:_MOST_OPTIONS])
        it = "them" if len(names) > 1 else "it"
        files = self.variable_files(names)
        have = "have" if len(files) > 1 else "has"
        found = f" ({some_of(files)} {have} {it})" if files else ""
        return f"give {it} with {options}, --var-file FILE{found}, or in terraform.tfvars"

    def variable_files(self, _names: Sequence[str]) -> Sequence[str]:
        """Return the files that set variables and were not given."""
        return ()

    def failed(self, what: str, error: EvaluationError, source: SourceRef) -> None:
        """Note an expression that Terraform would refuse."""
        place = error.source or source
        named = error.message.startswith(f"{what}: ")
        message = error.message if named else f"{what}: {error.message}"
        if self._first_time(f"{place} {error.message}"):
            self.problems.error(message, place, hint=error.hint)

    def warn(
        self,
        message: str,
        source: SourceRef | None,
        hint: str | None = None,
        rule: str = "doubtful",
    ) -> None:
        """Warn, once."""
        if self._first_time(f"{source} {message}"):
            self.problems.warning(message, source, hint=hint, rule=rule)

    def tell_unread(self) -> None:
        """Warn of what of the roles could not be read, where nobody was told of the reason."""
        for address, error, place in self.unread:
            if f"{place} {error.message}" not in self.told:
                told = f"{address}: {error.message}: what it allows is not checked"
                self.warn(told, place, error.hint)

    def _first_time(self, key: str) -> bool:
        known = key in self.told
        self.told.add(key)
        return not known


def shortened(text: str) -> str:
    """Return a text in one line, of a long one its gaps alone."""
    line = " ".join(text.split())
    return (
        line if len(line) <= _LONG else ", ".join(_PLACEHOLDER.findall(line)) or f"{line[:_LONG]}…"
    )
