"""The tests an event pattern puts to one value: what stands in the list at a field (pure).

AWS: "Comparison operators for use in event patterns" in the EventBridge user guide. What it leaves
open follows AWS's published matching library, event-ruler.
"""

from dataclasses import dataclass
from typing import Any

from emulator.patterns.operators import only_entry, read_operator
from emulator.patterns.values import PatternError, Scalar, Test, literal_key


@dataclass(frozen=True, slots=True)
class FieldTests:
    """What a field must be: one of `literals`, or pass one of `tests`, or be absent.

    A literal is a key of `literal_key`, so that `1`, `"1"` and `true` are kept apart.
    """

    literals: frozenset[str] = frozenset()
    tests: tuple[Test, ...] = ()
    or_absent: bool = False

    def accept(self, value: Scalar) -> bool:
        """Return whether a value that is there passes."""
        if self.literals and literal_key(value) in self.literals:
            return True
        return any(test(value) for test in self.tests)


def read_tests(items: list[Any]) -> FieldTests:
    """Return the tests of the list that stands at a field. Raises `PatternError`."""
    if not items:
        message = "an empty list matches nothing"
        raise PatternError(message)
    literals = frozenset(literal_key(item) for item in items if not isinstance(item, dict | list))
    tests: list[Test] = []
    or_absent = False
    for item in items:
        if isinstance(item, list):
            message = "a list inside a list"
            raise PatternError(message)
        if not isinstance(item, dict):
            continue
        name, argument = only_entry(item)
        if name == "exists":
            if _truth(argument):
                tests.append(lambda _value: True)
            else:
                or_absent = True
        else:
            tests.append(read_operator(name, argument))
    return FieldTests(literals, tuple(tests), or_absent)


def _truth(argument: Any) -> bool:
    if not isinstance(argument, bool):
        message = "exists takes true or false"
        raise PatternError(message)
    return argument
