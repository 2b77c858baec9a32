"""Puts Terraform's task definitions, log groups and queues into the fragment, or tells why not."""

from dataclasses import dataclass, field

from emulator.definitions.api_types import typed_containers
from emulator.definitions.fragment import Fragment
from emulator.definitions.log_groups import read_log_group
from emulator.definitions.nodes import Node, Problems
from emulator.definitions.task_definitions import read_task_definition
from emulator.definitions.terraform.drafts import Draft, what_follows
from emulator.definitions.terraform.gaps import Gaps
from emulator.definitions.terraform.items import Item
from emulator.definitions.terraform.revisions import Revisions
from emulator.definitions.terraform.task_definitions import forgiven, task_definition_node
from emulator.definitions.terraform.telling import Telling
from emulator.definitions.terraform.values import EvaluationError, Unknown
from emulator.errors import Problem, Severity


@dataclass(slots=True)
class TaskMapping:
    """Maps what rules refer to. `refused` are the families that a value is missing for."""

    world: Telling
    fragment: Fragment
    gaps: Gaps
    refused: dict[str, Unknown] = field(default_factory=dict)
    _revisions: Revisions = field(default_factory=Revisions)

    def task_definition(self, item: Item) -> None:
        """Keep a task definition until `settle`. Raises `EvaluationError`, `UndeterminedError`."""
        draft = Draft(self.world.budget)
        try:
            node = task_definition_node(item, draft)
        except EvaluationError:
            self._break(item, None)
            raise
        aside = Problems(self.world.problems.lenient)
        node = _typed(node, aside)
        unread = _unread(node, draft)
        definition = None if unread else read_task_definition(node, aside)
        problems = [forgiven(problem) for problem in aside.found]
        gap = unread or what_follows(problems, draft)
        if gap is not None:
            self._break(item, gap)
            if not item.ignores("container_definitions"):
                self.world.left_out(item.address, gap, item.source)
            return
        self._tell(problems)
        if definition is None:
            self._break(item, None)
            return
        self._revisions.add(definition, node)
        self.refused.pop(definition.family, None)
        if item.ignores("container_definitions"):
            self.fragment.yielding.add(definition.family)

    def settle(self) -> None:
        """Add the task definitions, now that it is known which of them rules name."""
        for definition, node in self._revisions.settle(self.fragment, self.world):
            self.fragment.add_task_definition(definition, node)
            self.gaps.of_task_definition(definition.family, node)

    def _tell(self, problems: list[Problem]) -> None:
        """Note problems; a warning of one place that several families have, once."""
        for problem in problems:
            if problem.severity is Severity.WARNING:
                message, source, hint, _, rule = problem
                self.world.warn(message, source, hint, rule)
            else:
                self.world.problems.found.append(problem)

    def _break(self, item: Item, gap: Unknown | None) -> None:
        """Remember that a family is not to be had, so that its rules are told why."""
        try:
            family = item.value("family")
        except EvaluationError:
            return
        if family is None or not isinstance(family.content, str):
            return
        if gap is None:
            self.fragment.broken.add(family.content)
        elif family.content not in self._revisions:
            self.refused[family.content] = gap

    def log_group(self, item: Item) -> None:
        """Add a log group. Raises as `task_definition`."""
        draft = Draft(self.world.budget)
        fields = draft.take(item, {"name": "logGroupName", "retention_in_days": "retentionInDays"})
        name = fields["logGroupName"]
        days = fields.get("retentionInDays")
        if draft.missing is not None and (name.guess or draft.missing.missing):
            self.world.left_out(item.address, draft.missing, item.source)
            return
        node = Node(
            {k: v for k, v in fields.items() if not (v is days and days.value == 0)}, item.source
        )
        group = read_log_group(None, node, self.world.problems)
        if group is not None:
            self.fragment.add_log_group(group, node)

    def queue(self, item: Item) -> None:
        """Add a queue. Raises as `task_definition`."""
        name = item.value("name")
        if name is not None and isinstance(name.content, str):
            self.fragment.queues.append(name.content)


def _unread(node: Node, draft: Draft) -> Unknown | None:
    """Return what stands in place of the containers, or of one of them."""
    assert isinstance(node.value, dict)
    containers = node.value["containerDefinitions"]
    items = containers.value if isinstance(containers.value, list) else [containers]
    texts = {item.value for item in items if isinstance(item.value, str)}
    return next((gap for gap in draft.gaps if gap.text in texts), None)


def _typed(node: Node, problems: Problems) -> Node:
    """Return a task definition whose containers have the API's types: they are JSON."""
    assert isinstance(node.value, dict)
    containers = typed_containers(node.value["containerDefinitions"], problems)
    return Node({**node.value, "containerDefinitions": containers}, node.source, node.guess)
