"""`taskdef_overrides` of a Copilot job: values put into its task definition, one after the other.

Copilot: "Task Definition Overrides". A path goes by the properties of AWS::ECS::TaskDefinition;
what is missing on it is made, and `[-]` adds to the end of a list.
"""

import re
from typing import Final, NamedTuple

from emulator.definitions.cloudformation.camel_case import FREE, api_name, api_value
from emulator.definitions.nodes import Fields, Node, Problems
from emulator.errors import SourceRef

_STEP: Final = re.compile(r"([A-Za-z0-9_-]+)(?:\[(-|\d{1,4})\])?", re.ASCII)
_FIXED: Final = re.compile(r"Family|ContainerDefinitions\[(?:\d+|-)\]\.Name", re.IGNORECASE)
DEEPEST: Final = 20
END: Final = -1
MOST_RULES: Final = 1000


class _Step(NamedTuple):
    """One part of a path: a property, and the position in its list; END is behind the last."""

    name: str
    position: int | None


class _PathError(Exception):
    """A path leads nowhere; says why."""


def overridden(definition: Node, fields: Fields, problems: Problems) -> Node:
    """Take `taskdef_overrides`; return a task definition, in the API's shape, with them in it."""
    rules = fields.items("taskdef_overrides")
    if len(rules) > MOST_RULES:
        message = f"taskdef_overrides has {len(rules)} rules; {MOST_RULES} are read here"
        problems.error(message, fields.place("taskdef_overrides"))
        return definition
    for item in rules:
        rule = Fields(item, "the override", problems)
        path, value = rule.text("path", required=True), rule.take("value")
        rule.refuse_rest()
        if value is None and rule.readable:
            problems.error("the override has no value", item.source, rule="missing-key")
        if path is not None and value is not None:
            definition = _applied(definition, path, value, rule.place("path"), problems)
    return definition


def _applied(
    definition: Node, path: str, value: Node, place: SourceRef, problems: Problems
) -> Node:
    try:
        return _put(definition, _steps(path), value)
    except _PathError as error:
        problems.error(f"taskdef_overrides: {path}: {error}", place, rule="invalid-value")
        return definition


def _steps(path: str) -> list[_Step]:
    """Return the parts of a path in the API's names. Raises `_PathError`."""
    if _FIXED.fullmatch(path):
        message = "cannot be overridden with a custom value"
        raise _PathError(message)
    parts = path.split(".", DEEPEST)
    matches = [_STEP.fullmatch(part) for part in parts]
    if len(parts) > DEEPEST or None in matches:
        message = "properties have dots between them, and [N] or [-] behind that of a list"
        raise _PathError(message)
    steps: list[_Step] = []
    free = False
    for match in matches:
        name, index = ("", None) if match is None else match.groups()
        own = name if free else api_name(name)
        steps.append(_Step(own, None if index is None else END if index == "-" else int(index)))
        free = name in FREE
    return steps


def _put(node: Node, steps: list[_Step], value: Node) -> Node:
    """Return a mapping with a value at the end of a path. Raises `_PathError`."""
    step, rest = steps[0], steps[1:]
    if not isinstance(node.value, dict):
        message = f"there is no {step.name} in {node.kind}"
        raise _PathError(message)
    old = node.value.get(step.name)
    if step.position is not None:
        new = _put_item(old or Node([], value.source), step, rest, value)
    elif rest:
        new = _put(old or Node({}, value.source), rest, value)
    else:
        new = api_value(step.name[:1].upper() + step.name[1:], value)
    return Node({**node.value, step.name: new}, node.source, node.guess)


def _put_item(listed: Node, step: _Step, rest: list[_Step], value: Node) -> Node:
    if not isinstance(listed.value, list):
        message = f"{step.name} is {listed.kind}, not a list"
        raise _PathError(message)
    items = list(listed.value)
    position = step.position or 0
    if position == END:
        position = len(items)
        items.append(Node({}, value.source))
    if position >= len(items):
        message = f"{step.name} has {len(items)} items; [-] adds one"
        raise _PathError(message)
    items[position] = _put(items[position], rest, value) if rest else api_value(step.name, value)
    return Node(items, listed.source, listed.guess)
