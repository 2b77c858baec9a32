"""Values: frozen dataclasses that are made quickly, for whoever waits for what a command imports.

`dataclass` writes the source of six methods for each class and compiles it. Those that compare,
hash and show a value are the same for every class, and so they stand here once: that leaves out
almost half of the time, of which imports of the model are mostly made.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from operator import attrgetter
from typing import Any, TypeVar, dataclass_transform

_T = TypeVar("_T")


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
def frozen(cls: type[_T]) -> type[_T]:
    """Make a class what `dataclass(frozen=True, kw_only=True, slots=True)` makes of it.

    What the class says itself of comparing, hashing or showing its values holds.
    """
    made = dataclass(frozen=True, kw_only=True, slots=True, eq=False, repr=False)(cls)
    for name, method in _methods(made).items():
        if name not in cls.__dict__:
            setattr(made, name, method)
    return made


def _methods(cls: Any) -> dict[str, Callable[..., object]]:
    """Return what compares, hashes and shows the values of a class, by the fields that do it."""
    names = [each.name for each in fields(cls) if each.compare]
    compared: Callable[[object], object] = attrgetter(*names) if names else type
    shown = [each.name for each in fields(cls) if each.repr]

    def equal(self: object, other: object) -> object:
        if other.__class__ is not self.__class__:
            return NotImplemented
        return compared(self) == compared(other)

    def digest(self: object) -> int:
        return hash(compared(self))

    def text(self: object) -> str:
        told = ", ".join(f"{name}={getattr(self, name)!r}" for name in shown)
        return f"{self.__class__.__qualname__}({told})"

    return {"__eq__": equal, "__hash__": digest, "__repr__": text}
