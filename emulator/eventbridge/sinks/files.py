"""The sink that always is: a file of JSON lines for each topic, queue, function, group and bus."""

import json
from pathlib import Path

from emulator.eventbridge.notification import Notification
from emulator.eventbridge.sinks.base import SinkError
from emulator.state.json_lines import append_lines
from emulator.state.queues import file_name


class Files:
    """Appends to `<root>/<kind>/<name>.jsonl`."""

    def __init__(self, root: Path) -> None:
        self._root = root

    @property
    def label(self) -> str:
        """Name it in a message."""
        return "the notification files"

    def wants(self, told: Notification) -> bool:
        """Take all of them."""
        return True

    def deliver(self, told: Notification) -> None:
        """Append one line. Raises `SinkError`."""
        path = self._root / told.kind.value / f"{file_name(told.name)}.jsonl"
        try:
            append_lines(path, [json.dumps(told.document, ensure_ascii=False)])
        except OSError as error:
            message = f"{path}: {error.strerror}"
            raise SinkError(message) from error
