"""Input transformers: what a target gets instead of the event itself (pure).

AWS: "Amazon EventBridge input transformation" in the user guide. A template is text with `<name>`
in it. Inside quotation marks a value is put in as text, elsewhere as JSON.
"""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from emulator.clock import iso_instant
from emulator.model.delivery import InputTransformer

Event = dict[str, Any]

MOST_VARIABLES: Final = 100
LONGEST_PATH: Final = 256
_VARIABLE: Final = re.compile(r"[A-Za-z0-9_-]{1,256}", re.ASCII)
_PLACEHOLDER: Final = re.compile(r"<([A-Za-z0-9._-]+)>", re.ASCII)
_STEP: Final = re.compile(r"\.([A-Za-z0-9_/-]+|\*)|\[(\d{1,6}|\*)\]", re.ASCII)
_RESERVED: Final = "aws."


class TransformError(ValueError):
    """What is wrong with an input transformer."""


def transformer_problems(transformer: InputTransformer) -> Iterator[str]:
    """Yield what PutTargets would refuse in a transformer."""
    if len(transformer.input_paths_map) > MOST_VARIABLES:
        yield f"InputPathsMap has more than {MOST_VARIABLES} variables"
    for name, path in transformer.input_paths_map.items():
        yield from (f"InputPathsMap: {problem}" for problem in _variable_problems(name, path))
    known = {*transformer.input_paths_map, *_reserved({}, "", "", "")}
    for name in dict.fromkeys(_PLACEHOLDER.findall(transformer.input_template)):
        if name not in known:
            yield f"InputTemplate: <{name}> is not in InputPathsMap"


def _variable_problems(name: str, path: str) -> Iterator[str]:
    if name.lower().startswith(_RESERVED):
        yield f"{name} is a reserved name"
    elif not _VARIABLE.fullmatch(name):
        yield f"{name!r}: a name is 1 to 256 of A-Z, a-z, 0-9, _ and -"
    if len(path) > LONGEST_PATH:
        yield f"the path of {name} is longer than {LONGEST_PATH} characters"
    try:
        _steps(path)
    except TransformError as error:
        yield f"{name}: {error}"


def transform(
    transformer: InputTransformer, event: Event, *, rule: str, rule_arn: str, received: datetime
) -> str:
    """Return the template with the event's values in it. Raises `TransformError`.

    A variable whose path the event does not have leaves nothing behind.
    """
    values = _reserved(event, rule, rule_arn, iso_instant(received, timespec="milliseconds"))
    for name, path in transformer.input_paths_map.items():
        values[name] = value_at(event, path)
    return fill(transformer.input_template, values)


def fill(template: str, values: Mapping[str, Any]) -> str:
    """Return a template with values put in; placeholders of no value stay as they are.

    A template that is JSON stays JSON, whatever the values hold: they are escaped for the place
    where they stand.
    """
    is_json = template.lstrip()[:1] in ("{", "[", '"')
    parts = []
    position = 0
    quoted = False
    for match in _PLACEHOLDER.finditer(template):
        between = template[position : match.start()]
        parts.append(between)
        quoted = _quoted_after(between, quoted)
        position = match.end()
        if match[1] not in values:
            parts.append(match[0])
        else:
            parts.append(_rendered(values[match[1]], is_json=is_json, quoted=quoted))
    return "".join([*parts, template[position:]])


def value_at(event: Any, path: str) -> Any:
    """Return what a path of dots and indices means in an event, `MISSING` where nothing is.

    A `*` gives the list of all that is below. Raises `TransformError` for another syntax.
    """
    found = [event]
    many = False
    for name, index in _steps(path):
        many = many or "*" in (name, index)
        found = [inner for value in found for inner in _below(value, name, index)]
    if many:
        return found
    return found[0] if found else MISSING


class _Missing:
    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final = _Missing()


def _steps(path: str) -> list[tuple[str, str]]:
    steps = [(match[1] or "", match[2] or "") for match in _STEP.finditer(path[1:])]
    written = "".join(f".{name}" if name else f"[{index}]" for name, index in steps)
    if not path.startswith("$") or written != path[1:]:
        message = f"{path!r} is not a path such as $.detail.lastStatus or $.resources[0]"
        raise TransformError(message)
    return steps


def _below(value: Any, name: str, index: str) -> list[Any]:
    if isinstance(value, dict) and name:
        return list(value.values()) if name == "*" else [value[name]] if name in value else []
    if isinstance(value, list) and index:
        if index == "*":
            return value
        return value[int(index) : int(index) + 1]
    return []


def _reserved(event: Event, rule: str, arn: str, received: str) -> dict[str, Any]:
    return {
        "aws.events.rule-arn": arn,
        "aws.events.rule-name": rule,
        "aws.events.event.ingestion-time": received,
        "aws.events.event": {key: value for key, value in event.items() if key != "detail"},
        "aws.events.event.json": event,
    }


def _quoted_after(text: str, quoted: bool) -> bool:
    """Return whether what follows a text stands inside quotation marks."""
    escaped = False
    for character in text:
        if escaped:
            escaped = False
        elif character == "\\":
            escaped = True
        elif character == '"':
            quoted = not quoted
    return quoted


def _rendered(value: Any, *, is_json: bool, quoted: bool) -> str:
    if value is MISSING:
        return ""
    if not is_json:
        return value if isinstance(value, str) else _json(value)
    if not quoted:
        return _json(value)
    inner = value if isinstance(value, str) else _json(value)
    return _json(inner)[1:-1]


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
