"""Task definitions as the text that the history keeps, from which `recorded_task` makes them again.

Values of secrets are no part of a definition, and so never of the history.
"""

import hashlib
import json

from emulator.model.task_definition import TaskDefinition
from emulator.state.records import Archived
from emulator.state.remembered import Remembered


class Archive(Remembered[TaskDefinition, Archived]):
    """Returns the text of a task definition, with its digest.

    A rule without overrides has the same definition each time.
    """

    def __init__(self) -> None:
        super().__init__(_archived)


def _archived(definition: TaskDefinition) -> Archived:
    from emulator.definitions.document import document_of

    text = json.dumps(document_of(definition), ensure_ascii=False, separators=(",", ":"))
    return Archived(hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest(), text)
