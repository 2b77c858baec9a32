"""Which files are templates that say something of tasks, or export something."""

from pathlib import Path
from typing import Final

from emulator.definitions.cloudformation.nested import PLACES

SUFFIXES: Final = (".json", ".yaml", ".yml", ".template")
RULE: Final = "AWS::Events::Rule"
SCHEDULE: Final = "AWS::Scheduler::Schedule"
TASK_DEFINITION: Final = "AWS::ECS::TaskDefinition"

LARGEST_EXPORTER: Final = 1_000_000
"""Bytes of a template that is only looked at for its exports: AWS takes no larger one."""


def is_template(path: Path, text: str) -> bool:
    """Return whether a file is a template that speaks of scheduled tasks, or nests another."""
    kinds = (RULE, SCHEDULE, TASK_DEFINITION, *PLACES)
    return any(kind in text for kind in kinds) and _has_resources(path, text)


def may_export(path: Path, text: str) -> bool:
    """Return whether a file is a template that may export something."""
    words = ("AWS::", "Export", "Outputs")
    return all(word in text for word in words) and _has_resources(path, text)


def _has_resources(path: Path, text: str) -> bool:
    if not path.name.endswith(SUFFIXES):
        return False
    if text.lstrip().startswith("{"):
        return '"Resources"' in text
    return any(line.startswith("Resources:") for line in text.splitlines())
