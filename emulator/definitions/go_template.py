"""The Go template functions of ecschedule that need no AWS: `env` and `must_env`.

Rendered before the YAML is parsed, as ecschedule does; lines stay where they are. A template is
read in one pass, so that no text can make it slow.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from emulator.definitions.nodes import Problems
from emulator.errors import SourceRef

_PIECE: Final = re.compile(r'"(?:[^"\\]|\\.)*"|`[^`]*`|\}\}|["`]|[^"`}]+|\}')
_STRING: Final = r'"(?:[^"\\]|\\.)*"|`[^`]*`'
_CALL: Final = re.compile(rf"\s*(env|must_env)((?:\s+(?:{_STRING}))+)\s*")
_ARGUMENT: Final = re.compile(_STRING)
_SHOWN: Final = 40
_HINT: Final = 'write {{ env "NAME" "default" }}, {{ must_env "NAME" }}, or the value itself'


@dataclass(frozen=True, slots=True)
class _Context:
    environ: Mapping[str, str]
    problems: Problems


def render(text: str, path: str, environ: Mapping[str, str], problems: Problems) -> str:
    """Return a text with its `{{ ... }}` replaced; what cannot be is noted in `problems`."""
    if "{{" not in text:
        return text
    context = _Context(environ, problems)
    return "\n".join(
        "".join(_line(line, SourceRef(path, number), context)) if "{{" in line else line
        for number, line in enumerate(text.split("\n"), start=1)
    )


def _line(line: str, source: SourceRef, context: _Context) -> Iterator[str]:
    position = 0
    while (start := line.find("{{", position)) >= 0:
        yield line[position:start]
        end = _end_of_action(line, start + 2)
        if end is None:
            message = "a template that begins with {{ does not end with }} in its line"
            context.problems.error(message, source)
            return
        yield _action(line[start + 2 : end], source, context)
        position = end + 2
    yield line[position:]


def _end_of_action(line: str, start: int) -> int | None:
    """Return where an action's `}}` stands: none inside of quotes, and no quote left open."""
    for piece in _PIECE.finditer(line, start):
        if piece[0] == "}}":
            return piece.start()
        if piece[0] in ('"', "`"):
            return None
    return None


def _action(action: str, source: SourceRef, context: _Context) -> str:
    if action.strip().startswith("/*") and action.strip().endswith("*/"):
        return ""
    match = _CALL.fullmatch(action)
    try:
        arguments = [_unquoted(text) for text in _ARGUMENT.findall(match[2])] if match else []
    except ValueError:
        match = None
    if match is None or (match[1] == "must_env" and len(arguments) > 1):
        shown = action.strip()[:_SHOWN]
        message = f"the template {{{{ {shown} }}}} is not supported yet"
        context.problems.error(message, source, hint=_HINT)
        return "unsupported"
    value = _value(match[1], arguments, source, context)
    if not value.isascii() and any("\ud800" <= character <= "\udfff" for character in value):
        context.problems.error(f"the environment's {arguments[0]} is not UTF-8", source)
        return "unsupported"
    return value


def _unquoted(text: str) -> str:
    """Return what a Go string says. Raises ValueError for an escape JSON does not have."""
    return text[1:-1] if text.startswith("`") else str(json.loads(text))


def _value(function: str, names: list[str], source: SourceRef, context: _Context) -> str:
    """Return what `env` gives: the first variable that says something, else its last argument."""
    if function == "env":
        found = (context.environ[name] for name in names if context.environ.get(name))
        return next(found, names[-1])
    if names[0] not in context.environ:
        message = f"the environment has no {names[0]}, which must_env asks for"
        context.problems.error(message, source, hint=f"set {names[0]}, then try again")
        return "missing"
    return context.environ[names[0]]
