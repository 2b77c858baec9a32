"""The Go templates of ecschedule and ecspresso: calls of functions, and what stands under `if`.

Rendered before the YAML or JSON is parsed, as those tools do; lines stay where they are. A
template is read in one pass, so that no text can make it slow.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from emulator.definitions.action_places import LinePlace, depth_after
from emulator.definitions.go_branches import Branches, keyword
from emulator.definitions.go_functions import (
    UNKNOWN,
    Function,
    TemplateError,
    UnsupportedError,
    decides,
    own_functions,
)
from emulator.definitions.nodes import VALUE_MISSING, Problems
from emulator.errors import SourceRef

DEEPEST: Final = 10
_PIECE: Final = re.compile(r'"(?:[^"\\]|\\.)*"|`[^`]*`|\}\}|["`]|[^"`}]+|\}')
_TOKEN: Final = re.compile(r'\s+|"(?:[^"\\]|\\.)*"|`[^`]*`|[A-Za-z_]\w*|\d+|[()|]', re.ASCII)
_ASKS: Final = r"(?:must_env|env|tfstatef?|ssm|secretsmanager_arn|cfn_\w+)\s"
_CALLS: Final = re.compile(
    rf"\{{\{{(?:-\s)?\s*(?:{_ASKS}|(?:json_escape|or)\s|if\s(?:[^{{}}\n]*[\s(])?{_ASKS})",
    re.ASCII,
)
_DASH_BEFORE: Final = ("- ", "-\t")
_DASH_BEHIND: Final = (" -", "\t-")
_JOINS: Final = "a dash joins this template to another line, which is not done here"
_SHOWN: Final = 80
_HINT: Final = 'write {{ env "NAME" "default" }}, {{ must_env "NAME" }}, or the value itself'


@dataclass(frozen=True, slots=True)
class _Context:
    """What the actions of one text share; `told` is what has been said of them."""

    functions: Mapping[str, Function]
    problems: Problems
    told: set[str] = field(default_factory=set)
    branches: Branches = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "branches", Branches(self.tell))

    def tell(self, message: str, source: SourceRef, hint: str | None = None) -> None:
        """Note a problem, where it is first: a variable that is not set may be asked for often."""
        if message not in self.told:
            self.told.add(message)
            self.problems.error(message, source, hint=hint, rule=VALUE_MISSING)


def calls_functions(text: str) -> bool:
    """Return whether a text of another format is a template: it calls a function known here."""
    return _CALLS.search(text) is not None


def render(
    text: str,
    path: str,
    environ: Mapping[str, str],
    problems: Problems,
    functions: Mapping[str, Function] | None = None,
    *,
    lines: bool = True,
) -> str:
    """Return a text with its `{{ ... }}` replaced; what cannot be is noted in `problems`.

    `functions` are those of plugins, besides the ones that every template has. What an `if` takes
    away leaves empty lines.
    `lines` is False for a text that is in no file, whose lines nobody knows.
    """
    if "{{" not in text:
        return text
    context = _Context({**own_functions(environ), **(functions or {})}, problems)
    rendered, depth = [], 0
    for number, line in enumerate(text.split("\n"), start=1):
        if "{{" not in line:
            taken = context.branches.taken
            rendered.append(line if taken else "")
            depth = depth_after(line, depth) if taken else depth
            continue
        place = LinePlace(line, depth)
        source = SourceRef(path, number if lines else None)
        rendered.append("".join(_line(line, place, source, context)))
        depth = place.depth
    context.branches.close()
    return "\n".join(rendered)


def _line(line: str, place: LinePlace, source: SourceRef, context: _Context) -> Iterator[str]:
    position, trims = 0, False
    while (start := line.find("{{", position)) >= 0:
        end = _end_of_action(line, start + 2)
        trims_before = end is not None and line[start + 2 : start + 4] in _DASH_BEFORE
        if context.branches.taken:
            yield _trimmed(line[position:start], before=trims, behind=trims_before)
            place.go(position, start)
        if end is None:
            message = "a template that begins with {{ does not end with }} in its line"
            context.tell(message, source)
            return
        trims = line[end - 2 : end] in _DASH_BEHIND
        action = line[start + (3 if trims_before else 2) : end - (1 if trims else 0)]
        position = end + 2
        if _controls(action, source, context) or not context.branches.taken:
            continue
        value = _action(action, source, context)
        joins = (trims_before and not line[:start].strip()) or (
            trims and not line[position:].strip()
        )
        if joins and value:
            context.tell(_JOINS, source, "write {{ and }} without a dash")
        yield _quoted(value) if place.holds_whole_value(start, position) else value
    if context.branches.taken:
        place.go(position, len(line))
        yield _trimmed(line[position:], before=trims, behind=False)


def _trimmed(text: str, *, before: bool, behind: bool) -> str:
    """Return text between actions without the blanks that `-}}` before and `{{-` behind it take."""
    text = text.lstrip() if before else text
    return text.rstrip() if behind else text


def _controls(action: str, source: SourceRef, context: _Context) -> bool:
    """Return whether an action only says which parts of the text are there."""
    word, rest = keyword(action.strip())
    branches = context.branches
    if word == "if":
        branches.begin(branches.taken and bool(_action(rest, source, context)), source)
    elif word == "else if":
        branches.otherwise(branches.undecided() and bool(_action(rest, source, context)), source)
    elif word == "else":
        branches.otherwise(True, source)
    elif word == "end":
        branches.end(source)
    elif word:
        if branches.taken:
            _action(action, source, context)  # Which tells that it is not supported.
        branches.begin(False, source)
    return word != ""


def _end_of_action(line: str, start: int) -> int | None:
    """Return where an action's `}}` stands: none inside of quotes, and no quote left open."""
    for piece in _PIECE.finditer(line, start):
        if piece[0] == "}}":
            return piece.start()
        if piece[0] in ('"', "`"):
            return None
    return None


def _quoted(value: str) -> str:
    """Return a placeholder as YAML and JSON take it anywhere, anything else as it is."""
    placeholder = value.startswith("${") and value.endswith("}")
    return json.dumps(value, ensure_ascii=False) if placeholder else value


def _action(action: str, source: SourceRef, context: _Context) -> str:
    if action.strip().startswith("/*") and action.strip().endswith("*/"):
        return ""
    try:
        value = _Parser(_tokens(action), context.functions, source).pipeline(0)
    except TemplateError as error:
        context.tell(str(error), source, error.hint)
        context.problems.stands_in(error.value, source)
        return error.value
    except (UnsupportedError, ValueError):
        shown = action.strip()
        shown = shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}…"
        message = f"the template {{{{ {shown} }}}} is not supported yet"
        context.tell(message, source, _HINT)
        context.problems.stands_in(UNKNOWN, source)
        return UNKNOWN
    return value


def _tokens(action: str) -> list[str]:
    tokens, position = [], 0
    while position < len(action):
        match = _TOKEN.match(action, position)
        if match is None:
            raise UnsupportedError
        position = match.end()
        if not match[0].isspace():
            tokens.append(match[0])
    return tokens


class _Parser:
    """Reads `call | call`, where a call is a function and its arguments.

    As in Go, what stands behind the argument that decides an `and` or an `or` is not asked for.
    """

    def __init__(
        self, tokens: list[str], functions: Mapping[str, Function], source: SourceRef
    ) -> None:
        self._source = source
        self._tokens = tokens
        self._next = 0
        self._functions = functions
        self._decided = False

    def pipeline(self, depth: int) -> str:
        """Return the value up to the end, or to the parenthesis that closes it."""
        value = self._call([], depth)
        while self._peek() == "|":
            self._next += 1
            value = self._call([value], depth)
        if self._peek() != ("" if depth == 0 else ")"):
            raise UnsupportedError
        self._next += 1
        return value

    def _peek(self) -> str:
        return self._tokens[self._next] if self._next < len(self._tokens) else ""

    def _call(self, piped: list[str], depth: int) -> str:
        name, decided = self._peek(), self._decided
        function = self._functions.get(name)
        if function is None or depth > DEEPEST:
            raise UnsupportedError
        self._next += 1
        arguments = []
        while (token := self._peek()) not in ("", "|", ")"):
            self._next += 1
            arguments.append(self.pipeline(depth + 1) if token == "(" else _literal(token))  # noqa: S105
            self._decided = self._decided or decides(name, arguments[-1])
        self._decided = decided
        return "" if decided else function([*arguments, *piped], self._source)


def _literal(token: str) -> str:
    """Return what a Go string or number says. Raises ValueError for an escape JSON has not."""
    if token.isdigit():
        return token
    if token.startswith("`"):
        return token[1:-1]
    if token.startswith('"'):
        return str(json.loads(token))
    raise UnsupportedError
