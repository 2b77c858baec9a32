"""Resources become definitions: each goes to who knows its type, in the order of who needs whom."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from emulator.definitions.fragment import Fragment
from emulator.definitions.terraform import roles, secrets
from emulator.definitions.terraform.gaps import Gaps
from emulator.definitions.terraform.items import Item
from emulator.definitions.terraform.rule_mapping import RuleMapping
from emulator.definitions.terraform.task_mapping import TaskMapping
from emulator.definitions.terraform.telling import Telling
from emulator.definitions.terraform.values import EvaluationError, UndeterminedError
from emulator.model.names import split_task_definition

RULES: Final = ("aws_cloudwatch_event_rule", "aws_scheduler_schedule")
TYPES: Final = (
    *RULES,
    "aws_cloudwatch_event_target",
    "aws_cloudwatch_log_group",
    "aws_ecs_task_definition",
    "aws_sqs_queue",
    *roles.TYPES,
    *secrets.TYPES,
)
"""Resources that say something here."""


@dataclass(slots=True)
class Mapper:
    """Maps the resources of one root or state into a fragment."""

    world: Telling
    fragment: Fragment

    def map(self, items: Sequence[Item]) -> None:
        """Add everything that the resources say."""
        by_type: dict[str, list[Item]] = {name: [] for name in TYPES}
        for item in items:
            by_type[item.type].append(item)
        gaps = Gaps()
        tasks = TaskMapping(self.world, self.fragment, gaps)
        self._each(by_type["aws_ecs_task_definition"], tasks.task_definition)
        self._each(by_type["aws_cloudwatch_log_group"], tasks.log_group)
        rules = RuleMapping(self.world, self.fragment, gaps, tasks.refused)
        self._each(by_type["aws_cloudwatch_event_target"], rules.target)
        self._each(by_type["aws_cloudwatch_event_rule"], rules.rule)
        self._each(rules.orphans(), rules.orphan)
        self._each(by_type["aws_scheduler_schedule"], rules.schedule)
        tasks.settle()
        role_items = [item for name in roles.TYPES for item in by_type[name]]
        self.fragment.roles += roles.read_roles(role_items, self.world)
        self.fragment.declared_secrets += secrets.read_secrets(by_type)
        self._each(by_type["aws_sqs_queue"], tasks.queue)
        self.world.tell_what_lacks_variables()
        self.fragment.lacks += gaps.told(self.world, _scheduled(self.fragment))

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


def _scheduled(fragment: Fragment) -> set[str]:
    """Return the families that rules run."""
    tasks = (target for rule in fragment.rules for target in rule.targets)
    others = (target for rule in fragment.event_rules for target in rule.task_targets)
    return {split_task_definition(t.task_definition)[0] for t in (*tasks, *others)}
