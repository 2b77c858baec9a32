"""States and plans: what Terraform knows already goes through the same mapper as its files."""

import re
from pathlib import Path
from typing import Final

from emulator.definitions.fragment import Fragment
from emulator.definitions.json_text import parse_json
from emulator.definitions.nodes import failure
from emulator.definitions.reading import Reading
from emulator.definitions.terraform.budget import BudgetExceededError
from emulator.definitions.terraform.mapper import TYPES, Mapper
from emulator.definitions.terraform.shown import Tree, shown_resources, text_of, tree
from emulator.definitions.terraform.state_items import StateItem, Stock
from emulator.definitions.terraform.telling import Telling
from emulator.errors import SourceRef

_ARN: Final = re.compile(r"arn:aws[a-z-]*:(?:ecs|events|scheduler|logs):([a-z0-9-]+):\d{12}:")


def read_state_text(path: Path, text: str, reading: Reading) -> Fragment:
    """Return what a state or plan says. Raises `DefinitionError`."""
    name = reading.project.name(path)
    document = tree(parse_json(text, name))
    region = _ARN.search(text)
    world = StateWorld(reading, region[1] if region else _planned_region(document))
    fragment = Fragment(files=[path])
    fragment.region = region[1] if region else _planned_region(document)
    configuration = tree(tree(document.get("configuration")).get("root_module"))
    stock = Stock(world, configuration)
    try:
        for resource in shown_resources(document, SourceRef(name, 1)):
            stock.add(StateItem(resource, stock))
        Mapper(world, fragment).map(
            [i for i in stock.items if i.type in TYPES and i.mode != "data"]
        )
        world.tell_unread()
    except BudgetExceededError as error:
        raise failure(str(error), SourceRef(name)) from error
    except RecursionError as error:
        raise failure("nested too deeply", SourceRef(name)) from error
    return fragment


def _planned_region(document: Tree) -> str | None:
    """Return the region that the configuration of a plan states for the AWS provider."""
    providers = tree(tree(document.get("configuration")).get("provider_config"))
    expressions = tree(tree(providers.get("aws")).get("expressions"))
    return text_of(tree(expressions.get("region")), "constant_value")


class StateWorld(Telling):
    """Where a state's resources are deployed, and where gaps are told."""

    def __init__(self, reading: Reading, region: str | None) -> None:
        super().__init__(reading.problems, reading.account)
        self._region = region or reading.region

    @property
    def region(self) -> str:
        """The region that the ARNs of the state have."""
        return self._region
