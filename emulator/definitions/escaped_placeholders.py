r"""Placeholders that an encoder of JSON has escaped: `\u003ctime\u003e` is none to AWS.

Terraform's `jsonencode` writes `<` and `>` so. AWS replaces what stands in the text: "Amazon
EventBridge input transformation", "Adding context attributes in EventBridge Scheduler".
"""

import re
from collections.abc import Callable
from typing import Final

from emulator.definitions.nodes import Problems, some_of
from emulator.errors import SourceRef

_ESCAPED: Final = re.compile(r"(?<!\\)\\u003c([A-Za-z0-9._-]+)(?:\\u003e|>)", re.IGNORECASE)
_HINT: Final = (
    "jsonencode escapes < and >: write the JSON as text, or "
    r'replace(replace(jsonencode(…), "\\u003c", "<"), "\\u003e", ">")'
)


def tell_escaped(
    text: str, is_placeholder: Callable[[str], bool], source: SourceRef | None, problems: Problems
) -> None:
    """Warn of what would be a placeholder if it were not escaped."""
    escaped = dict.fromkeys(name for name in _ESCAPED.findall(text) if is_placeholder(name))
    if escaped:
        shown = some_of([rf"\u003c{name}\u003e" for name in escaped])
        problems.warning(f"AWS leaves {shown} as it is: it looks for < and >", source, hint=_HINT)


def of_scheduler(name: str) -> bool:
    """Return whether EventBridge Scheduler replaces `<name>` in an input."""
    return name.startswith("aws.scheduler.")
