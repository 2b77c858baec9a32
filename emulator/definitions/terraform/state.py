"""States and plans: what Terraform knows already goes through the same mapper as its files.

HashiCorp, "JSON Output Format" for `terraform show -json`; state files of format version 4, as
`terraform state pull` gives them.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from emulator.definitions.fragment import Fragment
from emulator.definitions.json_text import parse_json
from emulator.definitions.nodes import Node, failure
from emulator.definitions.reading import Reading
from emulator.definitions.terraform.attributes import computed
from emulator.definitions.terraform.drafts import Arguments
from emulator.definitions.terraform.mapper import TYPES, Mapper
from emulator.definitions.terraform.telling import Telling
from emulator.definitions.terraform.values import BudgetExceededError, Value, unknown
from emulator.definitions.terraform.variables import value_of_node
from emulator.errors import SourceRef

DEEPEST_MODULE: Final = 20
DEEPEST_REFERENCE: Final = 20

_ARN: Final = re.compile(r"arn:aws[a-z-]*:(?:ecs|events|scheduler|logs):([a-z0-9-]+):\d{12}:")
_INDEX: Final = re.compile(r"\[[^\]]*\]")

Tree = Mapping[str, Node]


def read_state_text(path: Path, text: str, reading: Reading) -> Fragment:
    """Return what a state or plan says. Raises `DefinitionError`."""
    name = reading.project.name(path)
    document = _tree(parse_json(text, name))
    region = _ARN.search(text)
    world = StateWorld(reading, region[1] if region else _planned_region(document))
    fragment = Fragment(files=[path])
    fragment.region = region[1] if region else _planned_region(document)
    configuration = _tree(_tree(document.get("configuration")).get("root_module"))
    stock = Stock(world, configuration)
    try:
        for item in _items(document, stock, SourceRef(name, 1)):
            stock.add(item)
        Mapper(world, fragment).map(
            [i for i in stock.items if i.type in TYPES and i.mode != "data"]
        )
    except BudgetExceededError as error:
        raise failure(str(error), SourceRef(name)) from error
    except RecursionError as error:
        raise failure("nested too deeply", SourceRef(name)) from error
    return fragment


def _planned_region(document: Tree) -> str | None:
    """Return the region that the configuration of a plan states for the AWS provider."""
    providers = _tree(_tree(document.get("configuration")).get("provider_config"))
    expressions = _tree(_tree(providers.get("aws")).get("expressions"))
    return _text(_tree(expressions.get("region")), "constant_value")


class StateWorld(Telling):
    """Where a state's resources are deployed, and where gaps are told."""

    def __init__(self, reading: Reading, region: str | None) -> None:
        super().__init__(reading.problems, reading.account)
        self._region = region or reading.region

    @property
    def region(self) -> str:
        """The region that the ARNs of the state have."""
        return self._region


@dataclass(slots=True)
class Stock:
    """All resources, and how they refer to each other: a plan leaves out what is not known yet."""

    world: StateWorld
    configuration: Tree
    items: "list[StateItem]" = field(default_factory=list)
    _by_address: "dict[str, StateItem]" = field(default_factory=dict)

    def add(self, item: "StateItem") -> None:
        """Add a resource."""
        self.world.budget.spend(10)
        self.items.append(item)
        self._by_address.setdefault(item.address, item)

    def referred(self, item: "StateItem", path: tuple[str, ...]) -> Value | None:
        """Return the value that an argument takes from another resource of the plan."""
        resource = item.bare_address
        for entry in _nodes(_configured_module(self.configuration, item.module).get("resources")):
            tree = _tree(entry)
            if _text(tree, "address") == resource:
                expression = _tree(tree.get("expressions"))
                return self._follow(_references(expression, path), item, item.module, 0)
        return None

    def _follow(
        self, references: list[str], item: "StateItem", module: tuple[str, ...], depth: int
    ) -> Value | None:
        if depth > DEEPEST_REFERENCE:
            return None
        for reference in references:
            head, _, rest = _INDEX.sub("", reference).partition(".")
            if head == "var" and module:
                calls = _calls(self.configuration, module[:-1])
                call = _tree(calls.get(module[-1].partition("[")[0]))
                inner = _references(_tree(call.get("expressions")), (rest,))
                return self._follow(inner, item, module[:-1], depth + 1)
            if head == "module" and rest.count(".") == 1:
                name, _, output = rest.partition(".")
                below = (*module, name)
                outputs = _tree(_configured_module(self.configuration, below).get("outputs"))
                expression = _tree(outputs.get(output))
                inner = _references(expression, ("expression",))
                return self._follow(inner, item, below, depth + 1)
            found = self._resource(reference, item, module)
            if found is not None:
                return found
        return None

    def _resource(self, reference: str, item: "StateItem", module: tuple[str, ...]) -> Value | None:
        parts = _INDEX.sub("", reference).split(".")
        if len(parts) < 3 or parts[0] in ("var", "local", "module", "each", "count"):
            return None
        data = parts[0] == "data"
        address = ".".join(parts[:3] if data else parts[:2])
        attribute = parts[3] if data and len(parts) > 3 else parts[2]
        prefix = "".join(f"module.{name}." for name in module)
        key = _INDEX.search(item.address.rpartition(".")[2])
        for candidate in (f"{prefix}{address}{key[0] if key else ''}", f"{prefix}{address}"):
            other = self._by_address.get(candidate)
            if other is not None:
                return other.value(attribute)
        matching = [i for i in self.items if _INDEX.sub("", i.address) == f"{prefix}{address}"]
        return matching[0].value(attribute) if matching else None


@dataclass(slots=True, eq=False)
class StateBlock:
    """A nested block of a state's resource."""

    attributes: Tree
    source: SourceRef
    item: "StateItem"
    path: tuple[str, ...]

    def value(self, name: str) -> Value | None:
        """Return an argument."""
        return self.item.known(self.attributes, name, (*self.path, name))

    def blocks(self, name: str) -> list[Arguments]:
        """Return the nested blocks of a type."""
        return _blocks(self.attributes, name, self.item, (*self.path, name))


class StateItem:
    """A resource of a state or plan."""

    def __init__(self, address: str, mode: str, kind: str, node: Node, stock: Stock) -> None:
        self.address = address
        self.mode = mode
        self.type = kind
        self.source = node.source
        self.attributes = _tree(node)
        self._stock = stock

    @property
    def module(self) -> tuple[str, ...]:
        """The names of the modules it is in, from the root down, with their keys."""
        names = re.findall(r"module\.([\w-]+(?:\[[^\]]*\])?)\.", self.address)
        return tuple(names)

    @property
    def bare_address(self) -> str:
        """The address within its module, without a key."""
        return (
            _INDEX.sub("", self.address).rpartition("module.")[2].split(".", 1)[1]
            if (self.module)
            else _INDEX.sub("", self.address)
        )

    @property
    def label(self) -> str:
        """A name made of the address."""
        name = self.address.rpartition(".")[2]
        return re.sub(r"[^\w.-]+", "-", name, flags=re.ASCII).strip("-")

    @property
    def root(self) -> StateWorld:
        """What attributes are computed with."""
        return self._stock.world

    def known(self, attributes: Tree, name: str, path: tuple[str, ...]) -> Value | None:
        """Return an argument; in a plan, what it will be where it refers to another resource."""
        node = attributes.get(name)
        if node is None:
            return self._stock.referred(self, path)
        if node.value is None:
            return None
        return value_of_node(node, self.root.budget.spend)

    def configured(self, name: str) -> Value | None:
        """Return an attribute as it stands there."""
        return self.known(self.attributes, name, (name,))

    def attribute(self, name: str, source: SourceRef) -> Value:
        """Return an attribute, or its placeholder."""
        return self.value(name) or unknown(f"{self.address}.{name}", source)

    def value(self, name: str) -> Value | None:
        """Return an attribute, or what it will be."""
        found = self.configured(name)
        if found is None or found.content == "":
            return computed(self, self.mode, name)
        return found

    def blocks(self, name: str) -> list[Arguments]:
        """Return the nested blocks of a type."""
        return _blocks(self.attributes, name, self, (name,))

    def ignores(self, *_names: str) -> bool:
        """Return False: a state holds what is deployed, whoever deployed it."""
        return False


def _blocks(attributes: Tree, name: str, item: StateItem, path: tuple[str, ...]) -> list[Arguments]:
    return [
        StateBlock(_tree(node), node.source, item, path) for node in _nodes(attributes.get(name))
    ]


def _items(document: Tree, stock: Stock, source: SourceRef) -> Iterator[StateItem]:
    """Yield the resources of a state file, or of `terraform show -json`."""
    if "resources" in document:
        yield from _state_items(document, stock)
        return
    for key in ("planned_values", "values"):
        root = _tree(_tree(document.get(key)).get("root_module"))
        if root:
            yield from _shown_items(root, stock, 0)
            return
    if "values" not in document and "planned_values" not in document:
        version = _text(document, "version")
        if version is not None and version != "4":
            message = f"a state of version {version}: version 4 is read, of Terraform 0.12 on"
            raise failure(message, source)


def _state_items(document: Tree, stock: Stock) -> Iterator[StateItem]:
    for node in _nodes(document.get("resources")):
        tree = _tree(node)
        mode, kind = _text(tree, "mode") or "managed", _text(tree, "type") or ""
        prefix = "data." if mode == "data" else ""
        name = f"{prefix}{kind}.{_text(tree, 'name')}"
        if module := _text(tree, "module"):
            name = f"{module}.{name}"
        for instance in _nodes(tree.get("instances")):
            inner = _tree(instance)
            key = inner.get("index_key")
            attributes = inner.get("attributes")
            if attributes is not None:
                address = name + ("" if key is None or key.value is None else _key(key))
                yield StateItem(address, mode, kind, attributes, stock)


def _key(node: Node) -> str:
    return f'["{node.value}"]' if isinstance(node.value, str) else f"[{node.value}]"


def _shown_items(module: Tree, stock: Stock, depth: int) -> Iterator[StateItem]:
    if depth > DEEPEST_MODULE:
        return
    for node in _nodes(module.get("resources")):
        tree = _tree(node)
        values = tree.get("values")
        if values is not None:
            address, kind = _text(tree, "address") or "?", _text(tree, "type") or ""
            yield StateItem(address, _text(tree, "mode") or "managed", kind, values, stock)
    for child in _nodes(module.get("child_modules")):
        yield from _shown_items(_tree(child), stock, depth + 1)


def _configured_module(configuration: Tree, path: tuple[str, ...]) -> Tree:
    for name in path:
        call = _tree(_tree(configuration.get("module_calls")).get(name.partition("[")[0]))
        configuration = _tree(call.get("module"))
    return configuration


def _calls(configuration: Tree, path: tuple[str, ...]) -> Tree:
    return _tree(_configured_module(configuration, path).get("module_calls"))


def _references(expressions: Tree, path: tuple[str, ...]) -> list[str]:
    """Return what an expression of the configuration refers to; blocks are lists of one here."""
    node: Node | None = Node(dict(expressions), SourceRef(""))
    for name in path:
        if node is not None and isinstance(node.value, list):
            node = node.value[0] if node.value else None
        node = _tree(node).get(name)
    return [str(n.value) for n in _nodes(_tree(node).get("references"))]


def _tree(node: Node | None) -> Tree:
    return node.value if node is not None and isinstance(node.value, dict) else {}


def _nodes(node: Node | None) -> list[Node]:
    return node.value if node is not None and isinstance(node.value, list) else []


def _text(tree: Tree, name: str) -> str | None:
    node = tree.get(name)
    return None if node is None or node.value is None else str(node.value)
