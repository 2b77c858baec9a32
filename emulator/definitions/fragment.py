"""What one definition file contributes, before the files are linked."""

from dataclasses import dataclass, field
from pathlib import Path

from emulator.definitions.local import LocalPart
from emulator.definitions.nodes import Node
from emulator.model.rules import LogGroup, Rule
from emulator.model.task_definition import TaskDefinition


@dataclass(slots=True)
class Fragment:
    """Definitions of one file and of those it refers to.

    `broken` are families that have errors of their own, so that nobody needs to be told that
    they are missing; `local_rules` the places of `local.rules`.
    """

    files: list[Path]
    rules: list[Rule] = field(default_factory=list)
    task_definitions: list[TaskDefinition] = field(default_factory=list)
    log_groups: list[LogGroup] = field(default_factory=list)
    region: str | None = None
    cluster: str | None = None
    local: LocalPart | None = None
    local_rules: dict[str, Node] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
