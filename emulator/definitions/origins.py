"""Where the values of the model were written, found in the trees that they were read from.

The model itself stays free of places: a value's path in AWS's shape, as `config` prints it, leads
to its node, whichever of the spellings and shapes the file has.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from emulator.definitions.fragment import Fragment, Origin
from emulator.definitions.nodes import Node
from emulator.errors import SourceRef

Step = str | int
_AROUND: Final = ("taskDefinition", "targets", "target", "ecsParameters")
"""Where a value may stand deeper than in ecs-local.yaml: what DescribeTaskDefinition answers, the
one target of a rule, and the part of a target that is for ECS."""

_ALIASES: Final = {
    "taskDefinition": ("taskdefinitionarn",),
    "role": ("rolearn",),
    "cluster": ("arn",),
    "targetId": ("id",),
    "timezone": ("scheduleexpressiontimezone",),
    "disabled": ("state",),
    "containerOverrides": ("input",),
    "taskOverride": ("input",),
}
"""Names of ecs-local.yaml and those of the EventBridge APIs, in lower case."""

_NAMES: Final = ("name", "containerName", "key", "id", "targetId", "sourceVolume")


class Origins:
    """The trees of all objects, by kind and name."""

    def __init__(self, fragments: Sequence[Fragment]) -> None:
        self._trees: dict[Origin, Node] = {}
        yielding: dict[Origin, Node] = {}
        for fragment in fragments:
            for origin, node in fragment.origins.items():
                gives_way = origin[0] == "taskDefinitions" and origin[1] in fragment.yielding
                (yielding if gives_way else self._trees).setdefault(origin, node)
        self._trees = yielding | self._trees
        self._roles = {role.name: role for fragment in fragments for role in fragment.roles}

    def node(self, kind: str, name: str, *path: Step) -> Node | None:
        """Return the node of a value; None for one that no file says, such as a default."""
        node = self._trees.get((kind, name))
        for step in path:
            if node is None:
                return None
            node = _child(node, step)
        return node

    def bare_families(self) -> frozenset[str]:
        """Return the families that are a bare list of containers: their files say no more."""
        kinds = self._trees.items()
        return frozenset(
            name
            for (kind, name), node in kinds
            if kind == "taskDefinitions" and isinstance(node.value, list)
        )

    def place(self, kind: str, name: str, *path: Step) -> SourceRef | None:
        """Return where a value stands, or else the nearest thing around it that does.

        Nothing is around a value that stands at the top of a file.
        """
        for length in range(len(path), 0 if not name else -1, -1):
            node = self.node(kind, name, *path[:length])
            if node is not None:
                return node.source
        return self._place_of_role(*path[1:]) if path[:1] == ("roles",) else None

    def _place_of_role(self, *path: Step) -> SourceRef | None:
        """Return where a part of a role stands: resources of their own may add statements to it."""
        role = self._roles.get(str(path[0])) if path else None
        if role is None:
            return None
        statement = path[2] if path[1:2] == ("statements",) and len(path) > 2 else None
        if isinstance(statement, int) and (place := role.statements[statement].source):
            return place
        return role.source


def steps_of(
    path: Sequence[Step], document: Mapping[str, Any]
) -> tuple[str, str, *tuple[Step, ...]] | None:
    """Return the kind, name and steps of a value by its path in a document of definitions.

    None for a place that only holds objects together, such as `rules`.
    """
    kind, rest = str(path[0]), path[1:]
    if kind not in ("rules", "taskDefinitions", "logGroups"):
        return ("", "", *path)
    if not rest:
        return None
    here = document[kind][rest[0]]
    name = _name_of_rule(here) if kind == "rules" else str(rest[0])
    steps: list[Step] = []
    for step in rest[1:]:
        here = here[step]
        named = isinstance(step, int) and isinstance(here, dict) and "name" in here
        steps.append(here["name"] if named else step)
    return (kind, name, *steps)


def _name_of_rule(rule: Mapping[str, Any]) -> str:
    """Return the name by which a rule's tree is kept; a schedule's is that of its group as well."""
    name = str(rule["name"])
    return f"{rule.get('groupName', 'default')}/{name}" if "timezone" in rule else name


def _child(node: Node, step: Step) -> Node | None:
    if isinstance(node.value, dict):
        return _field(node, node.value, step)
    if isinstance(node.value, list):
        return _item(node, node.value, step)
    return None


def _field(node: Node, fields: Mapping[str, Node], step: Step) -> Node | None:
    if isinstance(step, int):
        return node if step == 0 else None
    found = _spelled(fields, step)
    if found is not None:
        return found
    if step == "targets":
        return node  # A rule with one target may say it in itself.
    for name in _AROUND:
        inner = _spelled(fields, name)
        if inner is None:
            continue
        part = inner.value[0] if isinstance(inner.value, list) and inner.value else inner
        if isinstance(part.value, dict) and (found := _field(part, part.value, step)) is not None:
            return found
    return None


def _spelled(fields: Mapping[str, Node], step: str) -> Node | None:
    """Return a field by its name in any style, or by the name that AWS's own APIs give it."""
    if step in fields:
        return fields[step]
    wanted = {_folded(step), *_ALIASES.get(step, ())}
    return next((child for key, child in fields.items() if _folded(key) in wanted), None)


def _item(node: Node, items: Sequence[Node], step: Step) -> Node | None:
    if isinstance(step, int):
        return items[step] if step < len(items) else None
    if step == "containerDefinitions":
        return node  # A bare list of containers.
    for item in items:
        fields = item.value if isinstance(item.value, dict) else {}
        if any(key in fields and fields[key].value == step for key in _NAMES):
            return item
    return None


def _folded(key: str) -> str:
    return key.replace("_", "").lower()
