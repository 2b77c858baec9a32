"""Queues as directories: a file a message, the oldest removed when there are too many."""

import json
import re
import threading
from collections import Counter, deque
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from emulator.errors import StateDirectoryError
from emulator.whole_files import put_in_place

MOST_MESSAGES: Final = 1000
"""Messages that a queue keeps."""

_NAME: Final = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,79}", re.ASCII)


class QueueDirectory:
    """The queues below one directory. Thread-safe, and safe beside another process."""

    def __init__(self, root: Path, *, most_messages: int = MOST_MESSAGES) -> None:
        self._root = root
        self._most = most_messages
        self._known: dict[Path, deque[Path]] = {}
        self._unseen: Counter[Path] = Counter()
        self._lock = threading.Lock()

    def put(self, queue: str, message: Mapping[str, Any], at: datetime) -> Path:
        """Keep a message and return its file, which appears as a whole.

        `message` has a `MessageId`. Raises `StateDirectoryError`.
        """
        directory = self._root / file_name(queue)
        path = directory / f"{at:%Y%m%dT%H%M%S.%fZ}-{message['MessageId']}.json"
        text = json.dumps(message, ensure_ascii=False, indent=2) + "\n"
        try:
            directory.mkdir(parents=True, exist_ok=True)
            put_in_place(path, text.encode())
            self._bound(path)
        except (OSError, ValueError) as error:
            message_ = f"{directory}: the dead letter cannot be written: {error}"
            raise StateDirectoryError(message_) from error
        return path

    def _bound(self, path: Path) -> None:
        """Remove the oldest messages beside a new one where there are too many.

        The directory is listed now and then only: a thousand messages a second may come, and what
        another process has put there is counted soon enough.
        """
        directory = path.parent
        with self._lock:
            messages = self._known.get(directory)
            if messages is None or self._unseen[directory] >= self._most // 10:
                messages = self._known[directory] = deque(sorted(directory.glob("*.json")))
                self._unseen[directory] = 0
            else:
                messages.append(path)
                self._unseen[directory] += 1
            too_many = [messages.popleft() for _ in range(len(messages) - self._most)]
        for old in too_many:
            old.unlink(missing_ok=True)


def file_name(name: str) -> str:
    """Return a name of one file for any text: itself where it is plain, else escaped.

    No name leads out of its directory, and two names never share a file.
    """
    # A full file of JSON lines is moved to a name of this end, where it must meet no other's.
    if _NAME.fullmatch(name) and not name.endswith((".", ".1")):
        return name
    escaped = "".join(c if c.isascii() and (c.isalnum() or c in "_-") else _hex(c) for c in name)
    if len(escaped) <= 120:
        return escaped or "%"
    import hashlib

    return f"{escaped[:100]}%{hashlib.sha256(name.encode('utf-8', 'replace')).hexdigest()[:16]}"


def _hex(character: str) -> str:
    return "".join(f"%{byte:02X}" for byte in character.encode("utf-8", "surrogatepass"))
