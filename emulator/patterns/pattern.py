"""Event patterns: which events a rule matches (pure).

A pattern has the shape of the events it matches. All its fields must match (and), any value of a
field's list will do (or), `$or` holds alternatives. Fields of one object inside an array must
match in the same element. AWS: "Amazon EventBridge event patterns" in the user guide.
"""

import itertools
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from emulator.errors import EcsLocalError
from emulator.patterns.operators import MATCH_TYPES
from emulator.patterns.value_tests import FieldTests, read_tests
from emulator.patterns.values import PatternError

LARGEST: Final = 4096
"""Characters of an event pattern; PutRule takes no more (it may be raised on request)."""

MOST_ALTERNATIVES: Final = 1000
"""Combinations of all `$or` of a pattern: EventBridge has the same limit."""

DEEPEST: Final = 64
"""Objects inside each other that are read: reading is recursive, and a pattern may be hostile."""
Path = tuple[str, ...]


class Fault(NamedTuple):
    """What is wrong with a pattern, and the path of the field where it is."""

    reason: str
    path: Path = ()

    def __str__(self) -> str:
        return f"Event pattern is not valid. Reason: {self.reason}"


class EventPatternError(EcsLocalError):
    """An event pattern EventBridge would refuse; carries all that is wrong with it."""

    exit_code = 2

    def __init__(self, *faults: Fault) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Alternative:
    """One way to match: every field must pass its tests.

    `tree` is the same as nested mappings, for arrays of objects match element by element.
    """

    fields: Mapping[Path, FieldTests]
    tree: "_Tree" = field(repr=False)


_Tree = dict[str, "FieldTests | _Tree"]


@dataclass(frozen=True, slots=True)
class EventPattern:
    """A checked event pattern. `document` is the JSON it was made of."""

    document: Mapping[str, Any] = field(compare=True)
    alternatives: tuple[Alternative, ...] = field(compare=False, repr=False)

    def matches(self, event: Mapping[str, Any]) -> bool:
        """Return whether an event, as parsed JSON, matches."""
        return any(fits(alternative, event) for alternative in self.alternatives)

    def __hash__(self) -> int:
        return hash(json.dumps(self.document, sort_keys=True))


def parse_pattern(text: str) -> EventPattern:
    """Return the pattern of a JSON text. Raises `EventPatternError`."""
    if len(text) > LARGEST:
        raise EventPatternError(Fault(f"longer than {LARGEST} characters"))
    try:
        document = json.loads(text, object_pairs_hook=_unique, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise EventPatternError(Fault(f"not valid JSON: {error}")) from error
    return read_pattern(document)


def read_pattern(document: Any) -> EventPattern:
    """Return the pattern that parsed JSON means. Raises `EventPatternError`."""
    if not isinstance(document, dict):
        raise EventPatternError(Fault("a pattern is an object"))
    if not document:
        raise EventPatternError(Fault("an empty pattern matches nothing"))
    faults: list[Fault] = []
    found = _alternatives(document, (), faults)
    if faults:
        raise EventPatternError(*dict.fromkeys(faults))
    return EventPattern(document, tuple(Alternative(dict(f), _tree(f)) for f in found))


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        message = f"the key {twice!r} is there twice"
        raise ValueError(message)
    return found


def _no_number(name: str) -> None:
    message = f"{name} is not a number"
    raise ValueError(message)


Fields = tuple[tuple[Path, FieldTests], ...]


def _alternatives(document: Mapping[str, Any], path: Path, faults: list[Fault]) -> list[Fields]:
    """Return every combination of the alternatives of an object, as EventBridge expands `$or`.

    What is wrong is added to `faults`.
    """
    if len(path) >= DEEPEST:
        faults.append(Fault(f"{_name(path)}: nested more than {DEEPEST} deep", path))
        return []
    choices = [_choices(key, value, path, faults) for key, value in document.items()]
    count = 1
    for choice in choices:
        count *= len(choice)
    if count > MOST_ALTERNATIVES:
        faults.append(
            Fault(f"{_name(path)}: more than {MOST_ALTERNATIVES} combinations of $or", path)
        )
        return []
    return [
        tuple(itertools.chain.from_iterable(combination))
        for combination in itertools.product(*choices)
    ]


def _choices(key: str, value: Any, path: Path, faults: list[Fault]) -> list[Fields]:
    if key == "$or" and _is_or(value):
        return [fields for item in value for fields in _alternatives(item, path, faults)]
    here = (*path, key)
    if isinstance(value, dict) and value:
        return _alternatives(value, here, faults)
    if isinstance(value, dict):
        faults.append(Fault(f"{_name(here)}: an empty object matches nothing", here))
    elif not isinstance(value, list):
        faults.append(Fault(f"{_name(here)} must be an object or an array", here))
    else:
        try:
            return [((here, read_tests(value)),)]
        except PatternError as error:
            faults.append(Fault(f"{_name(here)}: {error}", here))
    return []


def _is_or(value: Any) -> bool:
    """Return whether `$or` is the operator: two objects or more, none of them empty.

    Where one has a key that is a match type, `$or` is the name of a field, as in event-ruler.
    """
    return (
        isinstance(value, list)
        and len(value) > 1
        and all(isinstance(item, dict) and item for item in value)
        and not any(MATCH_TYPES & item.keys() for item in value)
    )


def _name(path: Path) -> str:
    return ".".join(path) or "the pattern"


def _tree(fields: Fields) -> _Tree:
    root: _Tree = {}
    for path, tests in fields:
        branch = root
        for key in path[:-1]:
            inner = branch.setdefault(key, {})
            if isinstance(inner, FieldTests):
                raise EventPatternError(
                    Fault(f"{_name(path)}: a field and something inside it", path)
                )
            branch = inner
        if path[-1] in branch:
            raise EventPatternError(Fault(f"{_name(path)} is asked for twice, also in $or", path))
        branch[path[-1]] = tests
    return root


def fits(alternative: Alternative, event: Mapping[str, Any]) -> bool:
    """Return whether an event matches one alternative."""
    return _fits(alternative.tree, event, (), event)


def _fits(tree: _Tree, value: Any, path: Path, event: Mapping[str, Any]) -> bool:
    if isinstance(value, list) and value:
        return any(_fits(tree, item, path, event) for item in value)
    found: Mapping[str, Any] = value if isinstance(value, dict) else {}
    for key, wanted in tree.items():
        here = (*path, key)
        if isinstance(wanted, FieldTests):
            if not _accepts(wanted, found.get(key, _NOTHING), here, event):
                return False
        elif not _fits(wanted, found.get(key), here, event):
            return False
    return True


_NOTHING: Final = object()


def _accepts(tests: FieldTests, value: Any, path: Path, event: Mapping[str, Any]) -> bool:
    if isinstance(value, str | int | float) or value is None:
        return tests.accept(value)
    if any(tests.accept(leaf) for leaf in _leaves(value)):
        return True
    # A field is absent when no part of the event has it, not only this element of an array.
    return tests.or_absent and next(values_at(event, path), _NOTHING) is _NOTHING


def values_at(value: Any, path: Path) -> Iterator[Any]:
    """Yield the leaf values at a path, of all elements where there are arrays on the way."""
    if isinstance(value, list):
        for item in value:
            yield from values_at(item, path)
    elif not path:
        if not isinstance(value, dict):
            yield value
    elif isinstance(value, dict) and path[0] in value:
        yield from values_at(value[path[0]], path[1:])


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, list):
        for item in value:
            yield from _leaves(item)
    elif not isinstance(value, dict) and value is not _NOTHING:
        yield value
