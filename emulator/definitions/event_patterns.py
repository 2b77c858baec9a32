"""Event patterns as files write them, a mapping or JSON text, checked as PutRule checks them."""

import json
from typing import Any

from emulator.definitions.json_text import parse_json
from emulator.definitions.nodes import Fields, Node, Problems
from emulator.errors import DefinitionError
from emulator.patterns import EventPatternError, parse_pattern


def read_event_pattern(fields: Fields, problems: Problems, *names: str) -> str | None:
    """Take an event pattern as JSON text in one canonical form; None without a valid one."""
    node = fields.take(*names)
    if node is None or node.value in (None, "", {}):
        return None
    place = node.source
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
        problems.error(error.message, place, hint=_HINT, rule="event-pattern-invalid")
        return None
    return text


_HINT = 'a pattern has the shape of an event, with lists: {"source": ["aws.ecs"]}'


def plain_value(node: Node) -> Any:
    """Return a value as plain dictionaries, lists and scalars."""
    if isinstance(node.value, dict):
        return {key: plain_value(child) for key, child in node.value.items()}
    if isinstance(node.value, list):
        return [plain_value(child) for child in node.value]
    return node.value
