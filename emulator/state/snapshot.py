"""A task as text from which the same task can be made again: for a process that takes it over.

So can other values that one process leaves to the next. They are of the model, or made of it: what
the text names is looked up in the types of the fields, so that a state directory cannot make
anything else of it.
"""

import json
import types
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime, timedelta
from enum import Enum
from functools import cache, partial
from importlib import import_module
from pathlib import PurePath
from pkgutil import iter_modules
from typing import Any, Final, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from emulator import model
from emulator.model.task import Task
from emulator.state.remembered import Remembered

T = TypeVar("T")
_TYPE: Final = "$"
_REUSED: Final = ("task_definition", "overrides")
"""Fields that all states of a task have in common, and often all tasks of a rule."""


def dump_task(task: Task) -> str:
    """Return a task as text."""
    own = {name: _dumped(getattr(task, name)) for name in _field_names(Task) if name not in _REUSED}
    shared = ",".join(f'"{name}":{_known_text(getattr(task, name))}' for name in _REUSED)
    return f"{_text({_TYPE: 'Task', **own})[:-1]},{shared}}}"


def load_task(text: str) -> Task:
    """Return the task that a text was made of. Raises ValueError where it is none of this model."""
    return load_value(Task, text)


def dump_value(value: Any) -> str:
    """Return a dataclass, whose fields are of the model or such ones too, as text."""
    return _text(_dumped(value))


def load_value(kind: type[T], text: str) -> T:
    """Return the value of a dataclass that a text was made of. Raises ValueError, as `load_task`"""
    try:
        return cast("T", _loaded_plain(kind, json.loads(text)))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        message = f"no {kind.__name__} of this version: {error!r}"
        raise ValueError(message) from error


def _text(document: Any) -> str:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


_known_text: Final = Remembered(dump_value)


def _dumped(value: Any) -> Any:
    kind: Any = type(value)
    return _dumper(kind)(value)


@cache
def _dumper(kind: Any) -> Callable[[Any], Any]:
    """Return how values of a type become what JSON knows."""
    has_fields = is_dataclass(kind)
    if has_fields:
        return partial(_dumped_fields, kind.__name__, _field_names(kind))
    for known, dumper in _DUMPERS:
        if issubclass(kind, known):
            return dumper
    return _same


def _dumped_fields(kind: str, names: tuple[str, ...], value: Any) -> dict[str, Any]:
    return {_TYPE: kind, **{name: _dumped(getattr(value, name)) for name in names}}


def _dumped_each(values: Iterable[Any]) -> list[Any]:
    return [_dumped(each) for each in values]


def _dumped_entries(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _dumped(each) for name, each in values.items()}


def _same(value: Any) -> Any:
    return value


_DUMPERS: Final[tuple[tuple[type, Callable[[Any], Any]], ...]] = (
    (Enum, lambda value: value.value),
    (datetime, datetime.isoformat),
    (timedelta, timedelta.total_seconds),
    (range, lambda value: [value.start, value.stop, value.step]),
    (PurePath, str),
    (Mapping, _dumped_entries),
    (tuple, _dumped_each),
    (list, _dumped_each),
    (frozenset, _dumped_each),
)
"""The first that fits: an Enum may be a text as well."""


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
    if isinstance(hint, type) and issubclass(hint, tuple):
        return hint(*value)
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
    return get_type_hints(kind, localns=_model())


@cache
def _model() -> dict[str, Any]:
    """Return every class of the model by its name.

    Annotations name some that their own module does not import: it does where one is made.
    """
    modules = [import_module(f"{model.__name__}.{m.name}") for m in iter_modules(model.__path__)]
    return {
        name: value
        for module in modules
        for name, value in vars(module).items()
        if isinstance(value, type) and value.__module__ == module.__name__
    }
