"""Plain values become YAML that reads back as the same values, with a remark behind each line.

Whatever some YAML reader might take for something else is quoted, as JSON is; so is what
ecschedule's templates would take for an action.
"""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any, Final

Path = tuple[str | int, ...]
Remark = Callable[[Path, Any], str | None]
"""Gives the comment of a line, by the path of its value and the value; None for no comment."""

_PLAIN: Final = re.compile(r"[\w/.(][\w/.,()*?@+=%<>~^ :-]*")
_OTHERWISE: Final = re.compile(
    r"(?i)(?:~|null|true|false|yes|no|on|off|y|n|=|<<|\.(?:inf|nan))|[-+.]?\d[\d_.,:eExXoO+a-f-]*"
)
_UNPRINTABLE: Final = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")


def write_yaml(value: Any, remark: Remark = lambda _path, _value: None) -> str:
    """Return a mapping or list of plain values as block YAML."""
    lines = [text + _comment(comment) for text, comment in _lines(value, (), remark)]
    return "\n".join(lines) + "\n" if lines else f"{_scalar(value)}\n"


def _lines(value: Any, path: Path, remark: Remark) -> Iterator[tuple[str, str | None]]:
    """Yield the lines of a collection without its indentation, each with its remark."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _entry(f"{_scalar(str(key))}:", item, (*path, str(key)), remark)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _item(item, (*path, index), remark)


def _entry(head: str, item: Any, path: Path, remark: Remark) -> Iterator[tuple[str, str | None]]:
    comment = remark(path, item)
    if not isinstance(item, dict | list) or not item:
        yield f"{head} {_scalar(item)}", comment
        return
    yield head, comment
    indent = "  " if isinstance(item, dict) else ""
    for text, note in _lines(item, path, remark):
        yield indent + text, note


def _item(item: Any, path: Path, remark: Remark) -> Iterator[tuple[str, str | None]]:
    if not isinstance(item, dict | list) or not item:
        yield f"- {_scalar(item)}", remark(path, item)
        return
    for number, (text, note) in enumerate(_lines(item, path, remark)):
        yield ("- " if number == 0 else "  ") + text, note


def _comment(text: str | None) -> str:
    return "" if text is None else f"  # {text}"


def _scalar(value: Any) -> str:
    if isinstance(value, str):
        return value if _is_plain(value) else _quoted(value)
    if isinstance(value, dict | list):
        return "{}" if isinstance(value, dict) else "[]"
    return json.dumps(value)


def _is_plain(text: str) -> bool:
    return (
        _PLAIN.fullmatch(text) is not None
        and ": " not in text
        and text[-1] not in ": "
        and _OTHERWISE.fullmatch(text) is None
        and "{{" not in text
    )


def _quoted(text: str) -> str:
    quoted = _UNPRINTABLE.sub(
        lambda match: f"\\u{ord(match[0]):04x}", json.dumps(text, ensure_ascii=False)
    )
    return quoted.replace("{{", "{\\x7B")
