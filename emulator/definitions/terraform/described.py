"""A resource or data source whose attributes are computed, whatever it was read from."""

from collections.abc import Callable
from typing import Protocol

from emulator.definitions.terraform.telling import Telling
from emulator.definitions.terraform.values import Value
from emulator.errors import SourceRef


class Described(Protocol):
    """A resource whose attributes are computed, from HCL or from a plan."""

    @property
    def type(self) -> str:
        """The type, e.g. `aws_ecs_cluster`."""

    @property
    def address(self) -> str:
        """The address, for people."""

    @property
    def label(self) -> str:
        """A name made of its address."""

    @property
    def source(self) -> SourceRef:
        """Where it stands."""

    @property
    def root(self) -> Telling:
        """Where it would be deployed, and where guesses are told."""

    def configured(self, name: str) -> Value | None:
        """Return an argument as configured, None where it is absent or null."""

    def attribute(self, name: str, source: SourceRef) -> Value:
        """Return an attribute, a placeholder where it is unknown."""


Computed = Callable[[Described], Value | None]
"""What gives an attribute; None where it has none but what is configured."""
