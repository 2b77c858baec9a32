"""The functions that every Go template of ecschedule and ecspresso has.

`env`, `must_env` and `json_escape` are those tools' own, the rest decides as Go's does.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from emulator.errors import SourceRef

Function = Callable[[Sequence[str], SourceRef], str]
"""A template function: arguments and their place in, text out. Raises `TemplateError`."""

UNKNOWN: Final = "${unknown}"
"""What stands for a value that cannot be told, which is an error of its own."""


class TemplateError(Exception):
    """A function cannot say what it is asked for; `hint` says what to do."""

    def __init__(self, message: str, *, hint: str | None = None, value: str = UNKNOWN) -> None:
        super().__init__(message)
        self.hint = hint
        self.value = value


class UnsupportedError(Exception):
    """An action that is none of ours."""


class Falsehood(str):
    """The text of what does not hold: a condition takes it for no, though it is not empty."""

    __slots__ = ()

    def __bool__(self) -> bool:
        """Say no."""
        return False


def truth(holds: bool) -> str:
    """Return what a comparison says, as text."""
    return "true" if holds else Falsehood("false")


def _equal(texts: Sequence[str]) -> str | None:
    return truth(texts[0] in texts[1:]) if len(texts) > 1 else None


def _unequal(texts: Sequence[str]) -> str | None:
    return truth(texts[0] != texts[1]) if len(texts) == 2 else None


def _not(texts: Sequence[str]) -> str | None:
    return truth(not texts[0]) if len(texts) == 1 else None


def _all(texts: Sequence[str]) -> str | None:
    return next((text for text in texts if not text), texts[-1]) if texts else None


def _any(texts: Sequence[str]) -> str | None:
    return next((text for text in texts if text), texts[-1]) if texts else None


LOGIC: Final[Mapping[str, Callable[[Sequence[str]], str | None]]] = {
    "and": _all,
    "eq": _equal,
    "ne": _unequal,
    "not": _not,
    "or": _any,
}
"""Go's own functions about what is true; None for arguments that they do not take."""

OWN: Final = frozenset({"env", "json_escape", "must_env", *LOGIC})
"""The functions that every template has."""


def decides(name: str, argument: str) -> bool:
    """Return whether an argument is the last one that an `and` or an `or` looks at."""
    return bool(argument) if name == "or" else name == "and" and not argument


def own_functions(environ: Mapping[str, str]) -> dict[str, Function]:
    """Return the functions by name, of a shell whose variables are given."""

    def env(names: Sequence[str], _source: SourceRef) -> str:
        """Return the first variable that says something, else the last argument."""
        if not names:
            raise UnsupportedError
        return _checked(next((environ[n] for n in names if environ.get(n)), names[-1]), names)

    def must_env(names: Sequence[str], _source: SourceRef) -> str:
        if len(names) != 1:
            raise UnsupportedError
        if names[0] not in environ:
            message = f"the environment has no {names[0]}, which must_env asks for"
            hint = f"set {names[0]}, then try again"
            raise TemplateError(message, hint=hint, value=f"${{{names[0]}}}")
        return _checked(environ[names[0]], names)

    def json_escape(texts: Sequence[str], _source: SourceRef) -> str:
        if len(texts) != 1:
            raise UnsupportedError
        return json.dumps(texts[0], ensure_ascii=False)[1:-1]

    logic = {name: _logical(decide) for name, decide in LOGIC.items()}
    return {"env": env, "must_env": must_env, "json_escape": json_escape, **logic}


def _logical(decide: Callable[[Sequence[str]], str | None]) -> Function:
    def function(texts: Sequence[str], _source: SourceRef) -> str:
        decided = decide(texts)
        if decided is None:
            raise UnsupportedError
        return decided

    return function


def _checked(value: str, names: Sequence[str]) -> str:
    if not value.isascii() and any("\ud800" <= character <= "\udfff" for character in value):
        message = f"the environment's {names[0]} is not UTF-8"
        raise TemplateError(message)
    return value
