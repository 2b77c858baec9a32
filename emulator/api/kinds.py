"""The kinds of values that callers of `Emulator` may write: each is read, or refused by name.

A reader takes the name of an argument and what stands there, and returns the value that the program
goes by. It raises `UsageError`.
"""

import json
import math
import os
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from reprlib import Repr
from typing import Any, Final, TypeVar

from emulator.errors import UsageError

Reader = Callable[[str, object], object]
Files = str | os.PathLike[str]
Choice = TypeVar("Choice", bound=StrEnum)

FIRST_YEAR: Final = 1970
"""AWS counts the milliseconds of events from its beginning."""

LAST_YEAR: Final = 9998
"""What is due later than an instant must be one, too, and no calendar goes beyond 9999."""

_INSTANT_HINT: Final = "`datetime(…, tzinfo=UTC)`, or a text in ISO 8601: 2026-11-24T09:00:00Z"
_DURATION_HINT: Final = "`timedelta(minutes=5)`, of `datetime`"
_SHOWN: Final = Repr()
_SHOWN.maxstring = _SHOWN.maxother = 80


def is_no(name: str, value: object, wanted: str, *, hint: str | None = None) -> UsageError:
    """Return the error for a value of another kind than is wanted."""
    return UsageError(f"`{name}` is {wanted}, not {_SHOWN.repr(value)}", hint=hint)


def optional(read: Reader) -> Reader:
    """Return a reader that takes None for None."""
    return lambda name, value: None if value is None else read(name, value)


def named(what: str) -> Reader:
    """Return a reader of the name of something."""

    def read(name: str, value: object) -> str:
        if isinstance(value, str):
            return value
        raise is_no(name, value, f"the name of {what}")

    return read


def switch(name: str, value: object) -> bool:
    """Return true or false."""
    if isinstance(value, bool):
        return value
    raise is_no(name, value, "True or False")


def text(name: str, value: object) -> str:
    """Return a text that can be written to a file."""
    if not isinstance(value, str):
        raise is_no(name, value, "a text")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        line = value.count("\n", 0, error.start) + 1
        message = f"`{name}` holds {value[error.start]!a} in line {line}, which is not a character"
        raise UsageError(message) from error
    return value


def whole(name: str, value: object) -> int:
    """Return a whole number."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise is_no(name, value, "a whole number")


def number(name: str, value: object) -> float:
    """Return a number that is a number, and not infinite."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    raise is_no(name, value, "a number")


def duration(name: str, value: object) -> timedelta:
    """Return a duration."""
    if isinstance(value, timedelta):
        return value
    raise is_no(name, value, "a timedelta", hint=_DURATION_HINT)


def patience(name: str, value: object) -> timedelta:
    """Return for how long something is waited for."""
    waited = duration(name, value)
    if waited < timedelta():
        raise is_no(name, value, "a timedelta that is not negative", hint=_DURATION_HINT)
    return waited


def instant(name: str, value: object) -> datetime:
    """Return an aware instant in UTC; text is ISO 8601, and UTC where it names no zone."""
    if isinstance(value, str):
        try:
            parsed = datetime.fromisoformat(value)
        except ValueError:
            raise is_no(name, value, "an instant", hint=_INSTANT_HINT) from None
        value = parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
    if not isinstance(value, datetime):
        raise is_no(name, value, "an instant", hint=_INSTANT_HINT)
    if value.utcoffset() is None:
        message = f"`{name}` has no time zone: {value.isoformat()}"
        raise UsageError(message, hint=_INSTANT_HINT)
    # By the year as written: that of UTC may be none at all.
    if not FIRST_YEAR < value.year < LAST_YEAR:
        return _of_the_last_years(name, value)
    return value.astimezone(UTC)


def _of_the_last_years(name: str, value: datetime) -> datetime:
    try:
        found = value.astimezone(UTC)
    except OverflowError:
        found = None
    if found is None or not FIRST_YEAR <= found.year <= LAST_YEAR:
        message = f"`{name}` is an instant of the years {FIRST_YEAR} to {LAST_YEAR} (UTC)"
        raise UsageError(f"{message}, not {value.isoformat()}")
    return found


def path(name: str, value: object) -> Path:
    """Return a path; an empty one would be the working directory, which nobody means by it."""
    if not isinstance(value, str | os.PathLike) or not isinstance(os.fspath(value), str):
        raise is_no(name, value, "a path")
    written: str = os.fspath(value)
    if not written:
        message = f"`{name}` is empty, and so names no file"
        raise UsageError(message, hint='the working directory is "."')
    if "\0" in written or not _can_be_encoded(written):
        raise is_no(name, value, "a path", hint="no file can have such a name")
    return Path(written)


def _can_be_encoded(written: str) -> bool:
    try:
        os.fsencode(written)
    except UnicodeEncodeError:
        return False
    return True


def definition_file(name: str, value: object) -> Path:
    """Return the path of a file or directory with definitions, and not what one says."""
    if isinstance(value, str) and "\n" in value:
        message = f"`{name}` is a path, not a text of several lines"
        raise UsageError(message, hint="definitions as a text are given as `text=`")
    return path(name, value)


def paths(name: str, value: object) -> tuple[Path, ...]:
    """Return several paths."""
    return tuple(path(place, each) for place, each in _items(name, value, "a list of paths"))


def definition_files(name: str, value: object) -> tuple[Path, ...]:
    """Return several paths of definitions."""
    listed = _items(name, value, "a list of paths")
    return tuple(definition_file(place, each) for place, each in listed)


def json_text(name: str, value: Mapping[str, object]) -> str:
    """Return a mapping as JSON. What stands there may be secret, and is not said."""
    try:
        return json.dumps(dict(value), allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        message = f"`{name}` is not JSON: {error}"
        raise UsageError(message) from error


def tree(name: str, value: object) -> dict[str, Any]:
    """Return a mapping of what JSON knows, as it is now."""
    if not isinstance(value, Mapping):
        raise UsageError(f"`{name}` is a mapping, not {_kind_of(value)}")
    copy: dict[str, Any] = json.loads(json_text(name, value))
    return copy


def words(name: str, value: object) -> dict[str, str]:
    """Return a mapping of texts. What stands there may be secret, and is not said."""
    if not isinstance(value, Mapping):
        raise UsageError(f"`{name}` is a mapping of texts to texts, not {_kind_of(value)}")
    for key, word in value.items():
        if not isinstance(key, str):
            raise UsageError(f"`{name}` has texts as its keys, not {_SHOWN.repr(key)}")
        if not isinstance(word, str):
            message = f"`{name}[{key!r}]` is a text, not {_kind_of(word)}"
            raise UsageError(message, hint="write it as on the command line")
    return dict(value)


def _kind_of(value: object) -> str:
    return "None" if value is None else f"of type {type(value).__name__}"


def one_among(choices: type[Choice]) -> Callable[[str, object], Choice]:
    """Return a reader of one of a few words."""

    def read(name: str, value: object) -> Choice:
        if isinstance(value, str) and value in tuple(choices):
            return choices(value)
        raise is_no(name, value, _spelled(choices))

    return read


def some_among(choices: type[Choice]) -> Callable[[str, object], frozenset[Choice]]:
    """Return a reader of several of a few words."""
    read_one = one_among(choices)

    def read(name: str, value: object) -> frozenset[Choice]:
        listed = _items(name, value, f"a set of {_spelled(choices)}")
        return frozenset(read_one(place, each) for place, each in listed)

    return read


def _spelled(choices: type[StrEnum]) -> str:
    return " or ".join(repr(str(choice)) for choice in choices)


def _items(name: str, value: object, wanted: str) -> Iterator[tuple[str, object]]:
    """Yield what a list has, with the place of each."""
    if not isinstance(value, Collection) or isinstance(value, str | bytes | Mapping):
        raise is_no(name, value, wanted)
    for index, each in enumerate(value):
        yield f"{name}[{index}]", each
