"""Roots for tests: files written into a directory, and expressions evaluated in them."""

import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from emulator.definitions.files import Project
from emulator.definitions.nodes import Problems
from emulator.definitions.reading import Reading
from emulator.definitions.terraform.evaluation import evaluate
from emulator.definitions.terraform.functions.encoding import json_text
from emulator.definitions.terraform.functions.signature import Site
from emulator.definitions.terraform.grammar import parse_expression
from emulator.definitions.terraform.root import Root
from emulator.definitions.terraform.syntax import Call
from emulator.definitions.terraform.values import Value
from emulator.errors import SourceRef


def write(directory: Path, files: Mapping[str, str]) -> Path:
    """Write files and return their directory."""
    for name, text in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return directory


def root_of(directory: Path, **given: Any) -> Root:
    """Return the root module of a directory; problems are kept in it."""
    reading = Reading(Project(directory), given.pop("environ", {}), Problems(), **given)
    return Root(directory, reading)


def value_of(expression: str, root: Root) -> Value:
    """Return an expression's value in a root. Raises `EvaluationError`, `DefinitionError`."""
    return evaluate(parse_expression(expression, "test"), root.module.scope)


def plain(value: Value, root: Root) -> Any:
    """Return a value as Terraform's `jsonencode` has it, back as Python's."""
    site = Site(Call("jsonencode", (), False, SourceRef("test")), root.module.scope)
    return exactly(json_text(value, site))


def exactly(text: str) -> Any:
    """Return what a JSON text says, with all the digits of its numbers."""
    return json.loads(text, parse_float=Decimal)
