"""What one definition file or directory contributes, before all of it is linked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from emulator.definitions.nodes import Node, child
from emulator.model.rules import LogGroup, Rule
from emulator.model.task_definition import TaskDefinition

if TYPE_CHECKING:
    from emulator.definitions.lack import Lack
    from emulator.definitions.local import LocalPart
    from emulator.model.environment import DeclaredSecret
    from emulator.model.event_rules import EventRule
    from emulator.model.image_builds import LocalImage
    from emulator.model.roles import Role, Statement

Origin = tuple[str, str]
"""The kind of an object, as `config` prints it (`rules`, `taskDefinitions`, …), and its name."""


@dataclass(eq=False, slots=True)
class Fragment:
    """Definitions of one file and of those it refers to, or of one directory.

    `broken` are families that have errors of their own, so that nobody needs to be told that
    they, or containers of theirs, are missing, `withheld` rules that are left out or have errors,
    for the same reason;
    `yielding` families whose definition gives way to one of another file, as with Terraform's
    `ignore_changes`; `parameters` the names of CloudFormation parameters that may be given,
    `variables` those of Terraform's; `local_rules` the places of `local.rules`;
    `attached` what policies allow to roles of other files, by name;
    `builds` the images that are made of sources beside the definitions;
    `lacks` the placeholders that `local:` may say something in place of.
    `origins` are the trees that objects were read from, in AWS's shape: they know the place of
    every value.
    """

    files: list[Path]
    rules: list[Rule] = field(default_factory=list)
    event_rules: list["EventRule"] = field(default_factory=list)
    task_definitions: list[TaskDefinition] = field(default_factory=list)
    log_groups: list[LogGroup] = field(default_factory=list)
    roles: list["Role"] = field(default_factory=list)
    declared_secrets: list["DeclaredSecret"] = field(default_factory=list)
    attached: "dict[str, list[Statement]]" = field(default_factory=dict)
    queues: list[str] = field(default_factory=list)
    builds: dict[str, "LocalImage"] = field(default_factory=dict)
    lacks: list["Lack"] = field(default_factory=list)
    region: str | None = None
    account: str | None = None
    cluster: str | None = None
    local: "LocalPart | None" = None
    local_rules: dict[str, Node] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    withheld: set[str] = field(default_factory=set)
    yielding: set[str] = field(default_factory=set)
    parameters: set[str] = field(default_factory=set)
    variables: set[str] = field(default_factory=set)
    origins: dict[Origin, Node] = field(default_factory=dict)

    def add_rule(self, rule: "Rule | EventRule", node: Node) -> None:
        """Add a rule and the tree it was read from."""
        if isinstance(rule, Rule):
            self.rules.append(rule)
            self.origins.setdefault(("rules", rule.qualified_name), node)
        else:
            self.event_rules.append(rule)
        self.origins.setdefault(("rules", rule.name), node)

    def add_rules(self, rules: "Sequence[Rule | EventRule]", node: Node, name: Node | None) -> None:
        """Add what a tree is read as; its name is kept where that is nothing, which was told."""
        for rule in rules:
            self.add_rule(rule, node)
        if not rules:
            self.withhold(name)

    def withhold(self, name: Node | None) -> None:
        """Note the name of a rule that is left out, which was told."""
        if name is not None and isinstance(name.value, str):
            self.withheld.add(name.value)

    def add_task_definition(self, definition: TaskDefinition, node: Node) -> None:
        """Add a task definition and the tree it was read from."""
        self.task_definitions.append(definition)
        inner = child(node, "taskDefinition") or node
        written = child(inner, "containerDefinitions") or inner  # Or it is a bare list.
        items = written.value if isinstance(written.value, list) else []
        if len(definition.container_definitions) < len(items):
            self.broken.add(definition.family)
        self.origins.setdefault(("taskDefinitions", definition.family), node)

    def add_log_group(self, group: LogGroup, node: Node) -> None:
        """Add a log group and the tree it was read from."""
        self.log_groups.append(group)
        self.origins.setdefault(("logGroups", group.name), node)

    def attach(self, policies: "Mapping[str, Sequence[Statement]]") -> None:
        """Add what policies allow to roles, by name, that are declared elsewhere."""
        for name, statements in policies.items():
            self.attached.setdefault(name, []).extend(statements)

    def include(self, other: "Fragment") -> None:
        """Add what a part of this says, a nested stack or one of several; where it is excepted."""
        self.files += other.files
        self.rules += other.rules
        self.event_rules += other.event_rules
        self.task_definitions += other.task_definitions
        self.log_groups += other.log_groups
        self.roles += other.roles
        self.attach(other.attached)
        self.declared_secrets += other.declared_secrets
        self.queues += other.queues
        self.builds |= other.builds
        self.lacks += other.lacks
        self.broken |= other.broken
        self.withheld |= other.withheld
        self.yielding |= other.yielding
        self.parameters |= other.parameters
        self.variables |= other.variables
        for origin, node in other.origins.items():
            self.origins.setdefault(origin, node)
