"""Where what was read of definitions is kept from one command to the next."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

VARIABLE: Final = "ECS_LOCAL_CACHE_DIR"
"""Names another cache directory; empty, nothing is kept."""


def cache_directory(environ: Mapping[str, str]) -> Path | None:
    """Return where entries are kept: the user's cache directory, or what `VARIABLE` says."""
    if (given := environ.get(VARIABLE)) is not None:
        return Path(given).absolute() if given else None
    base = environ.get("XDG_CACHE_HOME", "")
    if not os.path.isabs(base):  # noqa: PTH117 - text, as the specification has it
        home = environ.get("HOME", "")
        base = f"{home}/.cache" if os.path.isabs(home) else ""  # noqa: PTH117
    return Path(base) / "ecs-local" if base else None
