"""A task as text from which the same task can be made again: for a process that takes it over.

Values of the model only: what the text names is looked up in the types of the fields, so that a
state directory cannot make anything else of it.
"""

import json
import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime, timedelta
from enum import Enum
from functools import cache
from pathlib import PurePath
from typing import Any, Final, Literal, Union, cast, get_args, get_origin, get_type_hints

from emulator.model import environment, health, linux, networking, volumes
from emulator.model.task import Task

_TYPE: Final = "$"
_RARE: Final = {
    name: value
    for module in (environment, health, linux, networking, volumes)
    for name, value in vars(module).items()
}
"""What the model names in annotations and imports only where a definition uses it."""


def dump_task(task: Task) -> str:
    """Return a task as text."""
    return json.dumps(_dumped(task), ensure_ascii=False, separators=(",", ":"))


def load_task(text: str) -> Task:
    """Return the task that a text was made of. Raises ValueError where it is none of this model."""
    try:
        return cast("Task", _loaded_plain(Task, json.loads(text)))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        message = f"not a task of this version: {error!r}"
        raise ValueError(message) from error


def _dumped(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        own = {name: _dumped(getattr(value, name)) for name in _field_names(type(value))}
        return {_TYPE: type(value).__name__, **own}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, range):
        return [value.start, value.stop, value.step]
    if isinstance(value, PurePath):
        return str(value)
    if isinstance(value, Mapping):
        return {name: _dumped(each) for name, each in value.items()}
    if isinstance(value, tuple | list | frozenset):
        return [_dumped(each) for each in value]
    return value


def _loaded(hint: Any, value: Any) -> Any:
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        return _loaded_as_one(get_args(hint), value)
    if origin is Literal:
        return value
    if origin is tuple:
        return _loaded_tuple(get_args(hint), value)
    if origin in (list, frozenset):
        return origin(_loaded(get_args(hint)[0], each) for each in value)
    if origin is not None and issubclass(origin, Mapping):
        return {name: _loaded(get_args(hint)[1], each) for name, each in value.items()}
    return _loaded_plain(hint, value)


def _loaded_plain(hint: Any, value: Any) -> Any:
    if isinstance(hint, type) and is_dataclass(hint):
        hints = _hints(hint)
        return hint(**{n: _loaded(hints[n], value[n]) for n in _field_names(hint) if n in value})
    if hint is datetime:
        return datetime.fromisoformat(value)
    if hint is timedelta:
        return timedelta(seconds=value)
    if hint is range:
        return range(*value)
    if isinstance(hint, type) and issubclass(hint, Enum | PurePath):
        return hint(value)
    return value


def _loaded_as_one(options: tuple[Any, ...], value: Any) -> Any:
    """Return a value of one of several types: a dataclass says which, of others there is one."""
    if value is None:
        return None
    named = value.get(_TYPE) if isinstance(value, dict) else None
    for option in options:
        if named is not None and getattr(option, "__name__", None) == named:
            return _loaded(option, value)
    rest = [o for o in options if o is not types.NoneType and not is_dataclass(o)]
    return _loaded(rest[0], value) if rest else value


def _loaded_tuple(options: tuple[Any, ...], value: Any) -> tuple[Any, ...]:
    if len(options) == 2 and options[1] is Ellipsis:
        return tuple(_loaded(options[0], each) for each in value)
    return tuple(_loaded(option, each) for option, each in zip(options, value, strict=True))


@cache
def _field_names(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind) if field.init)


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind, localns=_RARE)
