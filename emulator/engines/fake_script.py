"""What the fake engine's containers do, written down: by container, image, family or rule.

::

    containers:                     # the first entry that fits
    - container: load               # name, image, family and rule; each may hold * and ?
      family: nightly-*
      starts:                       # one after the other; the last one stands for all later
      - {exitCode: 1, output: "cannot connect\\n"}
      - {exitCode: 1}
      - {duration: 3h, output: "loaded 夜間\\n"}
    - image: "*"
      duration: 90s
    images: all                     # which images are there: all (the default), or a list
"""

import re
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import Any, Final

from emulator.engines.base import OutputChunk
from emulator.engines.fake import FakeProcess
from emulator.engines.spec import CONTAINER_NAME_LABEL, ContainerSpec
from emulator.errors import UsageError
from emulator.model.health import HealthStatus

RULE_LABEL: Final = "ecs-local.rule"
_LABELS: Final = {
    "container": CONTAINER_NAME_LABEL,
    "family": "com.amazonaws.ecs.task-definition-family",
    "rule": RULE_LABEL,
}
_PROCESS: Final = (
    *("exitCode", "duration", "output", "error", "oomKilled", "neverStarts", "ignoresSigterm"),
    *("health", "starts"),
)
_DURATION: Final = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)", re.ASCII)
_SECONDS: Final = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
OUT_OF_MEMORY: Final = 137


@dataclass(frozen=True, slots=True)
class Entry:
    """Which containers do what: patterns by key, and the processes of their starts in turn."""

    patterns: tuple[tuple[str, str], ...]
    starts: tuple[FakeProcess, ...]

    def fits(self, spec: ContainerSpec) -> bool:
        """Return whether all patterns fit a container."""
        return all(fnmatchcase(_fact(spec, key), pattern) for key, pattern in self.patterns)


class FakeScript:
    """Answers what a container does when it is created. Thread-safe.

    Starts are counted by entry, container, family and rule, in the order of creation; restarts in
    place count on.
    """

    def __init__(self, entries: Sequence[Entry], images: frozenset[str] | None = None) -> None:
        self.images = images
        """The images that are there; None: all."""
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


def read_script(document: object, source: str) -> FakeScript:
    """Return the script that a parsed document says. Raises `UsageError` with `source`."""
    root = _mapping(document, source)
    _refuse_unknown(root, ("containers", "images"), source)
    listed = root.get("containers", [])
    if not isinstance(listed, list):
        message = f"{source}: containers must be a list"
        raise UsageError(message)
    entries = [_entry(item, f"{source}: containers[{i}]") for i, item in enumerate(listed)]
    images = root.get("images", "all")
    if images == "all":
        return FakeScript(entries)
    if not isinstance(images, list) or not all(isinstance(image, str) for image in images):
        message = f"{source}: images must be `all` or a list of names"
        raise UsageError(message)
    return FakeScript(entries, frozenset(images))


def _entry(item: object, where: str) -> Entry:
    found = _mapping(item, where)
    _refuse_unknown(found, (*_LABELS, "image", *_PROCESS), where)
    patterns = tuple(
        (key, _text(found[key], f"{where}.{key}")) for key in (*_LABELS, "image") if key in found
    )
    starts = found.get("starts")
    if starts is None:
        return Entry(patterns, (_process(found, where),))
    if not isinstance(starts, list) or not starts:
        message = f"{where}.starts must be a list of at least one start"
        raise UsageError(message)
    if any(key in found for key in _PROCESS if key != "starts"):
        message = f"{where}: what a container does stands in `starts`, or beside its patterns"
        raise UsageError(message, hint="move it into each start")
    processes = []
    for number, start in enumerate(starts):
        place = f"{where}.starts[{number}]"
        what = _mapping(start, place)
        _refuse_unknown(what, tuple(key for key in _PROCESS if key != "starts"), place)
        processes.append(_process(what, place))
    return Entry(patterns, tuple(processes))


def _process(found: Mapping[str, Any], where: str) -> FakeProcess:
    oom = _flag(found.get("oomKilled", False), f"{where}.oomKilled")
    output = []
    if "output" in found:
        output.append(OutputChunk("stdout", _text(found["output"], f"{where}.output").encode()))
    if "error" in found:
        output.append(OutputChunk("stderr", _text(found["error"], f"{where}.error").encode()))
    code = found.get("exitCode", OUT_OF_MEMORY if oom else 0)
    if not isinstance(code, int) or isinstance(code, bool) or not 0 <= code <= 255:
        message = f"{where}.exitCode must be a number from 0 to 255, not {code!r}"
        raise UsageError(message)
    never = found.get("neverStarts")
    beside = [key for key in _PROCESS if key in found and key not in ("neverStarts", "starts")]
    if never is not None and beside:
        message = f"{where}: what never starts has no {beside[0]}"
        raise UsageError(message, hint="leave neverStarts or the rest out")
    return FakeProcess(
        output=tuple(output),
        exit_code=code,
        duration=_duration(found.get("duration", "0s"), f"{where}.duration"),
        oom_killed=oom,
        never_starts=None if never is None else _text(never, f"{where}.neverStarts"),
        ignores_sigterm=_flag(found.get("ignoresSigterm", False), f"{where}.ignoresSigterm"),
        health=_health(found.get("health", []), f"{where}.health"),
    )


def _health(found: object, where: str) -> tuple[HealthStatus, ...]:
    known = {status.value: status for status in HealthStatus}
    if not isinstance(found, list) or any(
        not isinstance(each, str) or each not in known for each in found
    ):
        message = f"{where} must be a list of {', '.join(known)}"
        raise UsageError(message)
    return tuple(known[each] for each in found)


def _duration(value: object, where: str) -> timedelta | None:
    """Return a duration; None for one that lasts until the container is stopped."""
    if value == "forever":
        return None
    text = f"{value}s" if isinstance(value, int | float) and not isinstance(value, bool) else value
    parts = _DURATION.findall(text) if isinstance(text, str) else []
    if not parts or "".join(number + unit for number, unit in parts) != text:
        message = f"{where}: {value!r} is not a duration; write 90s, 1h30m or forever"
        raise UsageError(message)
    try:
        return timedelta(seconds=sum(float(number) * _SECONDS[unit] for number, unit in parts))
    except OverflowError as error:
        message = f"{where}: {value!r} is too long"
        raise UsageError(message) from error


def _fact(spec: ContainerSpec, key: str) -> str:
    if key == "image":
        return spec.image
    default = spec.name if key == "container" else ""
    return spec.labels.get(_LABELS[key], default)


def _mapping(value: object, where: str) -> Mapping[str, Any]:
    if not isinstance(value, dict) or not all(isinstance(key, str) for key in value):
        message = f"{where} must be a mapping"
        raise UsageError(message)
    return value


def _refuse_unknown(found: Mapping[str, Any], known: Sequence[str], where: str) -> None:
    unknown = next((key for key in found if key not in known), None)
    if unknown is not None:
        close = get_close_matches(unknown, known, n=1)
        hint = f"did you mean {close[0]!r}?" if close else f"keys here: {', '.join(known)}"
        message = f"{where}: no key {unknown!r}"
        raise UsageError(message, hint=hint)


def _text(value: object, where: str) -> str:
    if not isinstance(value, str):
        message = f"{where} must be text, not {value!r}"
        raise UsageError(message)
    return value


def _flag(value: object, where: str) -> bool:
    if not isinstance(value, bool):
        message = f"{where} must be true or false, not {value!r}"
        raise UsageError(message)
    return value
