"""AWS's regions: what is the name of one, and which one the shell or a file says."""

import re
from collections.abc import Mapping
from typing import Final

from emulator.definitions.nodes import Fields, Problems
from emulator.model.definitions import Definitions

_DEFAULT: Final = Definitions().region
VARIABLES: Final = ("AWS_REGION", "AWS_DEFAULT_REGION")
"""Where AWS's own tools look for a region, in this order."""

_REGION: Final = re.compile(r"[a-z]{2}(?:-[a-z]+)+-\d", re.ASCII)


def is_region(text: str) -> bool:
    """Return whether a text has the form of a region's name."""
    return _REGION.fullmatch(text) is not None


def environment_region(environ: Mapping[str, str], problems: Problems) -> str | None:
    """Return the region that holds where no file says one; None where the shell has none either."""
    name = next((name for name in VARIABLES if environ.get(name)), None)
    if name is None or is_region(environ[name]):
        return None if name is None else environ[name]
    message = f"{name} is {environ[name]!r}, which is not a region: {_DEFAULT} stands for it"
    problems.warning(message, None, hint="set it to a name such as ap-northeast-1, or unset it")
    return None


def read_region(fields: Fields, problems: Problems) -> str | None:
    """Take `region`, part of ARNs and of the environment; None for one that is not known."""
    region, place = fields.text("region"), fields.place("region")
    if region is None or is_region(region):
        return region
    if region.startswith("${"):
        hint = "say it under local.region of ecs-local.yaml"
        problems.warning(
            f"region {region} is not known here: another one stands for it", place, hint=hint
        )
    else:
        hint = "write a name such as ap-northeast-1"
        problems.error(f"region {region!r} is not a region", place, hint=hint)
    return None
