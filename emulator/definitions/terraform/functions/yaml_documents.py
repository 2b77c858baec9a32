"""Terraform's YAML: `yamldecode` with types of its own, `yamlencode` with every text in quotes."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final

from emulator.definitions.nodes import Node
from emulator.definitions.terraform.budget import DIGITS_AT_A_STEP
from emulator.definitions.terraform.decimals import number_text
from emulator.definitions.terraform.functions.encoding import placed
from emulator.definitions.terraform.functions.signature import Function, Site, assembled
from emulator.definitions.terraform.node_values import value_of_node
from emulator.definitions.terraform.plain_values import as_text
from emulator.definitions.terraform.values import EvaluationError, Unknown, Value, ordered, plain
from emulator.errors import DefinitionError, SourceRef

_TRUE: Final = re.compile("y|Y|yes|Yes|YES|true|True|TRUE|on|On|ON")
_FALSE: Final = re.compile("n|N|no|No|NO|false|False|FALSE|off|Off|OFF")
_NULL: Final = re.compile("~|null|Null|NULL|")
_WHOLE: Final = re.compile(r"[-+]?\d{1,600}", re.ASCII)
_OTHER_BASE: Final = re.compile(r"0(?:x[0-9a-fA-F]{1,500}|o[0-7]{1,500})")
_FRACTION: Final = re.compile(r"[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?", re.ASCII)
_NO_NUMBER: Final = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_DATE: Final = re.compile(
    r"(\d{4})-(\d\d?)-(\d\d?)"
    r"(?:(?:[Tt]|(?= ))[ ]?(\d\d?):(\d\d?):(\d\d?)(?:\.\d+)?(Z|[-+]\d\d:\d\d)?)?",
    re.ASCII,
)

_LONGEST_KEY: Final = 128
_LINE_END: Final = re.compile("[\n\x85\u2028\u2029]")
_PARSED_AT_A_STEP: Final = 4
_STEPS_OF_A_VALUE: Final = 4
"""The library is slow: its own work is most of a value's."""


def _decode(site: Site, value: Value) -> Value:
    from emulator.definitions.yaml_text import parse_yaml

    text = as_text(value)
    site.budget.scan(len(text), _PARSED_AT_A_STEP)
    place = value.origin or value.source
    try:
        node = parse_yaml(text, place.path, plain=_scalar)
    except DefinitionError as error:
        message = f"yamldecode: {error.problems[0].message}"
        raise EvaluationError(message, place) from error
    if node.value is None and not re.sub("#.*|---|[.]{3}", "", text).strip():
        message = "yamldecode: there is no document in this text"
        raise EvaluationError(message, place)
    return value_of_node(node, site.budget, placed(value))


def _scalar(text: str, source: SourceRef) -> Node:
    """Return an unquoted scalar with the type that Terraform gives it."""
    if _TRUE.fullmatch(text) or _FALSE.fullmatch(text):
        truth = _TRUE.fullmatch(text) is not None
        return Node(truth, source, written=str(truth).lower())
    if _NULL.fullmatch(text):
        return Node(None, source)
    if _NO_NUMBER.fullmatch(text):
        message = f"yamldecode: {text} is not a number that Terraform has"
        raise EvaluationError(message, source)
    if _WHOLE.fullmatch(text) or _OTHER_BASE.fullmatch(text):
        number = int(text) if _WHOLE.fullmatch(text) else int(text, 0)
        return Node(number, source, written=str(number))
    if _FRACTION.fullmatch(text):
        return Node(float(text), source, written=text)
    date = _DATE.fullmatch(text)
    written = _instant(date) if date else None
    return Node(text, source, written=text) if written is None else Node(written, source)


def _instant(match: re.Match[str]) -> str | None:
    """Return a date as an instant, None where the calendar has no such day."""
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    try:
        instant = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None
    return instant.strftime("%Y-%m-%dT%H:%M:%S") + (match[7] or "Z")


def _encode(site: Site, value: Value) -> Value:
    """Encode; what is unknown stays in the text as a placeholder."""
    import yaml

    gaps: list[Value] = []
    events = [
        yaml.StreamStartEvent(),
        yaml.DocumentStartEvent(),
        *_events(value, site, gaps),
        yaml.DocumentEndEvent(),
        yaml.StreamEndEvent(),
    ]
    text = yaml.emit(events, Dumper=_dumper(), allow_unicode=True, width=float("inf"))
    if isinstance(plain(value).content, str | list | dict):
        # Terraform's emitter has these marks of a document for a lone plain scalar only.
        text = text.removeprefix("--- ")
        text = text[: -len("...\n")] if text.endswith("\n...\n") else text
    return assembled(text, gaps, site)


@cache
def _dumper() -> Any:
    """Return a dumper that marks as many keys by `?` as Terraform's: by their bytes, and not ""."""
    import yaml

    class Dumper(yaml.SafeDumper):
        def check_simple_key(self) -> bool:
            text = self.event.value if isinstance(self.event, yaml.ScalarEvent) else ""
            return len(text.encode()) <= _LONGEST_KEY and not _LINE_END.search(text)

    return Dumper


def _events(value: Value, site: Site, gaps: list[Value]) -> Iterator[Any]:
    import yaml

    site.budget.spend(_STEPS_OF_A_VALUE)
    content = plain(value).content
    if isinstance(content, dict):
        yield yaml.MappingStartEvent(None, None, implicit=True, flow_style=False)
        for key, item in ordered(content):
            yield _text_event(key)
            yield from _events(item, site, gaps)
        yield yaml.MappingEndEvent()
    elif isinstance(content, list):
        yield yaml.SequenceStartEvent(None, None, implicit=True, flow_style=False)
        for item in content:
            yield from _events(item, site, gaps)
        yield yaml.SequenceEndEvent()
    elif isinstance(content, Unknown):
        gaps.append(value)
        yield _text_event(content.text)
    elif isinstance(content, str):
        yield _text_event(content)
    else:
        written = _written(content)
        site.budget.scan(len(written), DIGITS_AT_A_STEP)
        yield yaml.ScalarEvent(None, None, (True, False), written)


def _text_event(text: str) -> Any:
    import yaml

    # Terraform's emitter takes no character beyond U+FFFF for one that may stand unescaped.
    block = "\n" in text and max(text) <= "\uffff"
    return yaml.ScalarEvent(None, None, (False, True), text, style="|" if block else '"')


def _written(content: object) -> str:
    if content is None:
        return "null"
    if isinstance(content, bool):
        return "true" if content else "false"
    assert isinstance(content, int | float)
    return number_text(content)


FUNCTIONS: Final = {
    "yamldecode": Function("@v", _decode),
    "yamlencode": Function("@w", _encode),
}
