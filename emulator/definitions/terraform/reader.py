"""A Terraform root becomes a fragment of definitions."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from emulator.definitions.fragment import Fragment
from emulator.definitions.nodes import failure
from emulator.definitions.reading import Reading
from emulator.definitions.terraform.arguments import check_arguments
from emulator.definitions.terraform.budget import BudgetExceededError
from emulator.definitions.terraform.items import InstanceItem, Item
from emulator.definitions.terraform.mapper import RULES, TYPES, Mapper
from emulator.definitions.terraform.resources import Resource
from emulator.definitions.terraform.root import Root
from emulator.definitions.terraform.syntax import Block
from emulator.definitions.terraform.values import EvaluationError
from emulator.errors import SourceRef

MOST_ITEMS: Final = 10_000


def read_directory(directory: Path, reading: Reading) -> Fragment:
    """Return what a root module says. Raises `DefinitionError` when it is beyond all limits."""
    try:
        root = Root(directory, reading)
        fragment = Fragment(files=[])
        fragment.region = root.stated_region
        fragment.variables = set(root.module.configuration.variables)
        Mapper(root, fragment).map(list(_items(root)))
        if not fragment.rules and not fragment.event_rules:
            _tell_absent_rules(root)
        _check_variables(root)
        root.tell_unread()
    except BudgetExceededError as error:
        raise failure(str(error), SourceRef(reading.project.name(directory))) from error
    except RecursionError as error:
        place = SourceRef(reading.project.name(directory))
        raise failure("expressions are nested too deeply", place) from error
    fragment.files = [*root.loader.files, *root.variables.files, *root.files.read]
    return fragment


def _tell_absent_rules(root: Root) -> None:
    """Say of a root without rules which it would have: a module's are often switched off."""
    for resource in root.module.resources():
        if resource.mode == "resource" and resource.type in RULES and _is_absent(resource):
            message = f"{resource.address} has no instance: its count is 0, or its for_each empty"
            root.problems.note(message, resource.block.source)


def _is_absent(resource: Resource) -> bool:
    """Return whether a resource has no instances; what is wrong with it has been told."""
    try:
        return resource.expansion().gap is None and not resource.instances()
    except EvaluationError:
        return False


def _check_variables(root: Root) -> None:
    """Tell what is wrong with values that nothing asked for, too: Terraform does not go on."""
    for module in root.module.modules():
        what = module.address or "the root module"
        for name, block in module.configuration.variables.items():
            try:
                module.variable(name, block.source)
            except EvaluationError as error:
                root.failed(what, error, block.source)


def _items(root: Root) -> Iterator[Item]:
    """Yield the instances of all resources that say something here."""
    count = 0
    checked: set[Block] = set()
    for resource in root.module.resources():
        if resource.mode != "resource" or resource.type not in TYPES:
            continue
        if resource.block not in checked:
            checked.add(resource.block)
            check_arguments(resource.address, resource.block, root.problems, root.budget)
        try:
            expansion = resource.expansion()
            if expansion.gap is not None:
                root.left_out(resource.address, expansion.gap, resource.block.source)
            instances = resource.instances()
        except EvaluationError as error:
            root.failed(resource.address, error, resource.block.source)
            continue
        count += len(instances)
        if count > MOST_ITEMS:
            raise BudgetExceededError(f"more than {MOST_ITEMS} resources")
        yield from map(InstanceItem, instances)
