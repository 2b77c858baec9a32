"""When an image is pulled."""

from enum import StrEnum


class PullPolicy(StrEnum):
    """Each time as Fargate does, only when missing, or not at all."""

    ALWAYS = "always"
    MISSING = "missing"
    NEVER = "never"
