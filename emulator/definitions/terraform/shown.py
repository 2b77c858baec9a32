"""The JSON of states and plans: their resources one by one, and what a plan says of references.

HashiCorp, "JSON Output Format" for `terraform show -json`; state files of format version 4, as
`terraform state pull` gives them.
"""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from emulator.definitions.nodes import Node, failure
from emulator.errors import SourceRef

DEEPEST_MODULE: Final = 20

Tree = Mapping[str, Node]


class ShownResource(NamedTuple):
    """A resource of a state or plan: its address, whether it is `managed` or `data`, its values."""

    address: str
    mode: str
    type: str
    values: Node


def shown_resources(document: Tree, source: SourceRef) -> Iterator[ShownResource]:
    """Yield the resources of a state file, or of `terraform show -json`.

    Raises `DefinitionError` for a state of another version.
    """
    if "resources" in document:
        yield from _of_state(document)
        return
    for key in ("planned_values", "values"):
        root = tree(tree(document.get(key)).get("root_module"))
        if root:
            yield from _of_module(root, 0)
            return
    if "values" not in document and "planned_values" not in document:
        version = text_of(document, "version")
        if version is not None and version != "4":
            message = f"a state of version {version}: version 4 is read, of Terraform 0.12 on"
            raise failure(message, source)


def _of_state(document: Tree) -> Iterator[ShownResource]:
    for node in nodes(document.get("resources")):
        fields = tree(node)
        mode, kind = text_of(fields, "mode") or "managed", text_of(fields, "type") or ""
        prefix = "data." if mode == "data" else ""
        name = f"{prefix}{kind}.{text_of(fields, 'name')}"
        if module := text_of(fields, "module"):
            name = f"{module}.{name}"
        for instance in nodes(fields.get("instances")):
            inner = tree(instance)
            key = inner.get("index_key")
            attributes = inner.get("attributes")
            if attributes is not None:
                address = name + ("" if key is None or key.value is None else _key(key))
                yield ShownResource(address, mode, kind, attributes)


def _key(node: Node) -> str:
    return f'["{node.value}"]' if isinstance(node.value, str) else f"[{node.value}]"


def _of_module(module: Tree, depth: int) -> Iterator[ShownResource]:
    if depth > DEEPEST_MODULE:
        return
    for node in nodes(module.get("resources")):
        fields = tree(node)
        values = fields.get("values")
        if values is not None:
            address, kind = text_of(fields, "address") or "?", text_of(fields, "type") or ""
            mode = text_of(fields, "mode") or "managed"
            yield ShownResource(address, mode, kind, values)
    for child in nodes(module.get("child_modules")):
        yield from _of_module(tree(child), depth + 1)


def configured_module(configuration: Tree, path: tuple[str, ...]) -> Tree:
    """Return the configuration of a module, by the names of the calls that lead to it."""
    for name in path:
        call = tree(tree(configuration.get("module_calls")).get(name.partition("[")[0]))
        configuration = tree(call.get("module"))
    return configuration


def calls(configuration: Tree, path: tuple[str, ...]) -> Tree:
    """Return the module calls of a configured module."""
    return tree(configured_module(configuration, path).get("module_calls"))


def references(expressions: Tree, path: tuple[str, ...]) -> list[str]:
    """Return what an expression of the configuration refers to; blocks are lists of one here."""
    node: Node | None = Node(dict(expressions), SourceRef(""))
    for name in path:
        if node is not None and isinstance(node.value, list):
            node = node.value[0] if node.value else None
        node = tree(node).get(name)
    return [str(n.value) for n in nodes(tree(node).get("references"))]


def tree(node: Node | None) -> Tree:
    """Return the fields of a mapping, none for anything else."""
    return node.value if node is not None and isinstance(node.value, dict) else {}


def nodes(node: Node | None) -> list[Node]:
    """Return the items of a list, none for anything else."""
    return node.value if node is not None and isinstance(node.value, list) else []


def text_of(fields: Tree, name: str) -> str | None:
    """Return a scalar field as text."""
    node = fields.get(name)
    return None if node is None or node.value is None else str(node.value)
