"""Puts Terraform's rules, targets and schedules into the fragment, or tells why one is left out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from emulator.definitions.aws_api import read_events_rule, read_scheduler_schedule
from emulator.definitions.fragment import Fragment
from emulator.definitions.nodes import Node, Problems, child
from emulator.definitions.terraform import event_rules
from emulator.definitions.terraform.drafts import Draft, what_follows
from emulator.definitions.terraform.gaps import Gaps
from emulator.definitions.terraform.items import Item
from emulator.definitions.terraform.knowledge import known_where
from emulator.definitions.terraform.plain_values import as_text
from emulator.definitions.terraform.telling import Telling
from emulator.definitions.terraform.values import EvaluationError, Unknown, Value
from emulator.model.event_rules import EventRule
from emulator.model.names import split_task_definition
from emulator.model.rules import Rule

DECISIVE: Final = (
    "Name",
    "ScheduleExpression",
    "State",
    "ScheduleExpressionTimezone",
)
"""What a rule must know of itself to fire at all."""


@dataclass(slots=True)
class RuleMapping:
    """Maps rules. `refused` are the families that a value is missing for."""

    world: Telling
    fragment: Fragment
    gaps: Gaps
    refused: Mapping[str, Unknown]
    _targets: dict[str, list[Item]] = field(default_factory=dict)

    @property
    def _cluster(self) -> str:
        """The ARN of the cluster that stands in for one that is unknown."""
        world = self.world
        return f"arn:{world.partition}:ecs:{world.region}:{world.account}:cluster/default"

    def target(self, item: Item) -> None:
        """Keep a target until its rule comes. Raises `EvaluationError`."""
        rule = item.value("rule")
        if rule is None:
            message = "it names no rule"
            raise EvaluationError(message, item.source)
        name = _spelled(rule).rpartition("/")[2]
        if rule.known and as_text(rule).startswith("arn:"):
            message = f"{item.address}: rule is the name of the rule, not its ARN"
            self.world.problems.rejected(message, item.source)
        self._targets.setdefault(name, []).append(item)

    def rule(self, item: Item) -> None:
        """Add a rule with its targets. Raises `EvaluationError`, `UndeterminedError`."""
        draft = Draft(self.world.budget)
        own = self._targets.pop(_spelled(item.value("name")), [])
        node = event_rules.rule_node(item, draft)
        target_nodes = [event_rules.target_node(t, draft, self._cluster) for t in own]
        self._add(
            item, node, target_nodes, draft, lambda p: read_events_rule(node, target_nodes, p)
        )
        if any(target.ignores("task_definition_arn", "ecs_target") for target in own):
            self._yield_targets(target_nodes)

    def schedule(self, item: Item) -> None:
        """Add a schedule. Raises as `rule`."""
        draft = Draft(self.world.budget)
        node = event_rules.schedule_node(item, draft, self._cluster)
        assert isinstance(node.value, dict)
        self._open_bounds(_rule_name(node, item), node.value)
        target = node.value.get("Target")
        self._add(
            item,
            node,
            [] if target is None else [target],
            draft,
            lambda problems: [
                rule for rule in (read_scheduler_schedule(node, problems),) if rule is not None
            ],
        )
        if item.ignores("target", "task_definition_arn"):
            self._yield_targets([] if target is None else [target])

    def _open_bounds(self, what: str, fields: dict[str, Node]) -> None:
        """Do without a first or last day that nobody can say yet: the schedule fires meanwhile."""
        for name in ("StartDate", "EndDate"):
            day = fields.get(name)
            if day is not None and day.guess and "var." not in day.guess:
                del fields[name]
                message = f"{what}: {name} is {day.value}, known {known_where(day.guess)}"
                self.world.warn(f"{message}; taken as none", day.source)

    def _add(
        self,
        item: Item,
        node: Node,
        targets: Sequence[Node],
        draft: Draft,
        read: Callable[[Problems], Sequence[Rule | EventRule]],
    ) -> None:
        """Add a rule, unless what it needs is unknown."""
        assert isinstance(node.value, dict)
        needed = _needed_of_rule(node.value)
        needed += [n for target in targets for n in _needed_of(target)]
        gap = _gap_of(needed, draft)
        if gap is not None:
            self._leave_out(node, item, gap)
            return
        for target in targets:
            refused = self.refused.get(_family_of(target) or "")
            if refused is not None:
                self._leave_out(node, item, refused)
                return
        aside = Problems(self.world.problems.lenient)
        rules = read(aside)
        gap = what_follows(aside.found, draft)
        if gap is not None:
            self._leave_out(node, item, gap)
            return
        self.world.problems.found += aside.found
        self.fragment.add_rules(rules, _with_targets(node, targets), child(node, "Name"))
        for rule in rules:
            self.gaps.of_pattern(rule.name, node)
            for target in targets:
                self.gaps.of_input(rule.name, target)

    def _leave_out(self, node: Node, item: Item, gap: Unknown) -> None:
        self.fragment.withhold(child(node, "Name"))
        self.world.left_out(_rule_name(node, item), gap, item.source)

    def _yield_targets(self, targets: Sequence[Node]) -> None:
        """Let the families of targets that somebody else deploys give way to their files."""
        for target in targets:
            family = _family_of(target)
            if family is not None:
                self.fragment.yielding.add(family)

    def orphans(self) -> list[Item]:
        """Return the targets whose rule did not come."""
        return [item for items in self._targets.values() for item in items]

    def orphan(self, item: Item) -> None:
        """Tell of a target without a rule."""
        rule = item.value("rule")
        if rule is not None and isinstance(rule.content, Unknown):
            if not rule.content.missing:
                self.world.left_out(item.address, rule.content, item.source)
            return
        if rule is not None and item.blocks("ecs_target"):
            message = f"{item.address}: the rule {rule.content} is not among these files"
            self.world.problems.warning(message, item.source)


def _spelled(name: Value | None) -> str:
    """Return a rule's name as text, its placeholder where it is unknown."""
    if name is None:
        return ""
    return name.content.text if isinstance(name.content, Unknown) else as_text(name)


def _rule_name(node: Node, item: Item) -> str:
    name = node.value.get("Name") if isinstance(node.value, dict) else None
    return item.address if name is None or name.guess else f"rule {name.value}"


def _needed_of_rule(fields: Mapping[str, Node]) -> list[Node]:
    """Return what a rule must know of itself; of a pattern, no more than the user's own part."""
    needed = [fields[key] for key in DECISIVE if key in fields]
    pattern = fields.get("EventPattern")
    if pattern is not None and pattern.guess:
        causes = pattern.guess.split(", ")
        needed += [pattern] if any(cause.startswith("var.") for cause in causes) else []
    return needed


def _needed_of(target: Node) -> list[Node]:
    fields: Mapping[str, Node] = target.value if isinstance(target.value, dict) else {}
    ecs = fields.get("EcsParameters")
    inner: Mapping[str, Node] = ecs.value if ecs and isinstance(ecs.value, dict) else {}
    names = ("TaskDefinitionArn", "TaskCount", "LaunchType")
    return [inner[name] for name in names if name in inner]


def _gap_of(needed: Sequence[Node], draft: Draft) -> Unknown | None:
    """Return what is unknown in the nodes that a rule cannot do without."""
    texts = {str(node.value) for node in needed if node.guess}
    gaps = [gap for gap in draft.gaps if gap.text in texts]
    if not gaps:
        return None
    causes = tuple(dict.fromkeys(cause for gap in gaps for cause in gap.causes))
    return Unknown(gaps[0].text, causes)


def _family_of(target: Node) -> str | None:
    fields = target.value if isinstance(target.value, dict) else {}
    ecs = fields.get("EcsParameters")
    arn = ecs.value.get("TaskDefinitionArn") if ecs and isinstance(ecs.value, dict) else None
    if arn is None or not isinstance(arn.value, str):
        return None
    return split_task_definition(arn.value)[0]


def _with_targets(node: Node, targets: Sequence[Node]) -> Node:
    assert isinstance(node.value, dict)
    if "Target" in node.value:
        return node
    return Node({**node.value, "Targets": Node(list(targets), node.source)}, node.source)
