"""Who knows what is unknown here: AWS, or Terraform while it applies."""

import re
from typing import Final

AT_APPLY: Final = ("bcrypt", "plantimestamp", "rsadecrypt", "timestamp", "uuid")
"""Functions whose result is another one each time."""

_CALL: Final = re.compile(rf"\b(?:{'|'.join(AT_APPLY)})\(")
_QUOTED: Final = re.compile(r"'[^']*'|\"[^\"]*\"")
_REFERENCE: Final = re.compile(r"[^\W\d][\w-]*\.[^\W\d]")


def at_apply(causes: str) -> bool:
    """Return whether the time of applying alone makes a value unknown, not a resource as well."""
    bare = _QUOTED.sub("", causes)
    return _CALL.search(bare) is not None and _REFERENCE.search(bare) is None


def known_where(causes: str) -> str:
    """Return where a value is known that these names and calls make unknown."""
    return "when Terraform applies only" if at_apply(causes) else "on AWS only"
