"""What is said once, however many tasks it concerns."""

import threading
from collections.abc import Callable


class Notices:
    """Hands each text on once; thread-safe."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._lock = threading.Lock()
        self._said: set[str] = set()

    def once(self, text: str) -> None:
        """Say a text unless it was said before."""
        with self._lock:
            if text in self._said:
                return
            self._said.add(text)
        self._say(text)
