"""Resources become definitions: what a rule needs decides whether the rule is there."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from emulator.definitions.aws_api import read_events_rule, read_scheduler_schedule
from emulator.definitions.fragment import Fragment
from emulator.definitions.log_groups import read_log_group
from emulator.definitions.nodes import Node, Problems
from emulator.definitions.task_definitions import read_task_definition
from emulator.definitions.terraform import event_rules, roles, secrets
from emulator.definitions.terraform.drafts import Draft
from emulator.definitions.terraform.items import Item
from emulator.definitions.terraform.task_definitions import forgiven, task_definition_node
from emulator.definitions.terraform.values import (
    Budget,
    EvaluationError,
    UndeterminedError,
    Unknown,
)
from emulator.errors import Severity, SourceRef
from emulator.model.event_rules import EventRule
from emulator.model.names import split_task_definition
from emulator.model.rules import Rule

TYPES: Final = (
    "aws_cloudwatch_event_rule",
    "aws_cloudwatch_event_target",
    "aws_cloudwatch_log_group",
    "aws_ecs_task_definition",
    "aws_scheduler_schedule",
    "aws_sqs_queue",
    *roles.TYPES,
    *secrets.TYPES,
)
"""Resources that say something here."""

DECISIVE: Final = (
    "Name",
    "ScheduleExpression",
    "EventPattern",
    "State",
    "ScheduleExpressionTimezone",
)
"""What a rule must know of itself to fire at all."""


class World(Protocol):
    """Where guesses, gaps and errors are told, and what work may cost."""

    problems: Problems
    budget: Budget
    account: str

    @property
    def region(self) -> str:
        """The region of what is deployed."""
        ...

    @property
    def partition(self) -> str:
        """The partition of the region."""
        ...

    def left_out(self, what: str, gap: Unknown, source: SourceRef) -> None:
        """Note what cannot be had for want of a value."""
        ...

    def failed(self, what: str, error: EvaluationError, source: SourceRef) -> None:
        """Note an expression that Terraform would refuse."""
        ...


@dataclass(slots=True)
class Mapper:
    """Maps the resources of one root or state into a fragment."""

    world: World
    fragment: Fragment
    _refused: dict[str, Unknown] = field(default_factory=dict)

    def map(self, items: Sequence[Item]) -> None:
        """Add everything that the resources say."""
        by_type: dict[str, list[Item]] = {name: [] for name in TYPES}
        for item in items:
            by_type[item.type].append(item)
        self._each(by_type["aws_ecs_task_definition"], self._task_definition)
        self._each(by_type["aws_cloudwatch_log_group"], self._log_group)
        targets = self._targets(by_type["aws_cloudwatch_event_target"])
        self._each(by_type["aws_cloudwatch_event_rule"], lambda item: self._rule(item, targets))
        rules = {_name_of_rule(item) for item in by_type["aws_cloudwatch_event_rule"]}
        for name, orphans in targets.items():
            if name not in rules:
                self._each(orphans, self._report_orphan)
        self._each(by_type["aws_scheduler_schedule"], self._schedule)
        role_items = [item for name in roles.TYPES for item in by_type[name]]
        self.fragment.roles += roles.read_roles(role_items, self.world.budget)
        self.fragment.declared_secrets += secrets.read_secrets(by_type)
        self._each(by_type["aws_sqs_queue"], self._queue)

    def _each(self, items: Iterable[Item], add: Callable[[Item], None]) -> None:
        for item in items:
            try:
                add(item)
            except EvaluationError as error:
                self.world.failed(item.address, error, item.source)
            except UndeterminedError as gap:
                self.world.left_out(item.address, gap.unknown, item.source)
            except RecursionError:
                deep = EvaluationError("expressions refer to each other too deeply")
                self.world.failed(item.address, deep, item.source)

    @property
    def _cluster(self) -> str:
        """The ARN of the cluster that stands in for one that is unknown."""
        world = self.world
        return f"arn:{world.partition}:ecs:{world.region}:{world.account}:cluster/default"

    # -- task definitions and log groups -------------------------------------------------------

    def _task_definition(self, item: Item) -> None:
        draft = Draft(self.world.budget)
        try:
            node = task_definition_node(item, draft)
        except EvaluationError:
            self._break(item, None)
            raise
        family = node.value["family"].value if isinstance(node.value, dict) else None
        aside = Problems(self.world.problems.lenient)
        containers = node.value["containerDefinitions"] if isinstance(node.value, dict) else None
        unread = containers is not None and isinstance(containers.value, str)
        definition = None if unread else read_task_definition(node, aside)
        aside.found = [forgiven(problem) for problem in aside.found]
        gap = draft.missing
        if gap is not None and (unread or _follow_from(gap, aside)):
            self._break(item, gap)
            if not item.ignores("container_definitions"):
                self.world.left_out(item.address, gap, item.source)
            return
        self.world.problems.found += aside.found
        if definition is None:
            self._break(item, None)
            return
        self.fragment.add_task_definition(definition, node)
        self._report_gaps(f"task definition {family}", node)
        if item.ignores("container_definitions"):
            self.fragment.yielding.add(definition.family)

    def _break(self, item: Item, gap: Unknown | None) -> None:
        """Remember that a family is not to be had, so that its rules are told why."""
        try:
            family = item.value("family")
        except EvaluationError:
            return
        if family is not None and isinstance(family.content, str):
            if gap is None:
                self.fragment.broken.add(family.content)
            else:
                self._refused[family.content] = gap

    def _report_gaps(self, what: str, node: Node) -> None:
        """Warn of placeholders that the containers will get to see."""
        for path, child in _walk(node, ""):
            if child.guess and path.startswith("containerDefinitions"):
                field_name = path.removeprefix("containerDefinitions")
                self._report_gap(what, field_name.lstrip("."), child)

    def _report_gap(self, what: str, name: str, node: Node) -> None:
        message = f"{what}: {name} is {node.value}, which only AWS knows"
        hint = None
        if name.endswith("image"):
            hint = "say under local.images which image stands in for it"
        elif ".environment" in name or name.startswith("environment"):
            hint = "say under local.env what the container is to see"
        names = [part for part in (node.guess or "").split(", ") if part.startswith("var.")]
        if names:
            variable = names[0].removeprefix("var.")
            message = f"{what}: {name} needs the variable {variable}, not given"
            hint = f"give it with --var {variable}=…, --var-file FILE, or in terraform.tfvars"
        self.world.problems.warning(message, node.source, hint=hint)

    def _log_group(self, item: Item) -> None:
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

    def _queue(self, item: Item) -> None:
        name = item.value("name")
        if name is not None and isinstance(name.content, str):
            self.fragment.queues.append(name.content)

    # -- rules ---------------------------------------------------------------------------------

    def _targets(self, items: Iterable[Item]) -> dict[str, list[Item]]:
        """Return the targets by the name of their rule."""
        found: dict[str, list[Item]] = {}

        def add(item: Item) -> None:
            rule = item.value("rule")
            if rule is None:
                message = "it names no rule"
                raise EvaluationError(message, item.source)
            text = rule.content.text if isinstance(rule.content, Unknown) else str(rule.content)
            found.setdefault(text.rpartition("/")[2], []).append(item)

        self._each(items, add)
        return found

    def _rule(self, item: Item, targets: dict[str, list[Item]]) -> None:
        draft = Draft(self.world.budget)
        node = event_rules.rule_node(item, draft)
        assert isinstance(node.value, dict)
        name = node.value["Name"]
        own = targets.pop(str(name.value), [])
        target_nodes = [event_rules.target_node(t, draft, self._cluster) for t in own]
        self._add(
            item, node, target_nodes, draft, lambda p: read_events_rule(node, target_nodes, p)
        )
        if any(target.ignores("task_definition_arn", "ecs_target") for target in own):
            self._yield_targets(target_nodes)

    def _schedule(self, item: Item) -> None:
        draft = Draft(self.world.budget)
        node = event_rules.schedule_node(item, draft, self._cluster)
        assert isinstance(node.value, dict)
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
        what = _rule_name(node, item)
        needed = [node.value[key] for key in DECISIVE if key in node.value]
        needed += [n for target in targets for n in _needed_of(target)]
        gap = _gap_of(needed, draft)
        if gap is not None:
            self.world.left_out(what, gap, item.source)
            return
        for target in targets:
            refused = self._refused.get(_family_of(target) or "")
            if refused is not None:
                self.world.left_out(what, refused, item.source)
                return
        aside = Problems(self.world.problems.lenient)
        rules = read(aside)
        if draft.missing is not None and _follow_from(draft.missing, aside):
            self.world.left_out(what, draft.missing, item.source)
            return
        self.world.problems.found += aside.found
        for rule in rules:
            self.fragment.add_rule(rule, _with_targets(node, targets))
        if rules:
            for target in targets:
                self._report_input(what, target)

    def _report_input(self, rule: str, target: Node) -> None:
        given = target.value.get("Input") if isinstance(target.value, dict) else None
        if given is not None and given.guess:
            self._report_gap(rule, "Input", given)

    def _yield_targets(self, targets: Sequence[Node]) -> None:
        """Let the families of targets that somebody else deploys give way to their files."""
        for target in targets:
            family = _family_of(target)
            if family is not None:
                self.fragment.yielding.add(family)

    def _report_orphan(self, item: Item) -> None:
        rule = item.value("rule")
        if rule is not None and isinstance(rule.content, Unknown):
            if not rule.content.missing:
                self.world.left_out(item.address, rule.content, item.source)
            return
        if rule is not None and item.blocks("ecs_target"):
            message = f"{item.address}: the rule {rule.content} is not among these files"
            self.world.problems.warning(message, item.source)


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


def _name_of_rule(item: Item) -> str | None:
    try:
        value = item.value("name")
    except EvaluationError:
        return None
    return str(value.content) if value is not None else None


def _rule_name(node: Node, item: Item) -> str:
    name = node.value.get("Name") if isinstance(node.value, dict) else None
    return item.address if name is None or name.guess else f"rule {name.value}"


def _needed_of(target: Node) -> list[Node]:
    fields: Mapping[str, Node] = target.value if isinstance(target.value, dict) else {}
    ecs = fields.get("EcsParameters")
    inner: Mapping[str, Node] = ecs.value if ecs and isinstance(ecs.value, dict) else {}
    names = ("TaskDefinitionArn", "TaskCount", "LaunchType")
    return [inner[name] for name in names if name in inner]


def _follow_from(gap: Unknown, problems: Problems) -> bool:
    """Return whether there are errors, and for want of a value: they speak of its placeholder."""
    errors = [p.message for p in problems.found if p.severity is Severity.ERROR]
    return bool(errors) and (bool(gap.missing) or any("${" in text for text in errors))


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
