"""The text of task definitions that the history keeps: what `recorded_task` makes tasks of again.

Values of secrets are no part of a definition, and so never of the history.
"""

import hashlib
import json
from typing import Final

from emulator.model.task_definition import TaskDefinition
from emulator.state.records import Archived

MOST_KNOWN: Final = 1000
"""Definitions whose text is remembered: a rule without overrides has the same one each time."""


class Archive:
    """Makes the text of task definitions that the history keeps. For one thread."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[TaskDefinition, Archived]] = {}

    def __call__(self, definition: TaskDefinition) -> Archived:
        """Return the text and its digest."""
        known = self._known.get(id(definition))
        if known is not None and known[0] is definition:
            return known[1]
        from emulator.definitions.document import document_of

        text = json.dumps(document_of(definition), ensure_ascii=False, separators=(",", ":"))
        archived = Archived(hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest(), text)
        if len(self._known) >= MOST_KNOWN:
            self._known.clear()
        self._known[id(definition)] = (definition, archived)
        return archived
