"""Names of AWS's regions: what has the form of one."""

import re
from typing import Final

from emulator.definitions.nodes import Fields, Problems

_REGION: Final = re.compile(r"[a-z]{2}(?:-[a-z]+)+-\d", re.ASCII)


def is_region(text: str) -> bool:
    """Return whether a text has the form of a region's name."""
    return _REGION.fullmatch(text) is not None


def check_region(region: str | None, fields: Fields, problems: Problems) -> None:
    """Note a region that is none: it becomes part of ARNs and of the environment."""
    if region is not None and not is_region(region):
        hint = "write a name such as ap-northeast-1"
        problems.error(f"region {region!r} is not a region", fields.place("region"), hint=hint)
