"""What a mapping of resources needs of the reading it is part of."""

from typing import Protocol

from emulator.definitions.nodes import Problems
from emulator.definitions.terraform.budget import Budget
from emulator.definitions.terraform.values import (
    EvaluationError,
    Unknown,
)
from emulator.errors import SourceRef


class World(Protocol):
    """Where guesses, gaps and errors are told, and what work may cost."""

    problems: Problems
    budget: Budget
    account: str

    @property
    def region(self) -> str:
        """The region of what is deployed."""
        ...

    @property
    def partition(self) -> str:
        """The partition of the region."""
        ...

    def left_out(self, what: str, gap: Unknown, source: SourceRef) -> None:
        """Note what cannot be had for want of a value."""
        ...

    def tell_what_lacks_variables(self) -> None:
        """Warn of what was left out for want of variables."""
        ...

    def warn(
        self,
        message: str,
        source: SourceRef | None,
        hint: str | None = None,
        rule: str = "doubtful",
    ) -> None:
        """Warn, once."""
        ...

    def failed(self, what: str, error: EvaluationError, source: SourceRef) -> None:
        """Note an expression that Terraform would refuse."""
        ...
