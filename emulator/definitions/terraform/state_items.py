"""Resources of states and plans as the mapper sees them.

A plan leaves out what is not known yet: it is taken from the resource that the configuration says
an argument refers to.
"""

import re
from dataclasses import dataclass, field
from typing import Final

from emulator.definitions.terraform.attributes import computed
from emulator.definitions.terraform.drafts import Arguments
from emulator.definitions.terraform.node_values import value_of_node
from emulator.definitions.terraform.shown import (
    ShownResource,
    Tree,
    calls,
    configured_module,
    nodes,
    references,
    text_of,
    tree,
)
from emulator.definitions.terraform.telling import Telling
from emulator.definitions.terraform.values import Value, unknown
from emulator.errors import SourceRef

DEEPEST_REFERENCE: Final = 20

_INDEX: Final = re.compile(r"\[[^\]]*\]")


@dataclass(slots=True)
class Stock:
    """All resources, and how they refer to each other: a plan leaves out what is not known yet."""

    world: Telling
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
        address = item.bare_address
        for entry in nodes(configured_module(self.configuration, item.module).get("resources")):
            resource = tree(entry)
            if text_of(resource, "address") == address:
                expression = tree(resource.get("expressions"))
                return self._follow(references(expression, path), item, item.module, 0)
        return None

    def _follow(
        self, spelled: list[str], item: "StateItem", module: tuple[str, ...], depth: int
    ) -> Value | None:
        if depth > DEEPEST_REFERENCE:
            return None
        for reference in spelled:
            head, _, rest = _INDEX.sub("", reference).partition(".")
            if head == "var" and module:
                above = calls(self.configuration, module[:-1])
                call = tree(above.get(module[-1].partition("[")[0]))
                inner = references(tree(call.get("expressions")), (rest,))
                return self._follow(inner, item, module[:-1], depth + 1)
            if head == "module" and rest.count(".") == 1:
                name, _, output = rest.partition(".")
                below = (*module, name)
                outputs = tree(configured_module(self.configuration, below).get("outputs"))
                expression = tree(outputs.get(output))
                inner = references(expression, ("expression",))
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

    def __init__(self, resource: ShownResource, stock: "Stock") -> None:
        self.address = resource.address
        self.mode = resource.mode
        self.type = resource.type
        self.source = resource.values.source
        self.attributes = tree(resource.values)
        self._stock = stock

    @property
    def module(self) -> tuple[str, ...]:
        """The names of the modules it is in, from the root down, with their keys."""
        names = re.findall(r"module\.([\w-]+(?:\[[^\]]*\])?)\.", self.address)
        return tuple(names)

    @property
    def bare_address(self) -> str:
        """The address within its module, without a key."""
        address = _INDEX.sub("", self.address)
        if not self.module:
            return address
        _, _, within = address.rpartition("module.")[2].partition(".")
        return within

    @property
    def label(self) -> str:
        """A name made of the address."""
        name = self.address.rpartition(".")[2]
        return re.sub(r"[^\w.-]+", "-", name, flags=re.ASCII).strip("-")

    @property
    def root(self) -> Telling:
        """What attributes are computed with."""
        return self._stock.world

    def known(self, attributes: Tree, name: str, path: tuple[str, ...]) -> Value | None:
        """Return an argument; in a plan, what it will be where it refers to another resource."""
        node = attributes.get(name)
        if node is None:
            return self._stock.referred(self, path)
        if node.value is None:
            return None
        return value_of_node(node, self.root.budget)

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
    return [StateBlock(tree(node), node.source, item, path) for node in nodes(attributes.get(name))]
