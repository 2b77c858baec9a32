"""Names and ARNs that refer to other things, and how names are written."""

import re
from collections.abc import Iterable
from typing import Final

_REVISION: Final = re.compile(r"[1-9]\d{0,9}", re.ASCII)


def short_name(name_or_arn: str) -> str:
    """Return what stands behind the last slash of an ARN: a cluster's or a family's name."""
    return name_or_arn.rpartition("/")[2]


def split_task_definition(name: str) -> tuple[str, int | None]:
    """Return family and revision of `family`, `family:revision` or an ARN of either.

    What is no revision stays part of the name, so that no family is found by it.
    """
    family, _, revision = (short := short_name(name)).partition(":")
    return (family, int(revision)) if _REVISION.fullmatch(revision) else (short, None)


def named_by_group(name: str, known: Iterable[str]) -> list[str]:
    """Return the names of rules that are schedules of this name, told apart by their groups."""
    return [each for each in known if each.endswith(f"/{name}")]


def camel_case(name: str) -> str:
    """Return a name of ours, such as `stop_code`, as AWS's APIs write it: `stopCode`."""
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)
