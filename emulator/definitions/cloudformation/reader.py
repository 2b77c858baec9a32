"""A template becomes definitions: its rules, schedules, task definitions, log groups and roles."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from emulator.definitions.aws_api import read_events_rule, read_scheduler_schedule
from emulator.definitions.cloudformation.camel_case import camel_case
from emulator.definitions.cloudformation.foreach import PREFIX, Loops
from emulator.definitions.cloudformation.functions import MisuseError, as_text
from emulator.definitions.cloudformation.guessed import tell_guesses, with_log_groups
from emulator.definitions.cloudformation.parameters import parameter_values
from emulator.definitions.cloudformation.roles import read_roles
from emulator.definitions.cloudformation.secrets import VALUE_KEYS, declared_secret
from emulator.definitions.cloudformation.template import (
    IGNORED_TRANSFORMS,
    Template,
    child,
    parse_template,
)
from emulator.definitions.cloudformation.values import Stack, Values
from emulator.definitions.fragment import Fragment
from emulator.definitions.log_groups import read_log_group
from emulator.definitions.nodes import Node, failure
from emulator.definitions.reading import Reading
from emulator.definitions.task_definitions import read_task_definition
from emulator.errors import SourceRef

SUFFIXES: Final = (".json", ".yaml", ".yml", ".template")
RULE: Final = "AWS::Events::Rule"
SCHEDULE: Final = "AWS::Scheduler::Schedule"
TASK_DEFINITION: Final = "AWS::ECS::TaskDefinition"
LOG_GROUP: Final = "AWS::Logs::LogGroup"
NESTED_STACK: Final = "AWS::CloudFormation::Stack"
STATE_MACHINES: Final = ("AWS::StepFunctions::StateMachine", "AWS::Serverless::StateMachine")
STACK_NAME: Final = "AWS::StackName"
"""`--param AWS::StackName=prod` names the stack, which is otherwise named by its file."""


def is_template(path: Path, text: str) -> bool:
    """Return whether a file is a template that speaks of scheduled tasks."""
    if not path.name.endswith(SUFFIXES) or not any(
        kind in text for kind in (RULE, SCHEDULE, TASK_DEFINITION)
    ):
        return False
    if text.lstrip().startswith("{"):
        return '"Resources"' in text
    return any(line.startswith("Resources:") for line in text.splitlines())


def read_template(path: Path, text: str, reading: Reading) -> Fragment:
    """Return what a template file defines. Raises `DefinitionError`."""
    name = reading.parameters.get(STACK_NAME) or path.name.split(".")[0]
    stack = Stack(name=name, region=reading.region, account=reading.account)
    return read_stack(path, text, stack, reading)


def read_stack(path: Path, text: str, stack: Stack, reading: Reading) -> Fragment:
    """Return what a template defines, deployed as a stack. Raises `DefinitionError`."""
    name = reading.project.name(path)
    try:
        return _Reader(parse_template(text, name), stack, reading, path).read()
    except RecursionError as error:
        raise failure("nested too deeply", SourceRef(name)) from error


@dataclass(slots=True)
class _Reader:
    template: Template
    stack: Stack
    reading: Reading
    path: Path
    told: set[str] = field(default_factory=set)

    def read(self) -> Fragment:
        template, problems = self.template, self.reading.problems
        for transform in template.transforms:
            if transform not in IGNORED_TRANSFORMS:
                place = template.root.source
                problems.warning(f"the macro {transform} runs on AWS only: left out", place)
        given = self.reading.parameters
        parameters = parameter_values(template.parameters, given, problems)
        values = Values(template, parameters, self.stack, problems)
        if template.extended:
            self._expand(values)
        fragment = Fragment(files=[self.path])
        fragment.parameters.update(template.parameters)
        readers: dict[str, Callable[[str, Values, Fragment], None]] = {
            RULE: self._rule,
            SCHEDULE: self._schedule,
            TASK_DEFINITION: self._task_definition,
            LOG_GROUP: self._log_group,
            "AWS::SQS::Queue": self._queue,
            NESTED_STACK: self._nested_stack,
            **dict.fromkeys(STATE_MACHINES, self._state_machine),
            **dict.fromkeys(VALUE_KEYS, self._secret),
        }
        there = [i for i in template.resources if self._is_there(i, values)]
        for logical_id in there:
            reader = readers.get(template.resource_type(logical_id))
            if reader is not None:
                reader(logical_id, values, fragment)
        fragment.roles = read_roles(template, values, there)
        self._export(values)
        return fragment

    def _export(self, values: Values) -> None:
        """Add what this stack exports to what others may import."""
        for output in self.template.outputs.values():
            name, value = child(child(output, "Export"), "Name"), child(output, "Value")
            if name is None or value is None:
                continue
            exported, resolved = values.value(name), values.value(value)
            if exported is not None and resolved is not None:
                self.stack.exports.setdefault(str(exported.value), resolved)

    def _expand(self, values: Values) -> None:
        """Write out the loops of the sections that may have them."""

        def collection(node: Node) -> list[str]:
            resolved = values.value(node)
            if resolved is None or not isinstance(resolved.value, list) or resolved.guess:
                hint = self._hint(resolved.guess or "") if resolved is not None else None
                message = "the collection of Fn::ForEach is not a list that is known here"
                raise failure(message, node.source, hint=hint)
            items = resolved.value
            return [as_text(i) for i in items if not isinstance(i.value, dict | list | None)]

        loops = Loops(collection)
        template = self.template
        for section in (template.conditions, template.resources, template.outputs):
            expanded = loops.expanded(Node(dict(section), template.root.source))
            section.clear()
            section.update(expanded.value if isinstance(expanded.value, dict) else {})

    def _is_there(self, logical_id: str, values: Values) -> bool:
        """Return whether a resource exists, as its condition says."""
        resource = self.template.resources[logical_id]
        if logical_id.startswith(PREFIX):
            message = f"{logical_id} needs Transform: AWS::LanguageExtensions"
            self.reading.problems.error(message, resource.source)
            return False
        condition = child(resource, "Condition")
        if condition is None:
            return True
        try:
            holds = values.condition(as_text(condition), condition)
        except MisuseError as error:
            self.reading.problems.error(f"Template error: {error}", condition.source)
            return False
        if holds is None:
            message = f"{logical_id}: its condition {condition.value} is not known: taken as true"
            self.reading.problems.warning(message, condition.source)
        return holds is not False

    def _properties(self, logical_id: str, values: Values) -> Node:
        """Return the properties of a resource, resolved."""
        resource = self.template.resources[logical_id]
        written = child(resource, "Properties")
        resolved = None if written is None else values.value(written)
        if resolved is None or not isinstance(resolved.value, dict):
            return Node({}, resource.source)
        return Node(resolved.value, resource.source, resolved.guess)

    def _hint(self, name: str) -> str | None:
        """Return how the value of a placeholder can be given."""
        return f"give --param {name}=VALUE" if name in self.template.parameters else None

    # -- the resources -------------------------------------------------------------------------

    def _named(self, logical_id: str, values: Values, properties: Node) -> Node:
        """Return properties with the name that the resource has, made up where it has none."""
        entries = properties.value if isinstance(properties.value, dict) else {}
        return Node({**entries, "Name": values.name_of(logical_id)}, properties.source)

    def _rule(self, logical_id: str, values: Values, fragment: Fragment) -> None:
        node = self._named(logical_id, values, self._properties(logical_id, values))
        if self._unknown_schedule(logical_id, node):
            return
        targets = child(node, "Targets")
        listed = targets.value if targets is not None and isinstance(targets.value, list) else []
        self._tell_targets(logical_id, listed)
        for rule in read_events_rule(node, listed, self.reading.problems):
            fragment.add_rule(rule, node)

    def _schedule(self, logical_id: str, values: Values, fragment: Fragment) -> None:
        node = self._named(logical_id, values, self._properties(logical_id, values))
        if self._unknown_schedule(logical_id, node):
            return
        target = child(node, "Target")
        self._tell_targets(logical_id, [] if target is None else [target])
        rule = read_scheduler_schedule(node, self.reading.problems)
        if rule is not None:
            fragment.add_rule(rule, node)

    def _unknown_schedule(self, logical_id: str, node: Node) -> bool:
        """Tell of a rule that cannot fire, because its schedule is not known."""
        expression = child(node, "ScheduleExpression")
        if expression is None or expression.guess is None:
            return False
        message = f"{logical_id}: its schedule {expression.value} is not known here: left out"
        hint = self._hint(expression.guess)
        self.reading.problems.warning(message, expression.source, hint=hint)
        return True

    def _tell_targets(self, logical_id: str, targets: list[Node]) -> None:
        for target in targets:
            for node in (child(target, "Input"), child(target, "EcsParameters")):
                task = child(node, "TaskDefinitionArn") if node is not None else None
                for said in (task, node if node and isinstance(node.value, str) else None):
                    if said is not None:
                        tell_guesses(said, logical_id, self.told, self._hint, self.reading.problems)

    def _task_definition(self, logical_id: str, values: Values, fragment: Fragment) -> None:
        properties = self._properties(logical_id, values)
        family = values.name_of(logical_id)
        entries = properties.value if isinstance(properties.value, dict) else {}
        for name in ("ContainerDefinitions", "Cpu", "Memory", "Family"):
            if name in entries:
                tell_guesses(
                    entries[name], logical_id, self.told, self._hint, self.reading.problems
                )
        node = camel_case(Node({**entries, "Family": family}, properties.source))
        node = with_log_groups(node, str(family.value))
        definition = read_task_definition(node, self.reading.problems)
        if definition is None:
            fragment.broken.add(str(family.value))
        else:
            fragment.add_task_definition(definition, node)

    def _log_group(self, logical_id: str, values: Values, fragment: Fragment) -> None:
        node = camel_case(self._properties(logical_id, values))
        name = str(values.name_of(logical_id).value)
        group = read_log_group(name, node, self.reading.problems)
        if group is not None:
            fragment.add_log_group(group, node)

    def _queue(self, logical_id: str, values: Values, fragment: Fragment) -> None:
        fragment.queues.append(str(values.name_of(logical_id).value))

    def _secret(self, logical_id: str, values: Values, fragment: Fragment) -> None:
        kind, name = self.template.resource_type(logical_id), values.name_of(logical_id)
        declared = declared_secret(kind, name, self._properties(logical_id, values))
        if declared is not None:
            fragment.declared_secrets.append(declared)

    def _state_machine(self, logical_id: str, _values: Values, _fragment: Fragment) -> None:
        resource = self.template.resources[logical_id]
        message = f"{logical_id} is a Step Functions state machine, which is not supported"
        self.reading.problems.warning(f"{message}: left out", resource.source)

    def _nested_stack(self, logical_id: str, _values: Values, _fragment: Fragment) -> None:
        resource = self.template.resources[logical_id]
        message = f"{logical_id} is a nested stack: what its own template says is left out"
        hint = "name that template with -f as well; its parameters are given by --param"
        self.reading.problems.warning(message, resource.source, hint=hint)
