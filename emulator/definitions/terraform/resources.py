"""Resources and data sources of HCL, their instances, and the values of their attributes."""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from emulator.definitions.terraform.evaluation import Scope, evaluate
from emulator.definitions.terraform.expanded import Expanded
from emulator.definitions.terraform.expansion import Key, nested, nested_types
from emulator.definitions.terraform.lookups import Once
from emulator.definitions.terraform.syntax import Attribute, Block, Body
from emulator.definitions.terraform.values import Lazy, Value, unknown
from emulator.errors import SourceRef

if TYPE_CHECKING:
    from emulator.definitions.terraform.modules import Module
    from emulator.definitions.terraform.root import Root

META: Final = ("count", "for_each", "provider", "providers", "depends_on", "source", "version")


class Resource(Expanded):
    """A resource or data source with its instances."""

    def __init__(self, module: "Module", mode: str, block: Block) -> None:
        name = ".".join(block.labels)
        prefix = f"{module.address}." if module.address else ""
        super().__init__(module, f"{prefix}{'data.' if mode == 'data' else ''}{name}", block)
        self.mode = mode
        self.type = block.labels[0]
        self._instances: dict[Key, Instance] = {}

    def instance(self, key: Key) -> "Instance":
        if key not in self._instances:
            own = self.expansion().instances[key]
            self._instances[key] = Instance(self, key, self.module.scope.with_own(own))
        return self._instances[key]

    def instances(self) -> "list[Instance]":
        """Return all instances. Raises `EvaluationError`."""
        return [self.instance(key) for key in self.expansion().instances]


class Instance(Lazy):
    """One instance of a resource or data source: what it is configured with, and what follows."""

    def __init__(self, resource: Resource, key: Key, scope: Scope) -> None:
        self.resource = resource
        self.key = key
        self.scope = scope
        self.body: Body = resource.block.body
        self.source: SourceRef = resource.block.source
        self._once = Once(self.root.guesses)

    @property
    def type(self) -> str:
        """The type, e.g. `aws_ecs_task_definition`."""
        return self.resource.type

    @property
    def root(self) -> "Root":
        """The root it belongs to."""
        return self.resource.module.root

    @property
    def address(self) -> str:
        """The address, e.g. `module.batch.aws_cloudwatch_event_rule.this["nightly"]`."""
        if self.key is None:
            return self.resource.address
        key = self.key if isinstance(self.key, int) else f'"{self.key}"'
        return f"{self.resource.address}[{key}]"

    @property
    def label(self) -> str:
        """A name made of the block's label and the instance's key."""
        name = str(self.resource.block.labels[1])
        if name in ("this", "default", "main") and self.resource.module.address:
            name = self.resource.module.address.rpartition("module.")[2]
        made = name if self.key is None else f"{name}-{self.key}"
        return re.sub(r"[^\w.-]+", "-", made, flags=re.ASCII).strip("-")

    def configured(self, name: str) -> Value | None:
        """Return an argument as configured, None where it is absent or null."""
        attribute: Attribute | None = self.body.attributes.get(name)
        if attribute is None:
            return None
        value = self._once.get(
            (self.address, name), attribute.source, lambda: self._evaluated(attribute)
        )
        return None if value.content is None else value

    def derived(self, name: str) -> Value | None:
        """Return an attribute that follows from the others, None for any other."""
        from emulator.definitions.terraform.attributes import computed
        from emulator.definitions.terraform.documents import written

        found = written(self, name)
        return computed(self, self.resource.mode, name) if found is None else found

    def _evaluated(self, attribute: Attribute) -> Value:
        return evaluate(attribute.expression, self.scope)

    def blocks(self, name: str) -> list[tuple[Body, Scope]]:
        """Return the nested blocks of a type with their scopes. Raises `EvaluationError`."""
        return [(block.body, scope) for block, scope in nested(self.body, name, self.scope)]

    def attribute(self, name: str, source: SourceRef) -> Value:
        found = self.derived(name)
        if found is None:
            found = self.configured(name)
        if found is None and name in nested_types(self.body):
            found = Value(
                [block_value(b, s, self.source) for b, s in self.blocks(name)], self.source
            )
        if found is None and name in self.body.attributes:
            return Value(None, source)
        return found if found is not None else unknown(f"{self.address}.{name}", source)

    def element(self, key: str | int, source: SourceRef) -> Value:
        return self.attribute(str(key), source)

    def whole(self, source: SourceRef) -> Value:
        from emulator.definitions.terraform.attributes import computed_names

        names = [
            *(name for name in self.body.attributes if name not in META),
            *nested_types(self.body),
            *computed_names(self.type),
        ]
        return self._with(names, source)

    def holding(self, names: Iterable[str], source: SourceRef) -> Value:
        # Which attributes there are is for the provider to say: one that is wanted is one.
        content = self.whole(source).content
        return self._with([*(content if isinstance(content, dict) else ()), *names], source)

    def _with(self, names: Iterable[str], source: SourceRef) -> Value:
        return Value({name: self.attribute(name, source) for name in dict.fromkeys(names)}, source)


def block_value(body: Body, scope: Scope, source: SourceRef) -> Value:
    """Return a nested block as an object."""
    entries = {
        name: evaluate(attribute.expression, scope) for name, attribute in body.attributes.items()
    }
    for name in nested_types(body):
        inner = [
            block_value(block.body, own, block.source) for block, own in nested(body, name, scope)
        ]
        entries[name] = Value(inner, source)
    return Value(entries, source)
