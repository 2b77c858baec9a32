"""The Go templates of ecschedule and ecspresso: calls of functions, nested and in pipelines.

Rendered before the YAML or JSON is parsed, as those tools do; lines stay where they are. A
template is read in one pass, so that no text can make it slow.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from emulator.definitions.action_places import LinePlace, depth_after
from emulator.definitions.nodes import VALUE_MISSING, Problems
from emulator.errors import SourceRef

Function = Callable[[Sequence[str], SourceRef], str]
"""A template function: arguments and their place in, text out. Raises `TemplateError`."""

OWN: Final = frozenset({"env", "json_escape", "must_env", "or"})
"""The functions that every template has."""

DEEPEST: Final = 10
UNKNOWN: Final = "${unknown}"
"""What stands for a value that cannot be told, which is an error of its own."""

_PIECE: Final = re.compile(r'"(?:[^"\\]|\\.)*"|`[^`]*`|\}\}|["`]|[^"`}]+|\}')
_TOKEN: Final = re.compile(r'\s+|"(?:[^"\\]|\\.)*"|`[^`]*`|[A-Za-z_]\w*|\d+|[()|]', re.ASCII)
_CALLS: Final = re.compile(
    r"\{\{\s*(?:must_env|env|json_escape|or|tfstatef?|ssm|secretsmanager_arn|cfn_\w+)\s",
    re.ASCII,
)
_SHOWN: Final = 80
_HINT: Final = 'write {{ env "NAME" "default" }}, {{ must_env "NAME" }}, or the value itself'


class TemplateError(Exception):
    """A function cannot say what it is asked for; `hint` says what to do."""

    def __init__(self, message: str, *, hint: str | None = None, value: str = UNKNOWN) -> None:
        super().__init__(message)
        self.hint = hint
        self.value = value


class _UnknownError(Exception):
    """An action that is none of ours."""


@dataclass(frozen=True, slots=True)
class _Context:
    """What the actions of one text share; `told` is what has been said of them."""

    functions: Mapping[str, Function]
    problems: Problems
    told: set[str] = field(default_factory=set)

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

    `functions` are those of plugins, besides `env`, `must_env`, `json_escape`, and Go's own `or`.
    `lines` is False for a text that is in no file, whose lines nobody knows.
    """
    if "{{" not in text:
        return text
    context = _Context({**_own_functions(environ), **(functions or {})}, problems)
    rendered, depth = [], 0
    for number, line in enumerate(text.split("\n"), start=1):
        if "{{" not in line:
            rendered.append(line)
            depth = depth_after(line, depth)
            continue
        place = LinePlace(line, depth)
        source = SourceRef(path, number if lines else None)
        rendered.append("".join(_line(line, place, source, context)))
        depth = place.depth
    return "\n".join(rendered)


def _line(line: str, place: LinePlace, source: SourceRef, context: _Context) -> Iterator[str]:
    position = 0
    while (start := line.find("{{", position)) >= 0:
        yield line[position:start]
        place.go(position, start)
        end = _end_of_action(line, start + 2)
        if end is None:
            message = "a template that begins with {{ does not end with }} in its line"
            context.tell(message, source)
            return
        value = _action(line[start + 2 : end], source, context)
        position = end + 2
        yield _quoted(value) if place.holds_whole_value(start, position) else value
    place.go(position, len(line))
    yield line[position:]


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
    except (_UnknownError, ValueError):
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
            raise _UnknownError
        position = match.end()
        if not match[0].isspace():
            tokens.append(match[0])
    return tokens


class _Parser:
    """Reads `call | call`, where a call is a function and its arguments."""

    def __init__(
        self, tokens: list[str], functions: Mapping[str, Function], source: SourceRef
    ) -> None:
        self._source = source
        self._tokens = tokens
        self._next = 0
        self._functions = functions

    def pipeline(self, depth: int) -> str:
        """Return the value up to the end, or to the parenthesis that closes it."""
        value = self._call([], depth)
        while self._peek() == "|":
            self._next += 1
            value = self._call([value], depth)
        if self._peek() != ("" if depth == 0 else ")"):
            raise _UnknownError
        self._next += 1
        return value

    def _peek(self) -> str:
        return self._tokens[self._next] if self._next < len(self._tokens) else ""

    def _call(self, piped: list[str], depth: int) -> str:
        function = self._functions.get(self._peek())
        if function is None or depth > DEEPEST:
            raise _UnknownError
        self._next += 1
        arguments = []
        while (token := self._peek()) not in ("", "|", ")"):
            self._next += 1
            arguments.append(self.pipeline(depth + 1) if token == "(" else _literal(token))  # noqa: S105
        return function([*arguments, *piped], self._source)


def _literal(token: str) -> str:
    """Return what a Go string or number says. Raises ValueError for an escape JSON has not."""
    if token.isdigit():
        return token
    if token.startswith("`"):
        return token[1:-1]
    if token.startswith('"'):
        return str(json.loads(token))
    raise _UnknownError


def _own_functions(environ: Mapping[str, str]) -> dict[str, Function]:
    def env(names: Sequence[str], _source: SourceRef) -> str:
        """Return the first variable that says something, else the last argument."""
        if not names:
            raise _UnknownError
        return _checked(next((environ[n] for n in names if environ.get(n)), names[-1]), names)

    def must_env(names: Sequence[str], _source: SourceRef) -> str:
        if len(names) != 1:
            raise _UnknownError
        if names[0] not in environ:
            message = f"the environment has no {names[0]}, which must_env asks for"
            hint = f"set {names[0]}, then try again"
            raise TemplateError(message, hint=hint, value=f"${{{names[0]}}}")
        return _checked(environ[names[0]], names)

    def json_escape(texts: Sequence[str], _source: SourceRef) -> str:
        if len(texts) != 1:
            raise _UnknownError
        return json.dumps(texts[0], ensure_ascii=False)[1:-1]

    def either(texts: Sequence[str], _source: SourceRef) -> str:
        """Return the first text that says something, else the last one."""
        if not texts:
            raise _UnknownError
        return next((text for text in texts if text), texts[-1])

    return {"env": env, "must_env": must_env, "json_escape": json_escape, "or": either}


def _checked(value: str, names: Sequence[str]) -> str:
    if not value.isascii() and any("\ud800" <= character <= "\udfff" for character in value):
        message = f"the environment's {names[0]} is not UTF-8"
        raise TemplateError(message)
    return value
