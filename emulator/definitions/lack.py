"""A value that a definition lacks because only AWS or the user knows it."""

from dataclasses import dataclass

from emulator.errors import Problem
from emulator.model.definitions import Local


@dataclass(frozen=True, slots=True)
class Lack:
    """A warning of a placeholder, and what may be given under `local:` in its place.

    `image` is the name with the placeholder, `variable` that of the variable which has it as its
    value; where neither is there, nothing takes the warning away.
    """

    problem: Problem
    image: str | None = None
    variable: str | None = None

    def filled(self, local: Local) -> bool:
        """Return whether `local:` says what runs here."""
        if self.image is not None:
            own = local.stand_in(self.image)
            return own is not None and (own.image is not None or own.build is not None)
        return self.variable in local.env
