"""Values become nodes in AWS's shape; what is unknown in them is remembered."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Protocol

from emulator.definitions.json_text import parse_json
from emulator.definitions.nodes import Node
from emulator.definitions.terraform.budget import Budget
from emulator.definitions.terraform.decimals import number_text
from emulator.definitions.terraform.plain_values import as_bool, as_number, as_text
from emulator.definitions.terraform.values import EvaluationError, Unknown, Value, plain
from emulator.errors import DefinitionError, Problem, Severity, SourceRef

_TRUTHS: Final = frozenset(
    (
        "autoprovision",
        "enable_ecs_managed_tags",
        "enable_execute_command",
        "enable_fault_injection",
    )
)
_NUMBERS: Final = frozenset(
    (
        "base",
        "maximum_event_age_in_seconds",
        "maximum_retry_attempts",
        "maximum_window_in_minutes",
        "size_in_gib",
        "task_count",
        "transit_encryption_port",
        "weight",
    )
)
"""What the AWS provider declares as bool or number; the rest of what is taken here is text."""

_GAP: Final = re.compile(r'"(?:\\.|[^"\\])*"|\$\{[^}]*\}', re.DOTALL)


class Arguments(Protocol):
    """The arguments of a resource or block, from HCL or from a state."""

    @property
    def source(self) -> SourceRef:
        """Where the resource stands."""
        ...

    def value(self, name: str) -> Value | None:
        """Return an argument; None where it is absent or null. Raises `EvaluationError`."""
        ...

    def blocks(self, name: str) -> "list[Arguments]":
        """Return the nested blocks of a type. Raises `EvaluationError`."""
        ...


@dataclass(slots=True)
class Draft:
    """The nodes of one object, and the gaps in them."""

    budget: Budget
    gaps: list[Unknown] = field(default_factory=list)

    def take(self, arguments: Arguments, names: Mapping[str, str]) -> dict[str, Node]:
        """Return arguments by AWS's names, those that are there; empty text is not.

        A primitive becomes what the provider declares, as Terraform hands it over: `"false"` is
        false, `"30"` is 30. Raises `EvaluationError` where it spells nothing of that type.
        https://developer.hashicorp.com/terraform/language/expressions/types#type-conversion
        """
        found = {}
        for name, aws_name in names.items():
            value = arguments.value(name)
            if value is not None and value.content != "":
                found[aws_name] = self.node(_as_declared(name, value))
        return found

    def node(self, value: Value) -> Node:
        """Return a value as a node."""
        self.budget.spend(1)
        content = plain(value).content
        if isinstance(content, Unknown):
            self.gaps.append(content)
            causes = ", ".join(dict.fromkeys(cause.name for cause in content.causes))
            return Node(content.text, value.source, guess=causes)
        if isinstance(content, list):
            return Node([self.node(item) for item in content], value.source)
        if isinstance(content, dict):
            return Node({key: self.node(item) for key, item in content.items()}, value.source)
        assert content is None or isinstance(content, str | int | float | bool)
        return _scalar(content, value.source)

    def document(self, value: Value) -> Node:
        """Return what a JSON text says. Raises `EvaluationError` where it is none."""
        if value.document is not None:
            return self.node(value.document)
        if isinstance(value.content, Unknown):
            return self._document_with_gaps(value.content, value)
        content = plain(value).content
        if isinstance(content, list | dict):
            return self.node(value)
        return self._parsed(as_text(value), value)

    def _document_with_gaps(self, gap: Unknown, value: Value) -> Node:
        """Read JSON with placeholders in it; where one stands for a number, quote it."""
        self.gaps.append(gap)
        if re.fullmatch(r"\$\{[^}]*\}", gap.text):
            return Node(gap.text, value.source, guess=gap.text)

        def quoted(match: re.Match[str]) -> str:
            return match[0] if match[0].startswith('"') else f'"{match[0]}"'

        node = self._parsed(_GAP.sub(quoted, gap.text), value)
        self._mark(node)
        return node

    def _parsed(self, text: str, value: Value) -> Node:
        place = value.origin or value.source
        line = (place.line or 1) if value.origin else 1
        try:
            node = parse_json("\n" * (line - 1) + text, place.path)
        except DefinitionError as error:
            problem = error.problems[0]
            where = problem.source if value.origin else value.source
            raise EvaluationError(problem.message, where) from error
        if value.origin is None:
            self._stand_at(node, value.source)
        return node

    def _stand_at(self, node: Node, source: SourceRef) -> None:
        """Give all of a document the place of the one line that it is written in."""
        self.budget.spend(1)
        node.source = source
        for child in _children(node):
            self._stand_at(child, source)

    def _mark(self, node: Node) -> None:
        self.budget.spend(1)
        if isinstance(node.value, str) and "${" in node.value:
            node.guess = ", ".join(re.findall(r"\$\{([^}]*)\}", node.value))
        for child in _children(node):
            self._mark(child)

    @property
    def missing(self) -> Unknown | None:
        """The gaps as one, None where nothing is unknown."""
        if not self.gaps:
            return None
        causes = tuple(dict.fromkeys(cause for gap in self.gaps for cause in gap.causes))
        return Unknown(self.gaps[0].text, causes)


def _as_declared(name: str, value: Value) -> Value:
    """Return a primitive in the type that the provider declares for an argument."""
    if not isinstance(value.content, str | int | float):
        return value
    convert = as_bool if name in _TRUTHS else as_number if name in _NUMBERS else None
    if convert is None:
        return value
    try:
        return replace(value, content=convert(value))
    except EvaluationError as error:
        raise EvaluationError(f"{name}: {error.message}", value.source) from error


def what_follows(problems: Iterable[Problem], draft: Draft) -> Unknown | None:
    """Return the gap that errors follow from, None where there are none or they do not.

    They speak of its placeholder, or a variable is missing, which may be the reason of any.
    """
    errors = [p.message for p in problems if p.severity is Severity.ERROR]
    if not errors or draft.missing is None:
        return None
    for gap in draft.gaps:
        if any(gap.text in text for text in errors):
            return gap
    speaks = any("${" in text for text in errors)
    return draft.missing if speaks or draft.missing.missing else None


def _scalar(content: str | float | bool | None, source: SourceRef) -> Node:
    """Return a scalar; a number as Python has it, with the digits that Terraform would write."""
    if isinstance(content, bool) or not isinstance(content, int | float):
        return Node(content, source)
    bare = int(content) if isinstance(content, int) else float(content)
    return Node(bare, source, written=number_text(content))


def _children(node: Node) -> list[Node]:
    if isinstance(node.value, dict):
        return list(node.value.values())
    return node.value if isinstance(node.value, list) else []
