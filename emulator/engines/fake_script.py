"""What the fake engine's containers do, start by start: by container, image, family or rule."""

import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final, NamedTuple

from emulator.engines.fake import FakeProcess
from emulator.engines.spec import CONTAINER_NAME_LABEL, ContainerSpec
from emulator.errors import SourceRef

RULE_LABEL: Final = "ecs-local.rule"
_LABELS: Final = {
    "container": CONTAINER_NAME_LABEL,
    "family": "com.amazonaws.ecs.task-definition-family",
    "rule": RULE_LABEL,
}
PATTERNS: Final = (*_LABELS, "image")
"""What an entry may ask of a container."""


class Pattern(NamedTuple):
    """What one fact about a container must be like; `source` says where that is asked."""

    key: str
    text: str
    source: SourceRef


@dataclass(frozen=True, slots=True)
class Entry:
    """Which containers do what: patterns, and the processes of their starts in turn."""

    patterns: tuple[Pattern, ...]
    starts: tuple[FakeProcess, ...]

    def fits(self, spec: ContainerSpec) -> bool:
        """Return whether all patterns fit a container."""
        return all(fnmatchcase(_fact(spec, each.key), each.text) for each in self.patterns)


class FakeScript:
    """Answers what a container does when it is created. Thread-safe.

    Starts are counted by entry, container, family and rule, in the order of creation; restarts in
    place count on.
    """

    def __init__(
        self, entries: Sequence[Entry], images: Mapping[str, SourceRef] | None = None
    ) -> None:
        self.images = images
        """The images that are there, and where that is said; None: all."""
        self.entries = tuple(entries)
        self._counts: Counter[tuple[str, ...]] = Counter()
        self._lock = threading.Lock()

    def afresh(self) -> "FakeScript":
        """Return the same script with no start counted."""
        return FakeScript(self.entries, self.images)

    def process(self, spec: ContainerSpec) -> FakeProcess | None:
        """Return what a container does the next time it is started; None: no entry fits."""
        for number, entry in enumerate(self.entries):
            if entry.fits(spec):
                key = (str(number), *(_fact(spec, each) for each in _LABELS))
                with self._lock:
                    count = self._counts[key]
                    self._counts[key] += 1
                return entry.starts[min(count, len(entry.starts) - 1)]
        return None


def _fact(spec: ContainerSpec, key: str) -> str:
    if key == "image":
        return spec.image
    default = spec.name if key == "container" else ""
    return spec.labels.get(_LABELS[key], default)
