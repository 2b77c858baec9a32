"""The model as text: what tests of the readers compare."""

from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import datetime
from enum import Enum
from typing import Any

import yaml

from emulator.errors import Problem
from emulator.model.definitions import Definitions


def model_text(definitions: Definitions) -> str:
    """Return definitions as YAML: what differs from the defaults, without places.

    Problems come last, one a line: `severity place: message`, a hint below.
    """
    document = plain(definitions)
    document.pop("problems", None)
    document.pop("files", None)
    text: str = yaml.safe_dump(
        document, sort_keys=False, allow_unicode=True, width=1000, default_flow_style=False
    )
    return text + problems_text(definitions.problems)


def problems_text(problems: tuple[Problem, ...]) -> str:
    """Return problems as lines of a comment, in the order they were found."""
    lines = (f"{problem.severity} {problem}" for problem in problems)
    return "".join(f"# {line}\n" for text in lines for line in text.splitlines())


def plain(value: Any) -> Any:
    """Return a model value as dictionaries, lists and scalars; defaults are left out."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat()
    if is_dataclass(value):
        return {
            field.name: plain(getattr(value, field.name))
            for field in fields(value)
            if field.compare and not _is_default(field, getattr(value, field.name))
        }
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    return value


def _is_default(field: "Field[Any]", value: Any) -> bool:
    if field.default is not MISSING:
        return bool(value == field.default)
    return field.default_factory is not MISSING and bool(value == field.default_factory())
