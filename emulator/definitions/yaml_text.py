"""YAML becomes nodes, with only the types that nobody is surprised by.

`on`, `off`, `no`, dates and `1:30` stay text: YAML 1.1 would make other things of them. Built from
the parser's events, so that neither depth nor aliases can exhaust the machine.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NoReturn

import yaml

from emulator.definitions.nodes import Node, failure
from emulator.errors import SourceRef

DEEPEST: Final = 100
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INTEGER: Final = re.compile(r"[-+]?(?:0|[1-9]\d{0,17})", re.ASCII)
_FLOAT: Final = re.compile(r"[-+]?(?:0|[1-9]\d*)\.\d+(?:[eE][-+]?\d{1,3})?", re.ASCII)
_NULL: Final = ("", "~", "null", "Null", "NULL")
_BOOLEANS: Final = {
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}


@dataclass(slots=True)
class _Open:
    """A collection whose end has not come."""

    node: Node
    anchor: str | None
    tag: str | None = None
    key: Node | None = None
    merges: list[Node] = field(default_factory=list)


class _Builder:
    def __init__(self, path: str, tags: Mapping[str, str]) -> None:
        self._path = path
        self._tags = tags
        self._stack: list[_Open] = []
        self._anchors: dict[str, Node] = {}
        self.root: Node | None = None
        self.documents = 0

    def take(self, event: Any) -> None:
        source = SourceRef(self._path, event.start_mark.line + 1)
        if isinstance(event, yaml.ScalarEvent):
            self._put(self._scalar(event, source), event.anchor)
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            self._begin(event, source)
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            self._end()
        elif isinstance(event, yaml.AliasEvent):
            if event.anchor not in self._anchors:
                self._fail(f"no anchor &{event.anchor} before this alias", source)
            self._put(self._anchors[event.anchor], None)
        elif isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                self._fail("several YAML documents in one file", source)

    def _begin(self, event: Any, source: SourceRef) -> None:
        tag = self._tag_of(event, source)
        if len(self._stack) >= DEEPEST:
            self._fail(f"nested more than {DEEPEST} deep", source)
        mapping = isinstance(event, yaml.MappingStartEvent)
        self._stack.append(_Open(Node({} if mapping else [], source), event.anchor, tag))

    def _end(self) -> None:
        done = self._stack.pop()
        if isinstance(done.node.value, dict):
            for merged in done.merges:
                self._merge(merged, done.node.value, merged.source)
        self._put(_tagged(done.node, done.tag), done.anchor)

    def _merge(self, merged: Node, into: dict[str, Node], source: SourceRef) -> None:
        parts = merged.value if isinstance(merged.value, list) else [merged]
        for part in parts:
            if not isinstance(part.value, dict):
                self._fail("<< merges mappings only", source)
            for key, node in part.value.items():
                into.setdefault(key, node)

    def _put(self, node: Node, anchor: str | None) -> None:
        if anchor is not None:
            self._anchors[anchor] = node
        if not self._stack:
            self.root = node
            return
        parent = self._stack[-1]
        if isinstance(parent.node.value, list):
            parent.node.value.append(node)
        elif parent.key is None:
            parent.key = node
        else:
            key, parent.key = parent.key, None
            self._put_value(parent, key, node)

    def _put_value(self, parent: _Open, key: Node, node: Node) -> None:
        if isinstance(key.value, dict | list):
            self._fail("a key must be text", key.source)
        name = str(key.value) if isinstance(key.value, str) else _key_text(key.value)
        values = parent.node.value
        if name == "<<":
            parent.merges.append(node)
        elif isinstance(values, dict):
            if name in values:
                first = values[name].source.line
                self._fail(f"the key {name!r} is there twice, first in line {first}", key.source)
            values[name] = Node(node.value, key.source)

    def _scalar(self, event: Any, source: SourceRef) -> Node:
        tag = self._tag_of(event, source)
        plain = event.implicit[0] and tag is None
        return _tagged(Node(_plain_value(event.value) if plain else event.value, source), tag)

    def _tag_of(self, event: Any, source: SourceRef) -> str | None:
        """Return the key that a short tag stands for. Any other tag is refused."""
        if event.tag in (None, "!", "tag:yaml.org,2002:str"):
            return None
        if event.tag not in self._tags:
            self._fail(f"the tag {event.tag} is not allowed here", source)
        return self._tags[event.tag]

    def _fail(self, message: str, source: SourceRef) -> NoReturn:
        raise failure(message, source)


def parse_yaml(text: str, path: str, *, tags: Mapping[str, str] | None = None) -> Node:
    """Return the one document of a YAML text. Raises `DefinitionError`.

    `tags` are the tags that are allowed, with the key that each stands for: `!Ref x` becomes
    `{"Ref": "x"}`, as in CloudFormation.
    """
    builder = _Builder(path, tags or {})
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = None if mark is None else mark.line + 1
        message = f"not valid YAML: {error.problem or error.context}"
        raise failure(message, SourceRef(path, line)) from error
    except yaml.YAMLError as error:
        summary = str(error).splitlines()[0]
        raise failure(f"not valid YAML: {summary}", SourceRef(path)) from error
    return builder.root or Node(None, SourceRef(path, 1))


def _plain_value(text: str) -> str | int | float | bool | None:
    if text in _NULL:
        return None
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text


def _tagged(node: Node, tag: str | None) -> Node:
    return node if tag is None else Node({tag: node}, node.source)


def _key_text(value: object) -> str:
    return (
        "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
    )
