"""What a test's emulator is made with: what the fixture `ecs_local_settings` and markers say."""

import os
import reprlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from emulator.errors import UsageError

MARKER: Final = "ecs_local"
_FIXTURE: Final = "ecs_local_settings"
_LOCAL: Final = "local"
_PATHS: Final = frozenset({"directory", "script", "variable_files"})
"""Settings that count from the root directory, as the definitions do."""

_NOT_THEIRS: Final = {
    "files": "the fixture ecs_local_files says what is read",
    "text": "the fixture ecs_local_files says what is read; it may return text",
    "state_dir": "each test has one of its own; --ecs-local-keep keeps it",
}


def settings_of(item: pytest.Item, said: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a test's emulator is made with, by the names of `Emulator`'s arguments.

    `said` is what the fixture says. Markers stand before it, the nearest before the others; what
    they say under `local` is put together. Raises `UsageError` for what neither of them says, and
    for a marker with values without a name.
    """
    if not isinstance(said, Mapping):
        message = f"{_FIXTURE} is {reprlib.repr(said)}"
        raise UsageError(message, hint='return a mapping: {"start": "2028-02-01T00:00:00Z"}')
    _refuse(_FIXTURE, said)
    settings = dict(said)
    for mark in reversed(list(item.iter_markers(MARKER))):
        if mark.args:
            message = f"{MARKER}{mark.args!r}: the marker takes names with values only"
            raise UsageError(message, hint=f'write @pytest.mark.{MARKER}(engine="fake")')
        _refuse(f"the marker {MARKER}", mark.kwargs)
        settings = _nearer_first(mark.kwargs, settings)
    for name in _PATHS & settings.keys():
        settings[name] = _from(item.config.rootpath, settings[name])
    return settings


def _refuse(who: str, names: Iterable[str]) -> None:
    """Raise `UsageError` for what is said elsewhere."""
    for name in names:
        if name in _NOT_THEIRS:
            message = f"{who} cannot say {name!r}"
            raise UsageError(message, hint=_NOT_THEIRS[name])


def _nearer_first(nearer: Mapping[str, Any], others: Mapping[str, Any]) -> dict[str, Any]:
    """Return settings of which the nearer stand before the others, those under `local` one by one.

    Patterns of the nearer come first, for the first that fits holds. What is no mapping is for the
    emulator to refuse.
    """
    settings = {**others, **nearer}
    local, other = nearer.get(_LOCAL), others.get(_LOCAL)
    if isinstance(local, Mapping) and isinstance(other, Mapping):
        parts = {name: _together(local[name], other.get(name)) for name in local}
        settings[_LOCAL] = {**other, **parts}
    return settings


def _together(nearer: object, other: object) -> object:
    if not (isinstance(nearer, Mapping) and isinstance(other, Mapping)):
        return nearer
    return {**nearer, **{name: other[name] for name in other if name not in nearer}}


def _from(root: Path, value: object) -> object:
    if isinstance(value, str | os.PathLike):
        # What names no file is for the emulator to refuse, and not the root directory.
        return root / value if value else value
    return [_from(root, each) for each in value] if isinstance(value, list | tuple) else value
