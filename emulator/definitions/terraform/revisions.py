"""Task definitions of one family: on AWS its revisions, of which a rule names the one it runs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from emulator.definitions.fragment import Fragment
from emulator.definitions.nodes import Node
from emulator.definitions.terraform.telling import Telling
from emulator.model.names import split_task_definition
from emulator.model.task_definition import TaskDefinition


class Revision(NamedTuple):
    """A task definition and the tree it was read from."""

    definition: TaskDefinition
    node: Node


@dataclass(slots=True)
class Revisions:
    """Collects task definitions until the rules are known."""

    _families: dict[str, list[Revision]] = field(default_factory=dict)

    def __contains__(self, family: str) -> bool:
        return family in self._families

    def add(self, definition: TaskDefinition, node: Node) -> None:
        """Add a task definition."""
        self._families.setdefault(definition.family, []).append(Revision(definition, node))

    def settle(self, fragment: Fragment, world: Telling) -> Iterator[Revision]:
        """Yield those that stay: of several of a family, what its rules name, else the last.

        Where rules name several, all stay: which of them the family is nobody can say.
        """
        for family, several in self._families.items():
            last = max(several, key=lambda revision: revision.definition.revision)
            named = {number or last.definition.revision for number in _named(family, fragment)}
            chosen = [one for one in several if one.definition.revision in named] or [last]
            if len(several) > 1 and len(chosen) == 1:
                _tell(several, chosen[0], world)
            yield from chosen


def _named(family: str, fragment: Fragment) -> Iterator[int | None]:
    """Yield the revisions that targets name; None for the latest."""
    targets = [target for rule in fragment.rules for target in rule.targets]
    targets += [target for rule in fragment.event_rules for target in rule.task_targets]
    for target in targets:
        of_family, revision = split_task_definition(target.task_definition)
        if of_family == family:
            yield revision


def _tell(several: Sequence[Revision], chosen: Revision, world: Telling) -> None:
    places = ", ".join(str(one.definition.source) for one in several)
    world.warn(
        f"family {chosen.definition.family} is defined {len(several)} times ({places}): revisions "
        "of it on AWS, and what a rule or service does not name may be any of them",
        chosen.definition.source,
        "give each task definition a family of its own",
        "duplicate",
    )
