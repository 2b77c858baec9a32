"""The further settings of `Emulator`: what callers may write, read into what the program takes."""

import os
from collections.abc import Callable, Collection, Mapping
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, Literal, TypedDict, TypeVar

from emulator.app.settings import Settings
from emulator.errors import UsageError
from emulator.eventbridge.chaos import Disturbance
from emulator.model.pull_policy import PullPolicy

_OWN: Final = (
    *("text", "directory", "state_dir", "engine", "clock", "start", "script", "flows", "seed"),
    "scratch",
)
"""What `Emulator` takes by itself."""

_OTHERS: Final = frozenset({"files", "engine_script", "missed", "prewarm"})
"""Settings that mean nothing to it: it has its own way to say them, or never misses a firing."""


class FurtherSettings(TypedDict, total=False):
    """What `Emulator` takes beside its own: the command line's options, by `Settings`' names."""

    lenient: bool
    strict: bool
    pull: PullPolicy | Literal["always", "missing", "never"] | None
    fake_time: bool
    chaos: Collection[Disturbance | Literal["duplicate", "throttle"]]
    chain: bool
    send: bool
    environ: Mapping[str, str]
    parameters: Mapping[str, str]
    environment: str | None
    variables: Mapping[str, str]
    variable_files: Collection[str | os.PathLike[str]]


Choice = TypeVar("Choice", bound=StrEnum)


def settings_of(given: Mapping[str, object]) -> dict[str, Any]:
    """Return settings by name, with values as `Settings` has them.

    Raises `UsageError` for one there is none of, and for a value of another kind.
    """
    _refuse_unknown(given)
    return {name: _READERS[name](name, value) for name, value in given.items()}


def _refuse_unknown(given: Mapping[str, object]) -> None:
    known = [*_OWN, *(name for name in Settings._fields if name not in {*_OWN, *_OTHERS})]
    unknown = next((name for name in given if name not in known), None)
    if unknown is None:
        return
    close = get_close_matches(unknown, known, n=1)
    hint = f"did you mean {close[0]!r}?" if close else f"settings: {', '.join(known)}"
    message = f"no setting {unknown!r}"
    raise UsageError(message, hint=hint)


def _switch(name: str, value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise _is_no(name, value, "True or False")


def _words(name: str, value: object) -> dict[str, str]:
    if isinstance(value, Mapping) and all(
        isinstance(word, str) for pair in value.items() for word in pair
    ):
        return dict(value)
    raise _is_no(name, value, "a mapping of texts to texts")


def _word(name: str, value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    raise _is_no(name, value, "a text")


def _paths(name: str, value: object) -> tuple[Path, ...]:
    if isinstance(value, Collection) and not isinstance(value, str | bytes | Mapping):
        return tuple(Path(_path(name, each)) for each in value)
    raise _is_no(name, value, "a list of paths")


def _path(name: str, value: object) -> str | os.PathLike[str]:
    if isinstance(value, str | os.PathLike):
        return value
    raise _is_no(name, value, "a path")


def _pull(name: str, value: object) -> PullPolicy | None:
    return None if value is None else _one_of(PullPolicy, name, value)


def _chaos(name: str, value: object) -> frozenset[Disturbance]:
    if isinstance(value, Collection) and not isinstance(value, str | bytes | Mapping):
        return frozenset(_one_of(Disturbance, name, each) for each in value)
    raise _is_no(name, value, f"a set of {_choices(Disturbance)}")


def _one_of(choices: type[Choice], name: str, value: object) -> Choice:
    if isinstance(value, str) and value in tuple(choices):
        return choices(value)
    raise _is_no(name, value, _choices(choices))


def _choices(choices: type[StrEnum]) -> str:
    return " or ".join(repr(str(choice)) for choice in choices)


def _is_no(name: str, value: object, wanted: str) -> UsageError:
    return UsageError(f"the setting {name} is {wanted}, not {value!r}")


_READERS: Final[dict[str, Callable[[str, object], object]]] = {
    "lenient": _switch,
    "strict": _switch,
    "fake_time": _switch,
    "chain": _switch,
    "send": _switch,
    "environ": _words,
    "parameters": _words,
    "variables": _words,
    "environment": _word,
    "variable_files": _paths,
    "pull": _pull,
    "chaos": _chaos,
}
