"""Entries of PutEvents as JSON: what `aws events put-events --entries` takes.

AWS: PutEventsRequestEntry in the EventBridge API reference.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from emulator.definitions.event_patterns import plain_value
from emulator.definitions.json_text import parse_json
from emulator.definitions.nodes import Fields, Node, Problems
from emulator.definitions.schedule_text import read_instant
from emulator.errors import DefinitionError
from emulator.model.names import short_name
from emulator.values import frozen

MAXIMUM_ENTRIES: Final = 10
LARGEST: Final = 1024 * 1024
"""Bytes of all entries of a request."""


@frozen
class Entry:
    """One event to be put; `time` None: now."""

    source: str
    detail_type: str
    detail: Mapping[str, Any]
    resources: tuple[str, ...] = ()
    time: datetime | None = None
    event_bus: str = "default"


def parse_entries(text: str, place: str, *, lenient: bool = False) -> tuple[Entry, ...]:
    """Return the entries of a JSON text, a list or a request with `Entries`.

    Raises `DefinitionError` with every problem: AWS answers for each entry by itself, but nobody
    types half an event on purpose. `lenient` lets `aws.` sources through.
    """
    problems = Problems(lenient)
    if len(text.encode("utf-8", "surrogatepass")) > LARGEST:
        problems.error(f"the entries are larger than {LARGEST} bytes", None)
        problems.raise_errors()
    root = parse_json(text, place)
    if isinstance(root.value, dict) and "Entries" in root.value:
        root = root.value["Entries"]
    nodes = root.value if isinstance(root.value, list) else [root]
    if not 1 <= len(nodes) <= MAXIMUM_ENTRIES:
        message = f"PutEvents takes 1 to {MAXIMUM_ENTRIES} entries, not {len(nodes)}"
        problems.rejected(message, root.source)
    entries = [
        _entry(node, problems, "the entry" if len(nodes) == 1 else f"entry {number}")
        for number, node in enumerate(nodes, start=1)
    ]
    problems.raise_errors()
    return tuple(entry for entry in entries if entry is not None)


def _entry(node: Node, problems: Problems, name: str) -> Entry | None:
    fields = Fields(node, name, problems)
    if not fields.readable:
        return None
    source = _said(fields, "Source", problems)
    if source.startswith("aws."):
        message = f"Not authorized for the source: {source}"
        hint = "only AWS's services send these; --lenient puts it all the same"
        problems.rejected(message, fields.place("Source"), hint=hint)
    entry = Entry(
        source=source,
        detail_type=_said(fields, "DetailType", problems),
        detail=_detail(fields, problems, name),
        resources=fields.texts("Resources") or (),
        time=read_instant(fields, "Time", problems),
        event_bus=short_name(fields.text("EventBusName") or "default"),
    )
    fields.take("TraceHeader")
    fields.refuse_rest()
    return entry


def _said(fields: Fields, name: str, problems: Problems) -> str:
    """Take a text that must not be empty."""
    text = fields.text(name, required=True)
    if text == "":
        message = f"Parameter {name} is not valid. Reason: {name} is a required argument."
        problems.rejected(message, fields.place(name))
    return text or ""


def _detail(fields: Fields, problems: Problems, name: str) -> dict[str, Any]:
    """Take the detail: an object as JSON text, or here as itself."""
    node = fields.take("Detail")
    if node is None:
        problems.error(f"{name} has no Detail", fields.source, rule="missing-key")
        return {}
    try:
        value = parse_json(node.value, "Detail") if isinstance(node.value, str) else node
    except DefinitionError as error:
        problems.error(f"{name}: Detail is malformed. {error.problems[0].message}", node.source)
        return {}
    if not isinstance(value.value, dict):
        problems.error(
            f"{name}: Detail is malformed. It is an object, not {value.kind}", node.source
        )
        return {}
    found: dict[str, Any] = plain_value(value)
    return found
