"""Resources as the mapper sees them, wherever they come from: HCL here, a state elsewhere."""

from dataclasses import dataclass
from typing import Protocol

from emulator.definitions.terraform.drafts import Arguments
from emulator.definitions.terraform.evaluation import Scope, evaluate
from emulator.definitions.terraform.expansion import nested
from emulator.definitions.terraform.resources import Instance
from emulator.definitions.terraform.spelling import spelling
from emulator.definitions.terraform.syntax import Body, ListOf, Literal, Reference
from emulator.definitions.terraform.values import Value
from emulator.errors import SourceRef


class Item(Arguments, Protocol):
    """A resource of AWS's."""

    @property
    def type(self) -> str:
        """The type, e.g. `aws_cloudwatch_event_rule`."""
        ...

    @property
    def address(self) -> str:
        """The address, for people."""
        ...

    @property
    def label(self) -> str:
        """A name made of its address."""
        ...

    def ignores(self, *names: str) -> bool:
        """Return whether Terraform leaves changes of any of these arguments to somebody else."""
        ...


@dataclass(frozen=True, slots=True)
class BlockItem:
    """A nested block of HCL."""

    body: Body
    scope: Scope
    source: SourceRef

    def value(self, name: str) -> Value | None:
        """Return an argument. Raises `EvaluationError`."""
        expression = self.body.expression(name)
        value = None if expression is None else evaluate(expression, self.scope)
        return None if value is None or value.content is None else value

    def blocks(self, name: str) -> list[Arguments]:
        """Return the nested blocks of a type. Raises `EvaluationError`."""
        return [BlockItem(b.body, s, b.source) for b, s in nested(self.body, name, self.scope)]


@dataclass(frozen=True, slots=True)
class InstanceItem:
    """An instance of a resource of HCL."""

    instance: Instance

    @property
    def type(self) -> str:
        """The type of the resource."""
        return self.instance.type

    @property
    def address(self) -> str:
        """The address of the instance."""
        return self.instance.address

    @property
    def label(self) -> str:
        """A name made of the block's label and the key."""
        return self.instance.label

    @property
    def source(self) -> SourceRef:
        """Where the block stands."""
        return self.instance.source

    def value(self, name: str) -> Value | None:
        """Return an argument, or what follows from the others. Raises `EvaluationError`."""
        found = self.instance.derived(name)
        found = self.instance.configured(name) if found is None else found
        return None if found is None or found.content is None else found

    def blocks(self, name: str) -> list[Arguments]:
        """Return the nested blocks of a type. Raises `EvaluationError`."""
        own = BlockItem(self.instance.body, self.instance.scope, self.source)
        return own.blocks(name)

    def ignores(self, *names: str) -> bool:
        """Return whether `lifecycle.ignore_changes` has any of these arguments, or all."""
        for block in self.instance.body.of_type("lifecycle"):
            listed = block.body.expression("ignore_changes")
            if isinstance(listed, Reference | Literal):
                return spelling(listed).strip('"') == "all"
            if isinstance(listed, ListOf):
                spelled = [spelling(item).strip('"') for item in listed.items]
                # `ecs_target[0].task_definition_arn` speaks of one argument of a block.
                ignored = {*spelled, *(path.rpartition(".")[2] for path in spelled)}
                return not ignored.isdisjoint((*names, "*"))
        return False
