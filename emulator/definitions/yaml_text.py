"""YAML becomes nodes, with only the types that nobody is surprised by.

`on`, `off`, `no`, dates and `1:30` stay text: YAML 1.1 would make other things of them. Built from
the parser's events, so that neither depth nor aliases can exhaust the machine: what aliases
repeat is counted.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final, NoReturn

import yaml

from emulator.definitions.nodes import Node, ValueBudget, failure
from emulator.errors import DefinitionError, SourceRef

DEEPEST: Final = 100
MOST_ALIASED: Final = 200_000
"""Values that aliases may repeat, all together: a few lines can say billions."""

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


_CORE: Final = "tag:yaml.org,2002:"
_KINDS: Final[Mapping[str, tuple[type, ...]]] = {
    "bool": (bool,),
    "float": (float, int),
    "int": (int,),
    "null": (type(None),),
}
"""YAML's own tags that say of which type a scalar is."""

_COLLECTIONS: Final = {yaml.MappingStartEvent: "map", yaml.SequenceStartEvent: "seq"}

Plain = Callable[[str, SourceRef], Node]


class _Open:
    """A collection whose end has not come; `before` is how many values there were before it."""

    def __init__(self, node: Node, anchor: str | None, before: int, tag: str | None) -> None:
        self.node = node
        self.anchor = anchor
        self.before = before
        self.tag = tag
        self.key: Node | None = None
        self.merges: list[Node] = []


class _Builder:
    def __init__(
        self, path: str, tags: Mapping[str, str], plain: Plain, budget: ValueBudget
    ) -> None:
        self._path = path
        self._tags = tags
        self._plain = plain
        self._budget = budget
        self._stack: list[_Open] = []
        self._anchors: dict[str, tuple[Node, int]] = {}
        self._count = self._aliased = 0
        self.root: Node | None = None
        self.documents = 0

    def take(self, event: Any) -> None:
        source = SourceRef(self._path, event.start_mark.line + 1)
        if isinstance(event, yaml.ScalarEvent):
            self._spend(source)
            self._put(self._scalar(event, source), event.anchor, 1)
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            self._begin(event, source)
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            self._end()
        elif isinstance(event, yaml.AliasEvent):
            self._alias(str(event.anchor), source)
        elif isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                hint = "write each of them into a file of its own"
                raise failure("several YAML documents in one file", source, hint=hint)

    def _spend(self, source: SourceRef) -> None:
        """Count a value that the text has; what aliases repeat costs no more than its place."""
        self._count += 1
        self._budget.left -= 1
        if self._budget.left < 0:
            raise self._budget.spent(source)

    def _alias(self, anchor: str, source: SourceRef) -> None:
        if anchor not in self._anchors:
            self._fail(f"no anchor &{anchor} before this alias", source)
        node, size = self._anchors[anchor]
        self._count += size
        self._aliased += size
        if self._aliased > MOST_ALIASED:
            self._fail(f"aliases repeat more than {MOST_ALIASED} values", source)
        self._put(node, None, size)

    def _begin(self, event: Any, source: SourceRef) -> None:
        tag = self._tag_of(event, source)
        if len(self._stack) >= DEEPEST:
            self._fail(f"nested more than {DEEPEST} deep", source)
        mapping = isinstance(event, yaml.MappingStartEvent)
        made = Node({} if mapping else [], source)
        self._stack.append(_Open(made, event.anchor, self._count, tag))

    def _end(self) -> None:
        done = self._stack.pop()
        self._spend(done.node.source)
        if isinstance(done.node.value, dict):
            for merged in done.merges:
                self._merge(merged, done.node.value, merged.source)
        self._put(_tagged(done.node, done.tag), done.anchor, self._count - done.before)

    def _merge(self, merged: Node, into: dict[str, Node], source: SourceRef) -> None:
        parts = merged.value if isinstance(merged.value, list) else [merged]
        for part in parts:
            if not isinstance(part.value, dict):
                self._fail("<< merges mappings only", source)
            for key, node in part.value.items():
                into.setdefault(key, node)

    def _put(self, node: Node, anchor: str | None, size: int) -> None:
        if anchor is not None:
            self._anchors[anchor] = node, size
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
        name = "null" if key.value is None else key.text
        values = parent.node.value
        if name == "<<" and key.written is not None:  # Quoted, it is a key like any other.
            parent.merges.append(node)
        elif isinstance(values, dict):
            if name in values:
                first = values[name].source.line
                self._fail(f"the key {name!r} is there twice, first in line {first}", key.source)
            values[name] = Node(node.value, key.source, written=node.written)

    def _scalar(self, event: Any, source: SourceRef) -> Node:
        tag = None
        if event.tag is not None:
            kinds = _KINDS.get(event.tag.removeprefix(_CORE))
            if kinds is not None:
                return self._of_kind(event, kinds, source)
            tag = self._tag_of(event, source)
        if not event.implicit[0] or tag is not None:
            return _tagged(Node(event.value, source), tag)
        return self._plain(event.value, source)

    def _of_kind(self, event: Any, kinds: tuple[type, ...], source: SourceRef) -> Node:
        """Return a scalar whose tag says of which type it is, quoted or not."""
        node = self._plain(event.value, source)
        if type(node.value) not in kinds:
            self._fail(f"{event.value!r} is not a {_shown(event.tag)}", source)
        return node

    def _tag_of(self, event: Any, source: SourceRef) -> str | None:
        """Return the key that a short tag stands for. Any other tag is refused."""
        if event.tag in (None, "!"):
            return None
        if event.tag == _CORE + _COLLECTIONS.get(type(event), "str"):
            return None
        if event.tag not in self._tags:
            self._fail(f"the tag {_shown(event.tag)} is not allowed here", source)
        return self._tags[event.tag]

    def _fail(self, message: str, source: SourceRef) -> NoReturn:
        raise failure(message, source)


def parse_yaml(
    text: str,
    path: str,
    *,
    tags: Mapping[str, str] | None = None,
    plain: Plain | None = None,
    budget: ValueBudget | None = None,
) -> Node:
    """Return the one document of a YAML text. Raises `DefinitionError`.

    `tags` are the tags that are allowed, with the key that each stands for: `!Ref x` becomes
    `{"Ref": "x"}`, as in CloudFormation. `plain` makes a node of an unquoted scalar, for a
    dialect with types of its own. `budget` is that of texts which are read as one; None: the text
    has its own.
    """
    builder = _Builder(path, tags or {}, plain or plain_scalar, budget or ValueBudget())
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        raise _syntax_failure(error, path) from error
    except yaml.reader.ReaderError as error:
        line = text.encode()[: error.position].count(b"\n") + 1
        message = f"not valid YAML: {error.reason}"
        raise failure(message, SourceRef(path, line)) from error
    except UnicodeEncodeError as error:
        line = text.count("\n", 0, error.start) + 1
        message = f"not valid YAML: \\u{ord(text[error.start]):04x} alone is not a character"
        raise failure(message, SourceRef(path, line)) from error
    return builder.root or Node(None, SourceRef(path, 1))


def plain_scalar(text: str, source: SourceRef) -> Node:
    """Return an unquoted scalar with the type that it looks like."""
    if text in _NULL:
        return Node(None, source)
    if text in _BOOLEANS:
        return Node(_BOOLEANS[text], source, written=text)
    if _INTEGER.fullmatch(text):
        return Node(int(text), source, written=text)
    value = float(text) if _FLOAT.fullmatch(text) else text
    return Node(value, source, written=text)


def _shown(tag: str) -> str:
    """Return a tag as it is written."""
    return f"!!{tag.removeprefix(_CORE)}" if tag.startswith(_CORE) else tag


def _tagged(node: Node, tag: str | None) -> Node:
    return node if tag is None else Node({tag: node}, node.source)


def _syntax_failure(error: yaml.MarkedYAMLError, path: str) -> DefinitionError:
    """Return what the parser says, with the place where what it was reading begins."""
    mark = error.problem_mark or error.context_mark
    line = None if mark is None else mark.line + 1
    begun = error.context_mark
    context = ""
    if error.context and begun is not None and begun.line + 1 != line:
        context = f" {error.context} that begins in line {begun.line + 1}"
    tab = any(words in str(error.problem) for words in ("cannot start any token", "a tab char"))
    hint = "lines begin with blanks, not tabs; text may need quotes" if tab else None
    return failure(f"not valid YAML: {error.problem}{context}", SourceRef(path, line), hint=hint)
