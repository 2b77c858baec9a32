"""A template becomes definitions: its rules, schedules, task definitions, log groups and roles."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from emulator.definitions.aws_api import read_events_rule, read_scheduler_schedule
from emulator.definitions.cloudformation.camel_case import camel_case
from emulator.definitions.cloudformation.foreach import PREFIX
from emulator.definitions.cloudformation.functions import MisuseError, as_text
from emulator.definitions.cloudformation.guessed import tell_guesses, tell_lacks, with_log_groups
from emulator.definitions.cloudformation.nested import PLACES as NESTED
from emulator.definitions.cloudformation.plain_words import tell_plain_words
from emulator.definitions.cloudformation.recognition import RULE, SCHEDULE, TASK_DEFINITION
from emulator.definitions.cloudformation.roles import read_roles
from emulator.definitions.cloudformation.secrets import VALUE_KEYS, declared_secret
from emulator.definitions.cloudformation.stacks import OpenStack
from emulator.definitions.cloudformation.template import Template
from emulator.definitions.cloudformation.together import Templates
from emulator.definitions.cloudformation.values import TRANSFORM, Values, tell_macro
from emulator.definitions.fragment import Fragment
from emulator.definitions.log_groups import read_log_group
from emulator.definitions.nodes import Node, Problems, child, failure
from emulator.definitions.reading import Reading
from emulator.definitions.task_definitions import read_task_definition
from emulator.errors import SourceRef

LOG_GROUP: Final = "AWS::Logs::LogGroup"
STATE_MACHINES: Final = ("AWS::StepFunctions::StateMachine", "AWS::Serverless::StateMachine")


def read_template(path: Path, text: str, reading: Reading) -> Fragment:
    """Return what a template file defines. Raises `DefinitionError`."""
    templates = Templates() if reading.together is None else reading.together.the(Templates)
    with _shallow(path, reading):
        fragment = read_stack(templates.opened(path, text, reading))
    for stack in templates.exporters():
        fragment.files.append(stack.path)
        fragment.parameters |= stack.template.parameters.keys()
    return fragment


def read_stack(stack: OpenStack) -> Fragment:
    """Return what a template defines, deployed as a stack, and those nested in it.

    Raises `DefinitionError`.
    """
    with _shallow(stack.path, stack.opening.reading):
        fragment = _Reader(stack).read()
    fragment.parameters |= stack.template.parameters.keys()
    return fragment


@contextmanager
def _shallow(path: Path, reading: Reading) -> Iterator[None]:
    try:
        yield
    except RecursionError as error:
        raise failure("nested too deeply", SourceRef(reading.project.name(path))) from error


@dataclass(slots=True)
class _Reader:
    stack: OpenStack
    told: set[str] = field(default_factory=set)

    @property
    def problems(self) -> Problems:
        return self.stack.problems

    @property
    def template(self) -> Template:
        return self.stack.template

    @property
    def values(self) -> Values:
        return self.stack.values

    def read(self) -> Fragment:
        template = self.template
        fragment = Fragment(files=[self.stack.path])
        readers: dict[str, Callable[[str, Fragment], None]] = {
            RULE: self._rule,
            SCHEDULE: self._schedule,
            TASK_DEFINITION: self._task_definition,
            LOG_GROUP: self._log_group,
            "AWS::SQS::Queue": self._queue,
            **dict.fromkeys(STATE_MACHINES, self._state_machine),
            **dict.fromkeys(VALUE_KEYS, self._secret),
            **dict.fromkeys(NESTED, self._nested_stack),
        }
        for parameter in template.parameters.values():
            default = child(parameter, "Default")
            if default is not None:
                tell_plain_words(default, self.problems)
        there = [i for i in template.resources if self._is_there(i)]
        for logical_id in there:
            reader = readers.get(template.resource_type(logical_id))
            if reader is not None:
                reader(logical_id, fragment)
        roles, attached = read_roles(template, self.values, there)
        fragment.roles += roles
        fragment.attach(attached)
        return fragment

    def _is_there(self, logical_id: str) -> bool:
        """Return whether a resource exists, as its condition says."""
        resource = self.template.resources[logical_id]
        if logical_id == TRANSFORM:
            tell_macro(resource, self.problems)
            return False
        if logical_id.startswith(PREFIX):
            message = f"{logical_id} needs Transform: AWS::LanguageExtensions"
            self.problems.error(message, resource.source)
            return False
        condition = child(resource, "Condition")
        if condition is None:
            return True
        try:
            holds = self.values.condition(as_text(condition), condition)
        except MisuseError as error:
            self.problems.error(f"Template error: {error}", condition.source)
            return False
        if holds is None:
            message = f"{logical_id}: its condition {condition.value} is not known: taken as true"
            self.problems.warning(message, condition.source)
        return holds is not False

    # -- the resources -------------------------------------------------------------------------

    def _named(self, logical_id: str, properties: Node) -> Node:
        """Return properties with the name that the resource has, made up where it has none."""
        entries = properties.value if isinstance(properties.value, dict) else {}
        return Node({**entries, "Name": self.values.name_of(logical_id)}, properties.source)

    def _rule(self, logical_id: str, fragment: Fragment) -> None:
        node = self._named(logical_id, self.stack.properties(logical_id))
        if self._unknown_rule(logical_id, node):
            fragment.withhold(child(node, "Name"))
            return
        targets = child(node, "Targets")
        listed = targets.value if targets is not None and isinstance(targets.value, list) else []
        tell_plain_words(node, self.problems)
        self._tell_targets(logical_id, listed)
        self._check_case(listed, "AwsVpcConfiguration")
        rules = read_events_rule(node, listed, self.problems)
        fragment.add_rules(rules, node, child(node, "Name"))

    def _schedule(self, logical_id: str, fragment: Fragment) -> None:
        node = self._named(logical_id, self.stack.properties(logical_id))
        if self._unknown_rule(logical_id, node):
            fragment.withhold(child(node, "Name"))
            return
        target = child(node, "Target")
        tell_plain_words(node, self.problems)
        self._tell_targets(logical_id, [] if target is None else [target])
        self._check_case([] if target is None else [target], "AwsvpcConfiguration")
        rule = read_scheduler_schedule(node, self.problems)
        fragment.add_rules([] if rule is None else [rule], node, child(node, "Name"))

    def _unknown_rule(self, logical_id: str, node: Node) -> bool:
        """Tell of a rule that cannot fire, because its schedule or its name is not known."""
        for key, what in (("ScheduleExpression", "schedule"), ("Name", "name")):
            value = child(node, key)
            if value is not None and value.guess is not None:
                message = (
                    f"{logical_id} is left out: its {what} needs {value.guess}, not known here"
                )
                hint = self.stack.hint(value.guess.split(", ")[0])
                self.problems.warning(message, value.source, hint=hint)
                return True
        return False

    def _tell_targets(self, logical_id: str, targets: list[Node]) -> None:
        for target in targets:
            for node in (child(target, "Input"), child(target, "EcsParameters")):
                task = child(node, "TaskDefinitionArn") if node is not None else None
                for said in (task, node if node and isinstance(node.value, str) else None):
                    if said is not None:
                        tell_guesses(said, logical_id, self.told, self.stack.hint, self.problems)

    def _check_case(self, targets: list[Node], right: str) -> None:
        """Refuse what another type of resource calls the configuration of a network."""
        for target in targets:
            network = child(child(target, "EcsParameters"), "NetworkConfiguration")
            entries = network.value if network and isinstance(network.value, dict) else {}
            for name, node in entries.items():
                if name != right and name.lower() == right.lower():
                    message = f"extraneous key [{name}] is not permitted"
                    self.problems.rejected(message, node.source, hint=f"write {right}")

    def _task_definition(self, logical_id: str, fragment: Fragment) -> None:
        properties = self.stack.properties(logical_id)
        family = self.values.name_of(logical_id)
        entries = properties.value if isinstance(properties.value, dict) else {}
        tell_lacks(logical_id, properties, self.told, self.stack.hint, self.problems)
        for name in ("ContainerDefinitions", "Cpu", "Memory", "Family"):
            if name in entries:
                tell_guesses(entries[name], logical_id, self.told, self.stack.hint, self.problems)
        tell_plain_words(properties, self.problems)
        node = camel_case(Node({**entries, "Family": family}, properties.source))
        node = with_log_groups(node, str(family.value))
        definition = read_task_definition(node, self.problems)
        if definition is None:
            fragment.broken.add(str(family.value))
        else:
            fragment.add_task_definition(definition, node)

    def _log_group(self, logical_id: str, fragment: Fragment) -> None:
        node = camel_case(self.stack.properties(logical_id))
        name = str(self.values.name_of(logical_id).value)
        group = read_log_group(name, node, self.problems)
        if group is not None:
            fragment.add_log_group(group, node)

    def _queue(self, logical_id: str, fragment: Fragment) -> None:
        fragment.queues.append(str(self.values.name_of(logical_id).value))

    def _secret(self, logical_id: str, fragment: Fragment) -> None:
        kind, name = self.template.resource_type(logical_id), self.values.name_of(logical_id)
        declared = declared_secret(kind, name, self.stack.properties(logical_id))
        if declared is not None:
            fragment.declared_secrets.append(declared)

    def _state_machine(self, logical_id: str, _fragment: Fragment) -> None:
        resource = self.template.resources[logical_id]
        message = f"{logical_id} is a Step Functions state machine, which is not supported"
        self.problems.warning(f"{message}: left out", resource.source)

    def _nested_stack(self, logical_id: str, fragment: Fragment) -> None:
        try:
            nested = self.stack.nested(logical_id)
        except MisuseError as error:
            place = self.template.resources[logical_id].source
            self.problems.error(f"Template error: {error}", place)
            return
        if nested is not None:
            fragment.include(_Reader(nested).read())
