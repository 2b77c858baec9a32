"""Values: frozen dataclasses that are made quickly, for whoever waits for what a command imports.

`dataclass` writes the source of up to nine methods for each class and compiles it, which takes
longer than all else of a module. What they do is the same for every class but for the names of its
fields, and so they stand here once.
"""

from collections.abc import Callable, Sequence
from dataclasses import MISSING, Field, FrozenInstanceError, dataclass, field, fields
from operator import attrgetter
from types import MemberDescriptorType
from typing import Any, Self, TypeVar, dataclass_transform

_T = TypeVar("_T")


class Changing:
    """A value of which copies are made that differ in few of many fields, over and over."""

    def changed(self, **changes: Any) -> Self:
        """Return a copy in which the fields that are given have other values.

        `dataclasses.replace` reads and sets all fields one by one. A task is copied ten times in
        its life, which was a sixth of all the work for it.
        """
        copy = object.__new__(type(self))
        mine, its = vars(self), vars(copy)
        its.update(mine)
        its.update(changes)
        if len(its) != len(mine):
            unknown = ", ".join(sorted(changes.keys() - mine.keys()))
            message = f"{type(self).__name__} has no {unknown}"
            raise TypeError(message)
        return copy


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
def frozen(cls: type[_T]) -> type[_T]:
    """Make a class what `dataclass(frozen=True, kw_only=True, slots=True)` makes of it.

    One that is `Changing` has no slots: all its fields are copied at once.
    What the class says itself of comparing, hashing or showing its values holds. All fields are
    given or have defaults: raises `TypeError` for a class that would work any out.
    """
    if hasattr(cls, "__post_init__"):
        message = f"{cls.__qualname__} has __post_init__, which only `dataclass` calls"
        raise TypeError(message)
    slots = not issubclass(cls, Changing)
    made = dataclass(kw_only=True, slots=slots, init=False, eq=False, repr=False)(cls)
    methods = {
        "__init__": _making(made),
        "__setattr__": _refuse_to_set,
        "__delattr__": _refuse_to_delete,
        **_pickling(made),
        **_comparing(made),
    }
    for name, method in methods.items():
        if name not in cls.__dict__:
            setattr(made, name, method)
    return made


def _making(cls: type) -> Callable[..., None]:
    """Return what makes a value of its fields by name."""
    known = fields(cls)
    places = _places(cls)
    defaults = {each.name: each.default for each in known if each.default is not MISSING}
    factories = [
        (each.name, each.default_factory) for each in known if each.default_factory is not MISSING
    ]
    count = len(places)

    def make(self: object, /, **given: object) -> None:
        if len(given) < count:
            given = {**defaults, **given}
            for name, factory in factories:
                if name not in given:
                    given[name] = factory()
        # As many as there are fields, and one for each of them: no other name is left.
        if len(given) != count:
            raise _misfit(cls, known, given)
        try:
            for name, put in places:
                put(self, given[name])
        except KeyError:
            raise _misfit(cls, known, given) from None

    return make


def _places(cls: type) -> list[tuple[str, Callable[[object, object], None]]]:
    """Return the fields of a class by name, with what puts a value into each."""
    return [(each.name, _place(cls, each.name)) for each in fields(cls)]


def _place(cls: type, name: str) -> Callable[[object, object], None]:
    # Also of a class that it extends, which has the slot then.
    slot = getattr(cls, name, None)
    if isinstance(slot, MemberDescriptorType):
        return slot.__set__

    def put(self: object, value: object) -> None:
        vars(self)[name] = value

    return put


def _misfit(cls: type, known: Sequence[Field[Any]], given: dict[str, object]) -> TypeError:
    names = [each.name for each in known]
    missing = [name for name in names if name not in given]
    unexpected = [name for name in given if name not in names]
    said = [f"misses {', '.join(missing)}"] if missing else []
    said += [f"has no {', '.join(unexpected)}"] if unexpected else []
    return TypeError(f"{cls.__qualname__} {' and '.join(said)}")


def _refuse_to_set(_self: object, name: str, _value: object) -> None:
    message = f"cannot assign to field {name!r}"
    raise FrozenInstanceError(message)


def _refuse_to_delete(_self: object, name: str) -> None:
    message = f"cannot delete field {name!r}"
    raise FrozenInstanceError(message)


def _pickling(cls: type) -> dict[str, Callable[..., object]]:
    """Return what takes a value apart and puts it together again, past what keeps it as it is."""
    places = _places(cls)

    def state(self: object) -> list[object]:
        return [getattr(self, name) for name, _ in places]

    def restore(self: object, values: Sequence[object]) -> None:
        for (_, put), value in zip(places, values, strict=True):
            put(self, value)

    return {"__getstate__": state, "__setstate__": restore}


def _comparing(cls: Any) -> dict[str, Callable[..., object]]:
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
