"""Modules with their resources, evaluated part by part when something asks for it."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from emulator.definitions.nodes import did_you_mean
from emulator.definitions.terraform.configuration import Configuration
from emulator.definitions.terraform.evaluation import Scope, evaluate
from emulator.definitions.terraform.expansion import Expansion, Key, expand, nested, nested_types
from emulator.definitions.terraform.syntax import Attribute, Block, Body
from emulator.definitions.terraform.types import convert
from emulator.definitions.terraform.values import (
    Cause,
    EvaluationError,
    Lazy,
    UndeterminedError,
    Unknown,
    Value,
    placeholder,
    unknown,
)
from emulator.errors import SourceRef

if TYPE_CHECKING:
    from emulator.definitions.terraform.root import Root

DEEPEST_MODULE: Final = 12
META: Final = ("count", "for_each", "provider", "providers", "depends_on", "source", "version")

Given = Callable[[str], Value | None]
"""The value that a module's caller, or the user, gives to a variable; None for none."""


class Names(Lazy):
    """A first word with names below it: `var`, `local`, `data`, a resource type."""

    def __init__(self, what: str, find: Callable[[str, SourceRef], Value]) -> None:
        self._what = what
        self._find = find

    def attribute(self, name: str, source: SourceRef) -> Value:
        return self._find(name, source)

    def element(self, key: str | int, source: SourceRef) -> Value:
        return self._find(str(key), source)

    def whole(self, source: SourceRef) -> Value:
        message = f"{self._what} is not a value by itself: name one of them"
        raise EvaluationError(message, source)


@dataclass(slots=True)
class Once:
    """Values that are computed once, and never by way of themselves."""

    _known: dict[tuple[str, ...], Value] = field(default_factory=dict)
    _busy: set[tuple[str, ...]] = field(default_factory=set)

    def get(self, key: tuple[str, ...], source: SourceRef, compute: Callable[[], Value]) -> Value:
        """Return the value of a key. Raises `EvaluationError`."""
        if key in self._known:
            return self._known[key]
        if key in self._busy:
            message = f"{'.'.join(key)} refers to itself"
            raise EvaluationError(message, source)
        self._busy.add(key)
        try:
            value = compute()
        finally:
            self._busy.discard(key)
        self._known[key] = value
        return value


class Module(Lazy):
    """One instance of a module; the root module has the address ""."""

    def __init__(
        self, root: "Root", configuration: Configuration, address: str, given: Given, depth: int
    ) -> None:
        self.root = root
        self.configuration = configuration
        self.address = address
        self._given = given
        self.depth = depth
        self.once = Once()
        self._resources = {
            key: Resource(self, key[0], block) for key, block in configuration.resources.items()
        }
        self.calls = {
            name: ModuleCall(self, block) for name, block in configuration.modules.items()
        }
        self.scope = Scope(root, self._names())

    # -- the names of its scope ----------------------------------------------------------------

    def _names(self) -> Mapping[str, Callable[[SourceRef], Value]]:
        tops: dict[str, Callable[[str, SourceRef], Value]] = {
            "var": self.variable,
            "local": self.local,
            "module": self._call,
            "path": self._path,
            "terraform": self._terraform,
            "data": self._data_type,
        }
        for mode, kind, _ in self._resources:
            if mode == "resource":
                tops[kind] = self._of_type("resource", kind)
        return {name: self._top(name, find) for name, find in tops.items()}

    @staticmethod
    def _top(name: str, find: Callable[[str, SourceRef], Value]) -> Callable[[SourceRef], Value]:
        names = Names(name, find)
        return lambda source: Value(names, source)

    def variable(self, name: str, source: SourceRef) -> Value:
        """Return a variable. Raises `EvaluationError`."""
        block = self.configuration.variables.get(name)
        if block is None:
            raise self._undeclared(f"var.{name}", name, self.configuration.variables, source)
        return self.once.get(("var", name), source, lambda: self._variable(name, block))

    def _variable(self, name: str, block: Block) -> Value:
        constraint = block.body.expression("type")
        default = block.body.expression("default")
        value = self._given(name)
        nullable = block.body.expression("nullable")
        if value is not None and value.content is None and nullable is not None:
            value = None if evaluate(nullable, self.scope).content is False else value
        if value is None:
            if default is None:
                return self.root.missing(self.address, name, block.source)
            value = evaluate(default, self.scope)
        if constraint is None:
            return value
        try:
            return convert(value, constraint, self.scope)
        except EvaluationError as error:
            message = f"var.{name}{self._here()}: {error.message}"
            raise EvaluationError(message, value.source) from error

    def local(self, name: str, source: SourceRef) -> Value:
        """Return a local value. Raises `EvaluationError`."""
        attribute = self.configuration.values.get(name)
        if attribute is None:
            raise self._undeclared(f"local.{name}", name, self.configuration.values, source)
        return self.once.get(
            ("local", name), source, lambda: evaluate(attribute.expression, self.scope)
        )

    def output(self, name: str, source: SourceRef) -> Value:
        """Return an output. Raises `EvaluationError`."""
        block = self.configuration.outputs.get(name)
        expression = None if block is None else block.body.expression("value")
        if expression is None:
            message = f"{self.address} has no output {name!r}"
            raise EvaluationError(message, source)
        return self.once.get(("output", name), source, lambda: evaluate(expression, self.scope))

    def resource(self, mode: str, kind: str, name: str, source: SourceRef) -> Value:
        """Return a resource or data source. Raises `EvaluationError`."""
        found = self._resources.get((mode, kind, name))
        if found is None:
            prefix = "data." if mode == "data" else ""
            known = [key[2] for key in self._resources if key[:2] == (mode, kind)]
            raise self._undeclared(f"{prefix}{kind}.{name}", name, known, source)
        return Value(found, source)

    def _of_type(self, mode: str, kind: str) -> Callable[[str, SourceRef], Value]:
        return lambda name, source: self.resource(mode, kind, name, source)

    def _data_type(self, kind: str, source: SourceRef) -> Value:
        return Value(Names(f"data.{kind}", self._of_type("data", kind)), source)

    def _call(self, name: str, source: SourceRef) -> Value:
        call = self.calls.get(name)
        if call is None:
            raise self._undeclared(f"module.{name}", name, self.calls, source)
        return Value(call, source)

    def _path(self, name: str, source: SourceRef) -> Value:
        if name == "module":
            return Value(self.root.relative(self.configuration.directory), source)
        if name == "root":
            return Value(".", source)
        if name == "cwd":
            return Value(str(self.root.files.directory), source)
        message = f"path.{name} is none of path.module, path.root and path.cwd"
        raise EvaluationError(message, source)

    def _terraform(self, name: str, source: SourceRef) -> Value:
        if name in ("workspace", "env"):
            return Value(self.root.workspace, source)
        return unknown(f"terraform.{name}", source)

    def _undeclared(
        self, what: str, name: str, known: Iterable[str], source: SourceRef
    ) -> EvaluationError:
        hint = did_you_mean(name, tuple(known))
        return EvaluationError(f"{what} is not declared{self._here()}", source, hint)

    def _here(self) -> str:
        return f" in {self.address}" if self.address else ""

    # -- as a value ----------------------------------------------------------------------------

    def attribute(self, name: str, source: SourceRef) -> Value:
        return self.output(name, source)

    def element(self, key: str | int, source: SourceRef) -> Value:
        return self.output(str(key), source)

    def whole(self, source: SourceRef) -> Value:
        outputs = self.configuration.outputs
        return Value({name: self.output(name, source) for name in outputs}, source)

    # -- what it holds -------------------------------------------------------------------------

    def resources(self) -> "Iterator[Resource]":
        """Yield the resources and data sources of this module, and of those it calls."""
        yield from self._resources.values()
        for call in self.calls.values():
            for module in call.modules():
                yield from module.resources()


class _Expanded(Lazy):
    """A block that may have several instances."""

    def __init__(self, module: Module, address: str, block: Block) -> None:
        self.module = module
        self.block = block
        self.address = address
        self._expansion: Expansion | None = None
        self._expanding = False

    def expansion(self) -> Expansion:
        """Return which instances there are. Raises `EvaluationError`."""
        if self._expansion is None:
            if self._expanding:
                message = f"{self.address} refers to itself"
                raise EvaluationError(message, self.block.source)
            self._expanding = True
            try:
                self._expansion = expand(self.block.body, self.module.scope, self.block.source)
                self.module.root.budget.spend(10 * len(self._expansion.instances))
            finally:
                self._expanding = False
        return self._expansion

    def instance(self, key: Key) -> Lazy:
        raise NotImplementedError

    def one(self, key: Key, source: SourceRef) -> Value:
        """Return one instance as a value. Raises `EvaluationError`."""
        expansion = self.expansion()
        if expansion.gap is not None:
            raise UndeterminedError(expansion.gap)
        if key not in expansion.instances:
            shown = "" if key is None else f"[{key!r}]".replace("'", '"')
            message = f"there is no {self.address}{shown}"
            raise EvaluationError(message, source)
        return Value(self.instance(key), source)

    def attribute(self, name: str, source: SourceRef) -> Value:
        expansion = self.expansion()
        if expansion.gap is not None:
            return Value(
                Unknown(placeholder(f"{self.address}.{name}"), expansion.gap.causes), source
            )
        if expansion.mode == "each":
            return self.one(name, source)
        # Terraform 0.11 let `aws_x.y.attribute` stand for the first of several.
        found = self.one(None if expansion.mode == "one" else 0, source).content
        assert isinstance(found, Lazy)
        return found.attribute(name, source)

    def element(self, key: str | int, source: SourceRef) -> Value:
        mode = self.expansion().mode
        if mode == "one":
            if isinstance(key, str):
                return self.attribute(key, source)
            return self.one(None, source)
        if mode == "count":
            return self.one(int(key) if str(key).isdecimal() else key, source)
        return self.one(str(key), source)

    def elements(self, source: SourceRef) -> list[Value]:
        expansion = self.expansion()
        if expansion.gap is not None:
            raise UndeterminedError(expansion.gap)
        return [Value(self.instance(key), source) for key in expansion.instances]

    def whole(self, source: SourceRef) -> Value:
        expansion = self.expansion()
        if expansion.gap is not None:
            return Value(Unknown(placeholder(self.address), expansion.gap.causes), source)
        if expansion.mode == "one":
            return self.instance(None).whole(source)
        if expansion.mode == "count":
            return Value(self.elements(source), source)
        entries = {str(key): Value(self.instance(key), source) for key in expansion.instances}
        return Value(entries, source)


class Resource(_Expanded):
    """A resource or data source with its instances."""

    def __init__(self, module: Module, mode: str, block: Block) -> None:
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
        self._once = Once()

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


class ModuleCall(_Expanded):
    """A `module` block: the modules it makes, or what is not on this disk."""

    def __init__(self, module: Module, block: Block) -> None:
        prefix = f"{module.address}." if module.address else ""
        super().__init__(module, f"{prefix}module.{block.labels[0]}", block)
        self._modules: dict[Key, Lazy] = {}

    def instance(self, key: Key) -> Lazy:
        if key not in self._modules:
            self._modules[key] = self._made(key)
        return self._modules[key]

    def _made(self, key: Key) -> Lazy:
        shown = key if isinstance(key, int) else f'"{key}"'
        address = self.address if key is None else f"{self.address}[{shown}]"
        if self.module.depth >= DEEPEST_MODULE:
            message = f"modules call each other more than {DEEPEST_MODULE} deep"
            raise EvaluationError(message, self.block.source)
        directory = self._directory()
        if directory is None:
            return Absent(address, self.block.source)
        configuration = self.module.root.loader.load(directory)
        scope = self.module.scope.with_own(self.expansion().instances[key])
        return Module(
            self.module.root,
            configuration,
            address,
            self._given(scope),
            self.module.depth + 1,
        )

    def _directory(self) -> Path | None:
        expression = self.block.body.expression("source")
        value = None if expression is None else evaluate(expression, self.module.scope)
        text = value.content if value is not None and isinstance(value.content, str) else ""
        if value is None or not text:
            message = f"{self.address} has no source"
            raise EvaluationError(message, self.block.source)
        return self.module.root.module_directory(self.module, self.address, text, value.source)

    def _given(self, scope: Scope) -> Given:
        def given(name: str) -> Value | None:
            expression = self.block.body.expression(name)
            return None if expression is None else evaluate(expression, scope)

        return given

    def modules(self) -> Iterator[Module]:
        """Yield the modules it makes; what is wrong with them is noted."""
        root = self.module.root
        try:
            expansion = self.expansion()
            if expansion.gap is not None:
                root.left_out(self.address, expansion.gap, self.block.source)
            made = [self.instance(key) for key in expansion.instances]
        except EvaluationError as error:
            root.failed(self.address, error, self.block.source)
            return
        yield from (module for module in made if isinstance(module, Module))


class Absent(Lazy):
    """A module whose files are not here: all its outputs are placeholders."""

    def __init__(self, address: str, source: SourceRef) -> None:
        self.address = address
        self.source = source

    def attribute(self, name: str, source: SourceRef) -> Value:
        return unknown(f"{self.address}.{name}", source)

    def element(self, key: str | int, source: SourceRef) -> Value:
        return unknown(f"{self.address}[{key!r}]", source)

    def whole(self, source: SourceRef) -> Value:
        return Value(Unknown(placeholder(self.address), (Cause(self.address, source),)), source)
