"""JSON becomes nodes: the standard library's own scanner, told to remember places."""

import json
import re
from bisect import bisect_right
from json.decoder import JSONArray, JSONObject  # type: ignore[attr-defined] # not in the stubs
from json.scanner import py_make_scanner  # type: ignore[attr-defined] # not in the stubs
from math import isinf
from typing import Any, Final

from emulator.definitions.nodes import Node, ValueBudget, failure
from emulator.errors import DefinitionError, SourceRef

_SURROGATE: Final = "[\ud800-\udfff]"
_TRAILING: Final = r",\s*[}\]]"
DEEPEST: Final = 100


class _LocatingDecoder(json.JSONDecoder):
    """Makes a `Node` of every value. Keys stand in the line of their value, all but always."""

    def __init__(
        self, text: str, path: str, budget: ValueBudget, *, finite: bool, lines: bool
    ) -> None:
        parse_float = self._finite if finite else float
        super().__init__(parse_constant=self._refuse_constant, parse_float=parse_float)
        self._path = path
        self._depth = self._at = 0
        self._budget = budget
        self._lines = [match.start() for match in re.finditer("\n", text)] if lines else None
        self.parse_object = self._object
        self.parse_array = self._array
        self._scan = py_make_scanner(self)
        self.scan_once = self._located

    def _located(self, text: str, index: int) -> tuple[Node, int]:
        if self._depth > DEEPEST:
            raise failure(f"nested more than {DEEPEST} deep", self._source(index))
        self._budget.left -= 1
        if self._budget.left < 0:
            raise self._budget.spent(self._source(index))
        self._depth += 1
        self._at = index
        value, end = self._scan(text, index)
        self._depth -= 1
        source = self._source(index)
        if isinstance(value, str):
            _refuse_surrogates(value, source)
            return Node(value, source), end
        written = None if isinstance(value, dict | list) else text[index:end]
        return Node(value, source, written=written), end

    def _object(self, start: tuple[str, int], strict: bool, *_: Any) -> Any:
        def collect(pairs: list[tuple[str, Node]]) -> dict[str, Node]:
            found: dict[str, Node] = {}
            for key, node in pairs:
                _refuse_surrogates(key, node.source)
                if key in found:
                    message = (
                        f"the key {key!r} is there twice, first in line {found[key].source.line}"
                    )
                    raise failure(message, node.source)
                found[key] = node
            return found

        return JSONObject(start, strict, self._located, None, collect, {})

    def _array(self, start: tuple[str, int], *_: Any) -> Any:
        return JSONArray(start, self._located)

    @property
    def place(self) -> SourceRef:
        """Where the value stands that was begun last."""
        return self._source(self._at)

    def _source(self, index: int) -> SourceRef:
        if self._lines is None:
            return SourceRef(self._path)
        return SourceRef(self._path, bisect_right(self._lines, index - 1) + 1)

    def _finite(self, written: str) -> float:
        number = float(written)
        if isinf(number):
            message = f"not valid JSON: {written} is too large a number"
            raise failure(message, self.place)
        return number

    def _refuse_constant(self, name: str) -> Any:
        raise failure(f"not valid JSON: {name} is not a JSON value", self.place)


def _hint(error: json.JSONDecodeError) -> str | None:
    """Return what to do about what other dialects of JSON have."""
    before, rest = error.doc[: error.pos].rstrip(), error.doc[error.pos :]
    if rest.startswith(("//", "/*", "#")):
        return "JSON has no comments"
    if re.match(_TRAILING, rest) or (before.endswith(",") and rest.startswith(("}", "]"))):
        return "leave out the comma behind the last value"
    return 'texts stand in double quotes: "…"' if rest.startswith("'") else None


def _refuse_surrogates(text: str, source: SourceRef) -> None:
    """Refuse half a character: no file and no container could be given it."""
    found = None if text.isascii() else re.search(_SURROGATE, text)
    if found is not None:
        raise failure(f"not valid JSON: \\u{ord(found[0]):04x} alone is not a character", source)


def parse_json(
    text: str,
    path: str,
    *,
    finite: bool = True,
    budget: ValueBudget | None = None,
    lines: bool = True,
) -> Node:
    """Return the value of a JSON text. Raises `DefinitionError`.

    `finite` refuses numbers that are none of a computer's; else `Node.written` has them whole.
    `budget` is that of texts which are read as one; None: the text has its own. `lines` is False
    for a text that is in no file, whose lines nobody knows.
    """
    decoder = _LocatingDecoder(text, path, budget or ValueBudget(), finite=finite, lines=lines)
    try:
        node: Node = decoder.decode(text)
    except json.JSONDecodeError as error:
        message = f"not valid JSON: {error.msg} (column {error.colno})"
        place = SourceRef(path, error.lineno if lines else None)
        raise failure(message, place, hint=_hint(error)) from error
    except DefinitionError:
        raise
    except RecursionError as error:
        raise failure("nested too deeply", SourceRef(path)) from error
    except ValueError as error:
        # A number with more digits than Python converts.
        message = "not valid JSON: a number has thousands of digits"
        raise failure(message, decoder.place) from error
    return node
