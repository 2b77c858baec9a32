"""What is unknown in what is mapped: told once for all that lack it."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Final

from emulator.definitions.lack import Lack
from emulator.definitions.nodes import Node, some_of
from emulator.definitions.terraform.knowledge import at_apply, known_where
from emulator.definitions.terraform.telling import Telling, shortened
from emulator.errors import Problem, Severity, SourceRef

_CONTAINERS: Final = "containerDefinitions"
_TASK: Final = "task definition"
_IMAGE: Final = "image"
_INPUT: Final = "Input"
_PLACEHOLDER: Final = re.compile(r"\$\{[^}]*\}")
_VARIABLE: Final = re.compile(r"environment\[(.*)\]\.value", re.DOTALL)
_FIRST: Final = re.compile(r"\[[^]]*\]\.?")
_HINTS: Final = (
    (_IMAGE, "say under local.images which image stands in for it"),
    ("EventPattern", "no event fits it here but one with that very text"),
    ("environment", "say under local.env what the container is to see"),
    *((limit, "the container is not limited by it here") for limit in ("cpu", "memory")),
)


@dataclass(frozen=True, slots=True)
class _Gap:
    """A placeholder that containers get to see, where it is written; many may have it.

    `image` is the whole name where it is that of an image.
    """

    kind: str
    field: str
    what: str
    image: str | None
    guess: str
    source: SourceRef


@dataclass(slots=True)
class Gaps:
    """Collects the placeholders of task definitions and of overrides, and who has them."""

    _found: dict[_Gap, list[tuple[str, str]]] = field(default_factory=dict)
    _named: dict[str, SourceRef] = field(default_factory=dict)

    def of_task_definition(self, family: str, node: Node) -> None:
        """Collect the placeholders that the containers of a family will get to see."""
        for path, child in _walk(node, ""):
            if path.startswith(_CONTAINERS):
                name = path.removeprefix(_CONTAINERS).lstrip(".")
                self._add(_TASK, family, name, child)

    def of_pattern(self, rule: str, node: Node) -> None:
        """Collect the placeholder in a rule's pattern, which no event of this machine fits."""
        given = node.value.get("EventPattern") if isinstance(node.value, dict) else None
        if given is not None:
            self._add("rule", rule, "EventPattern", given)

    def of_input(self, rule: str, target: Node) -> None:
        """Collect the placeholder in the overrides of a rule's target."""
        given = target.value.get(_INPUT) if isinstance(target.value, dict) else None
        if given is not None:
            self._add("rule", rule, _INPUT, given)

    def _add(self, kind: str, owner: str, name: str, node: Node) -> None:
        if not node.guess:
            return
        text = f"${{{node.guess}}}" if node.value is None else " ".join(str(node.value).split())
        lacks = any(cause.startswith("var.") for cause in node.guess.split(", "))
        if "${" not in text and not lacks:
            # An input has more in it than the name of a container: values that nobody shall read.
            here = "names containers as here" if name == _INPUT else f"is {shortened(text)} here"
            self._named.setdefault(f"{kind} {owner}: {name} {here}", node.source)
            return
        bare = _FIRST.sub("", name, count=1)
        image = text if bare == _IMAGE else None
        told = _what(text) if image is None else f"is {shortened(text)}"
        gap = _Gap(kind, bare, told, image, node.guess, node.source)
        self._found.setdefault(gap, []).append((owner, name))

    def told(self, world: Telling, scheduled: Collection[str]) -> list[Lack]:
        """Return a warning of each placeholder; note the names that stand for one.

        What a service's task definition lacks is a note, where there are rules and none runs it.
        """
        for message, source in self._named.items():
            world.problems.note(f"{message}: only AWS knows the name", source)
        found = []
        for gap, places in self._found.items():
            message, hint = _missing(gap, world)
            told = f"{_places(gap, places)} {message}"
            used = not scheduled or any(owner in scheduled for owner, _ in places)
            if gap.kind == _TASK and not used:
                found.append(_lack(gap, told, None, Severity.NOTE))
            else:
                found.append(_lack(gap, told, hint, Severity.WARNING))
        return found


def _what(text: str) -> str:
    """Return the part of a text that only AWS knows, and nothing else of it.

    The rest may be a password: `postgres://app:${var.password}@${aws_db_instance.main.address}`.
    """
    if _PLACEHOLDER.fullmatch(text):
        return f"is {text}"
    return f"has {', '.join(dict.fromkeys(_PLACEHOLDER.findall(text)))} in it"


def _lack(gap: _Gap, told: str, hint: str | None, severity: Severity) -> Lack:
    rule = "doubtful" if gap.image is None else "image-unresolved"
    variable = _VARIABLE.fullmatch(gap.field)
    problem = Problem(told, gap.source, hint, severity, rule)
    return Lack(problem, gap.image, variable[1] if variable else None)


def _missing(gap: _Gap, world: Telling) -> tuple[str, str | None]:
    """Return what is missing, and what to do about it."""
    for cause in gap.guess.split(", "):
        if cause.startswith("var."):
            variable = cause.removeprefix("var.")
            return f"needs the variable {variable}, not given", world.hint_at_variables([variable])
    hint = next((hint for name, hint in _HINTS if gap.field.startswith(name)), None)
    knows = f"known {known_where(gap.guess)}" if at_apply(gap.guess) else "which only AWS knows"
    return f"{gap.what}, {knows}", hint


def _places(gap: _Gap, places: list[tuple[str, str]]) -> str:
    owners = list(dict.fromkeys(owner for owner, _ in places))
    if len(places) == 1:
        return f"{gap.kind} {owners[0]}: {places[0][1]}"
    plural = "s" if len(owners) > 1 else ""
    return f"{gap.kind}{plural} {some_of(owners)}: {gap.field}"


def _walk(node: Node, path: str) -> Iterable[tuple[str, Node]]:
    yield path, node
    if isinstance(node.value, dict):
        for key, child in node.value.items():
            yield from _walk(child, f"{path}.{key}" if path else key)
    elif isinstance(node.value, list):
        for index, child in enumerate(node.value):
            yield from _walk(child, f"{path}[{_name_of(child) or index}]")


def _name_of(node: Node) -> str | None:
    name = node.value.get("name") if isinstance(node.value, dict) else None
    return str(name.value) if name is not None else None
