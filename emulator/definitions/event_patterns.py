"""Event patterns as files write them, a mapping or JSON text, checked as PutRule checks them."""

import json
from typing import Any

from emulator.definitions.json_text import parse_json
from emulator.definitions.nodes import Fields, Node, Problems
from emulator.errors import DefinitionError, SourceRef
from emulator.patterns import EventPatternError, parse_pattern


def read_event_pattern(fields: Fields, problems: Problems, *names: str) -> str | None:
    """Take an event pattern as JSON text in one canonical form; None without a valid one."""
    node = fields.take(*names)
    if node is None or node.value in (None, "", {}):
        return None
    written, place = node, node.source
    if isinstance(node.value, str):
        try:
            node = parse_json(node.value, names[0])
        except DefinitionError as error:
            said = error.problems[0].message
            message = f"Event pattern is not valid. Reason: {said}"
            problems.error(message, place, hint=_HINT, rule="event-pattern-invalid")
            return None
    document = plain_value(node)
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    try:
        parse_pattern(text)
    except EventPatternError as error:
        for fault in error.faults:
            # Within JSON text there are no places of the file.
            where = _place_of(fault.path, written)
            problems.error(str(fault), where, hint=_HINT, rule="event-pattern-invalid")
        return None
    return text


def _place_of(path: tuple[str, ...], pattern: Node) -> SourceRef:
    """Return where a field stands, or the last on its way that the file has."""
    found = pattern
    for key in path:
        inner = _field(found, key)
        if inner is None:
            break
        found = inner
    return found.source


def _field(node: Node, key: str) -> Node | None:
    """Return a field of an object, or of its alternatives."""
    if not isinstance(node.value, dict):
        return None
    if key in node.value:
        return node.value[key]
    either = node.value.get("$or")
    items = either.value if either is not None and isinstance(either.value, list) else []
    return next((found for item in items if (found := _field(item, key)) is not None), None)


_HINT = 'a pattern has the shape of an event, with lists: {"source": ["aws.ecs"]}'


def plain_value(node: Node) -> Any:
    """Return a value as plain dictionaries, lists and scalars."""
    if isinstance(node.value, dict):
        return {key: plain_value(child) for key, child in node.value.items()}
    if isinstance(node.value, list):
        return [plain_value(child) for child in node.value]
    return node.value
