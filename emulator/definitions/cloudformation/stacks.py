"""A template becomes a stack that can be asked for its values, and so do those nested in it."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from emulator.definitions.cloudformation.exports import Exports
from emulator.definitions.cloudformation.foreach import write_out
from emulator.definitions.cloudformation.functions import MisuseError, as_text
from emulator.definitions.cloudformation.nested import is_nested, place_of
from emulator.definitions.cloudformation.opening import Opening
from emulator.definitions.cloudformation.parameters import (
    check_nested,
    given_to_nested,
    hint_at_value,
    parameter_values,
)
from emulator.definitions.cloudformation.references import IMPORTED
from emulator.definitions.cloudformation.stack import Stack
from emulator.definitions.cloudformation.template import (
    IGNORED_TRANSFORMS,
    Template,
    parse_template,
)
from emulator.definitions.cloudformation.values import Budget, Values
from emulator.definitions.files import real_path
from emulator.definitions.nodes import Node, Problems, child, did_you_mean, failure
from emulator.definitions.reading import Reading
from emulator.errors import DefinitionError


@dataclass(slots=True)
class OpenStack:
    """A template with the values of its parameters, and the stacks that are nested in it.

    `within` are the templates of the stacks around it, the outermost first; `imported`: another
    stack uses one of its exports.
    """

    path: Path
    template: Template
    stack: Stack
    opening: Opening
    within: tuple[Path, ...]
    values: Values = field(init=False)
    imported: bool = False
    _nested: "dict[str, OpenStack | None]" = field(default_factory=dict)
    _pending: list[str] = field(default_factory=list)

    @property
    def problems(self) -> Problems:
        """Where what is wrong with it is noted."""
        return self.opening.reading.problems

    def hint(self, name: str) -> str | None:
        """Return how the value of a placeholder can be given."""
        if name.startswith(IMPORTED):
            close = did_you_mean(name.removeprefix(IMPORTED), self.opening.exports.names)
            return close or "name the template that exports it with -f as well"
        declared = self.opening.parameters.get(name)
        return None if declared is None else hint_at_value(name, declared)

    # -- what its values refer to --------------------------------------------------------------

    def exported(self, name: str) -> Node | None:
        """Return what another stack exports; None where no template here does."""
        return self.opening.exports.value(name, self.stack)

    def output(self, logical_id: str, name: str) -> Node | None:
        """Return an output of a nested stack; None where its template is not here."""
        nested = self.nested(logical_id)
        if nested is None:
            return None
        if name not in nested.template.outputs or not nested.has_output(name):
            hint = did_you_mean(name, tuple(nested.template.outputs))
            message = f"the nested stack {logical_id} has no output {name}"
            raise MisuseError(message + (f"; {hint}" if hint else ""))
        value = child(nested.template.outputs[name], "Value")
        return None if value is None else nested.values.once(f"the output {name}", value)

    def has_output(self, name: str) -> bool:
        """Return whether an output exists, as its condition says; one not known counts."""
        try:
            return self._exists(self.template.outputs[name])
        except MisuseError as error:
            self.problems.error(f"Template error: {error}", self.template.outputs[name].source)
            return False

    def _exists(self, part: Node) -> bool:
        """Return whether a resource or output may exist. Raises `MisuseError`."""
        condition = child(part, "Condition")
        if condition is None:
            return True
        return self.values.condition(as_text(condition), condition) is not False

    # -- the stacks nested in it ---------------------------------------------------------------

    def nested(self, logical_id: str) -> "OpenStack | None":
        """Return a nested stack; None where its template is not here, which is told.

        Raises `MisuseError` for stacks that need each other, `DefinitionError` for too many.
        """
        if logical_id in self._nested:
            return self._nested[logical_id]
        if logical_id in self._pending:
            message = f"Circular dependency between resources: {' -> '.join(self._pending)}"
            raise MisuseError(message)
        self._pending.append(logical_id)
        try:
            self._nested[logical_id] = self._opened(logical_id)
        finally:
            self._pending.pop()
        return self._nested[logical_id]

    def children(self) -> "list[OpenStack]":
        """Return the nested stacks that exist and could be opened."""
        found = []
        for logical_id, resource in self.template.resources.items():
            # What is wrong with one is told where the stack itself is read.
            with suppress(MisuseError):
                if is_nested(self.template.resource_type(logical_id)) and self._exists(resource):
                    found.append(self.nested(logical_id))
        return [stack for stack in found if stack is not None]

    def _opened(self, logical_id: str) -> "OpenStack | None":
        """Open a nested stack. Raises `DefinitionError` where there are too many of them."""
        properties = self.properties(logical_id)
        place = place_of(self.template, logical_id, properties, self.opening.assets)
        if place is None:
            self._tell_absent(logical_id)
            return None
        path = self._located(logical_id, place)
        if path is None:
            return None
        within = (*self.within, self.path)
        self.opening.count_stack(len(within), place)
        template = self._template(path, within, place)
        if template is None:
            return None
        given = given_to_nested(child(properties, "Parameters"))
        source = self.template.resources[logical_id].source
        check_nested(logical_id, given, template.parameters, source, self.problems)
        return opened(path, template, self.stack.nested(logical_id), given, self.opening, within)

    def _located(self, logical_id: str, place: Node) -> Path | None:
        """Return the file of a template; None for one that is not here: it need not matter."""
        project = self.opening.reading.project
        try:
            return project.referred(str(place.value), place.source, self.path)
        except DefinitionError as error:
            for problem in error.problems:
                message = f"the nested stack {logical_id} is left out: {problem.message}"
                self.problems.warning(message, problem.source)
            return None

    def _template(self, path: Path, within: Sequence[Path], place: Node) -> Template | None:
        """Return a nested stack's template; None for one that cannot be read, noted.

        Raises `DefinitionError` for more than is read for one stack.
        """
        file, known = real_path(path), self.opening.templates
        if file in [real_path(around) for around in within]:
            message = f"{place.value} is nested in itself"
            self.problems.error(message, place.source, rule="unreadable")
            return None
        if file not in known:
            known[file] = self._parsed(path, place)
        template = known[file]
        return None if template is None else template.copy()

    def _parsed(self, path: Path, place: Node) -> Template | None:
        project, values = self.opening.reading.project, self.opening.values
        try:
            text = project.read(path)
            self.opening.count_text(text, place)
            return parse_template(text, project.name(path), values)
        except DefinitionError as error:
            if self.opening.exhausted:
                raise
            self.problems.found.extend(error.problems)
            return None

    def properties(self, logical_id: str) -> Node:
        """Return the properties of a resource, resolved."""
        resource = self.template.resources[logical_id]
        written = child(resource, "Properties")
        resolved = None if written is None else self.values.value(written)
        if resolved is None or not isinstance(resolved.value, dict):
            return Node({}, resource.source)
        return Node(resolved.value, resource.source, resolved.guess)

    def _tell_absent(self, logical_id: str) -> None:
        message = f"{logical_id} is a nested stack whose template is not on this machine: left out"
        hint = "give the path of its template as TemplateURL, or name that with -f as well"
        place = self.template.resources[logical_id].source
        self.problems.warning(message, place, hint=hint)


def open_stack(
    path: Path,
    text: str,
    stack: Stack,
    reading: Reading,
    exports: Exports,
    assets: Mapping[str, Node] = MappingProxyType({}),
) -> OpenStack:
    """Return the stack of a template's text; `assets` as `Opening` has them.

    Raises `DefinitionError`.
    """
    template = parse_template(text, reading.project.name(path))
    place = template.root.source
    given = {name: Node(value, place) for name, value in reading.parameters.items()}
    opening = Opening(reading, exports, template.parameters, Budget(exports.depth), assets)
    return opened(path, template, stack, given, opening)


def opened(
    path: Path,
    template: Template,
    stack: Stack,
    given: Mapping[str, Node],
    opening: Opening,
    within: tuple[Path, ...] = (),
) -> OpenStack:
    """Return a template as a stack, with the values given for parameters.

    Raises `DefinitionError` for loops that cannot be written out.
    """
    problems = opening.reading.problems
    for transform in template.transforms:
        if transform not in IGNORED_TRANSFORMS:
            place = template.root.source
            problems.warning(f"the macro {transform} runs on AWS only: left out", place)
    made = OpenStack(path, template, stack, opening, within)
    parameters = parameter_values(template.parameters, given, problems)
    made.values = Values(template, parameters, stack, made, problems, opening.budget)
    if template.extended:
        _expand(made)
    return made


def _expand(stack: OpenStack) -> None:
    """Write out the loops of the sections that may have them. Raises `DefinitionError`."""

    def collection(node: Node) -> list[str]:
        resolved = stack.values.value(node)
        if resolved is None or not isinstance(resolved.value, list) or resolved.guess:
            hint = None if resolved is None else stack.hint(resolved.guess or "")
            message = "the collection of Fn::ForEach is not a list that is known here"
            raise failure(message, node.source, hint=hint)
        items = resolved.value
        return [as_text(i) for i in items if not isinstance(i.value, dict | list | None)]

    write_out(stack.template, collection)
