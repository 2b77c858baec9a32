"""One instance of a module: its variables, local values, outputs and resources, on demand."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from emulator.definitions.nodes import did_you_mean
from emulator.definitions.terraform import validation
from emulator.definitions.terraform.configuration import Configuration
from emulator.definitions.terraform.evaluation import Scope, evaluate
from emulator.definitions.terraform.lookups import Names, Once
from emulator.definitions.terraform.module_calls import Given, ModuleCall
from emulator.definitions.terraform.resources import Resource
from emulator.definitions.terraform.syntax import Block
from emulator.definitions.terraform.types import convert
from emulator.definitions.terraform.values import EvaluationError, Lazy, Value, unknown
from emulator.errors import SourceRef

if TYPE_CHECKING:
    from emulator.definitions.terraform.root import Root


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
        self.once = Once(root.guesses)
        self.own_resources = {
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
            "resource": self._resource_type,
        }
        for mode, kind, _ in self.own_resources:
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
        value, place = self._given_or_default(name, block)
        constraint = block.body.expression("type")
        try:
            if constraint is not None:
                value = convert(value, constraint, self.scope)
            validation.check(name, value, block, self.scope, self.variable)
        except EvaluationError as error:
            owner = f"{self.address}: " if self.address else ""
            message = f"{owner}var.{name}: {error.message}"
            raise EvaluationError(message, place, error.hint) from error
        return value

    def _given_or_default(self, name: str, block: Block) -> tuple[Value, SourceRef]:
        """Return what a variable is to be, and where a mistake in it is to be mended."""
        value, place = self._given.value(name), self._given.place(name)
        if value is not None and value.content is None and not self._nullable(block):
            value = None
        if value is not None:
            return value, place or value.source
        default = block.body.expression("default")
        if default is None:
            return self.root.missing(self.address, name, place or block.source), block.source
        value = evaluate(default, self.scope)
        return value, value.source

    def _nullable(self, block: Block) -> bool:
        said = block.body.expression("nullable")
        return said is None or evaluate(said, self.scope).content is not False

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
        found = self.own_resources.get((mode, kind, name))
        if found is None:
            prefix = "data." if mode == "data" else ""
            known = [key[2] for key in self.own_resources if key[:2] == (mode, kind)]
            raise self._undeclared(f"{prefix}{kind}.{name}", name, known, source)
        return Value(found, source)

    def _of_type(self, mode: str, kind: str) -> Callable[[str, SourceRef], Value]:
        return lambda name, source: self.resource(mode, kind, name, source)

    def _data_type(self, kind: str, source: SourceRef) -> Value:
        return Value(Names(f"data.{kind}", self._of_type("data", kind)), source)

    def _resource_type(self, kind: str, source: SourceRef) -> Value:
        """Return the resources of a type, by the word that may stand before it."""
        return Value(Names(f"resource.{kind}", self._of_type("resource", kind)), source)

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

    def called(self, configuration: Configuration, address: str, given: Given) -> "Module":
        """Return a module that this one calls."""
        return Module(self.root, configuration, address, given, self.depth + 1)

    # -- as a value ----------------------------------------------------------------------------

    def attribute(self, name: str, source: SourceRef) -> Value:
        return self.output(name, source)

    def element(self, key: str | int, source: SourceRef) -> Value:
        return self.output(str(key), source)

    def whole(self, source: SourceRef) -> Value:
        outputs = self.configuration.outputs
        return Value({name: self.output(name, source) for name in outputs}, source)

    # -- what it holds -------------------------------------------------------------------------

    def modules(self) -> "Iterator[Module]":
        """Yield this module, and those it calls, however deep."""
        yield self
        for call in self.calls.values():
            for module in call.modules():
                yield from module.modules()

    def resources(self) -> Iterator[Resource]:
        """Yield the resources and data sources of this module, and of those it calls."""
        for module in self.modules():
            yield from module.own_resources.values()
