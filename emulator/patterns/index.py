"""Which of many rules match an event, without asking each of them (pure).

Every alternative of a pattern is filed under the literal values of the one field by which it is
told apart best; an event then looks up its own values there and asks only those rules.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping
from typing import Any, Generic, TypeVar

from emulator.patterns.pattern import Alternative, EventPattern, Path, fits, values_at
from emulator.patterns.value_tests import FieldTests
from emulator.patterns.values import literal_key

K = TypeVar("K", bound=Hashable)
_Entry = tuple[K, Alternative]


class PatternIndex(Generic[K]):
    """Patterns by key; `matching` answers with the keys in the order they were given in."""

    def __init__(self, patterns: Iterable[tuple[K, EventPattern]]) -> None:
        entries = [(key, a) for key, pattern in patterns for a in pattern.alternatives]
        self._order = {key: number for number, key in enumerate(dict(entries))}
        self._filed: dict[Path, dict[str, list[_Entry[K]]]] = {}
        self._rest: list[_Entry[K]] = []
        frequency = _frequencies(alternative for _, alternative in entries)
        for entry in entries:
            self._file(entry, frequency)

    def matching(self, event: Mapping[str, Any]) -> list[K]:
        """Return the keys of all patterns that match an event, as parsed JSON."""
        candidates = list(self._rest)
        for path, by_value in self._filed.items():
            for value in values_at(event, path):
                candidates += by_value.get(literal_key(value), ())
        found = {key for key, alternative in candidates if fits(alternative, event)}
        return sorted(found, key=self._order.__getitem__)

    def _file(self, entry: _Entry[K], frequency: Mapping[tuple[Path, str], int]) -> None:
        path = _best_field(entry[1], frequency)
        if path is None:
            self._rest.append(entry)
            return
        shelf = self._filed.setdefault(path, defaultdict(list))
        for literal in entry[1].fields[path].literals:
            shelf[literal].append(entry)


def _frequencies(alternatives: Iterable[Alternative]) -> Counter[tuple[Path, str]]:
    return Counter(
        (path, literal)
        for alternative in alternatives
        for path, tests in alternative.fields.items()
        for literal in tests.literals
    )


def _best_field(alternative: Alternative, frequency: Mapping[tuple[Path, str], int]) -> Path | None:
    """Return the field whose literals the fewest patterns share; None without such a field."""
    usable = {path: tests for path, tests in alternative.fields.items() if _literal_only(tests)}
    if not usable:
        return None
    return min(
        usable,
        key=lambda path: sum(frequency[path, literal] for literal in usable[path].literals),
    )


def _literal_only(tests: FieldTests) -> bool:
    return bool(tests.literals) and not tests.tests and not tests.or_absent
