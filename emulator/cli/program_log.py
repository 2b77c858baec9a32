"""`--log-format` and `--log-level`: what the program says, for people or one JSON object a line.

The lines are the same; JSON adds the name of what happened and the rule, task and reason it is
about. What containers write is no part of it, nor are the values of environments and secrets.
"""

import argparse
import json
import logging
import re
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from enum import Enum
from typing import Any, Final

from emulator.cli import screen
from emulator.clock import Clock, iso_instant, system_clock
from emulator.model.names import camel_case
from emulator.model.task import Task

_COLOUR: Final = re.compile(r"\x1b\[[0-9;:]*m")
_C1: Final = re.compile(r"[\x7f-\x9f\u2028\u2029]")
_LEFT_OUT: Final = ("event", "problems", "text", "message")
"""Fields of events whose content is the message's already, or the whole of another document."""


def add_log(parser: argparse.ArgumentParser) -> None:
    """Add the options of the program's own log."""
    group = parser.add_argument_group("the log of its own work")
    group.add_argument(
        "--log-format",
        choices=("text", "json"),
        default="text",
        help="as text, or as JSON lines on stderr (default: text)",
    )
    group.add_argument(
        "--log-level",
        choices=screen.LEVELS,
        default="info",
        help="the least that it says (default: info)",
    )


@contextmanager
def logging_as(arguments: argparse.Namespace) -> Iterator[None]:
    """Let the program say what it says as its options want it."""
    form = getattr(arguments, "log_format", "text")
    log = JsonLog(arguments.clock or system_clock) if form == "json" else None
    screen.log_with(log, getattr(arguments, "log_level", "info"))
    handler = None if log is None else _Defects(log)
    if handler is not None:
        logging.getLogger().addHandler(handler)
    try:
        yield
    finally:
        screen.log_with(None, "info")
        if handler is not None:
            logging.getLogger().removeHandler(handler)


class JsonLog:
    """Writes one JSON object a line to stderr. Thread-safe."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()

    def write(self, level: str, name: str, message: str, about: object = None) -> None:
        """Write what happened; `about` is the event it is told of, or further members."""
        document = {
            "time": iso_instant(self._clock(), timespec="milliseconds"),
            "level": level,
            "event": name,
            **members(about),
            "message": _COLOUR.sub("", message),
        }
        plain = (sys.stderr.encoding or "").lower().replace("-", "") != "utf8"
        line = json.dumps(document, ensure_ascii=plain, separators=(",", ":"))
        with self._lock:
            screen.aside(_C1.sub(_escaped, line))


def members(about: object) -> dict[str, Any]:
    """Return what an event is about, as members of a JSON object (pure)."""
    if isinstance(about, Mapping):
        return dict(about)
    found: dict[str, Any] = {}
    for name in getattr(about, "_fields", ()):
        value = getattr(about, name)
        if isinstance(value, Task):
            found |= _task(value)
        elif name not in _LEFT_OUT and value is not None:
            found[camel_case(name)] = _plain(value)
    return found


def _task(task: Task) -> dict[str, Any]:
    found = {
        "rule": task.rule,
        "task": task.id,
        "family": task.task_definition.family,
        "status": task.last_status.value,
        "scheduledAt": task.scheduled_at,
        "attempt": task.attempt if task.attempt > 1 else None,
        "exitCode": task.exit_code if task.stopped else None,
        "stopCode": task.stop_code,
        "reason": task.stopped_reason,
    }
    return {name: _plain(value) for name, value in found.items() if value is not None}


def _plain(value: object) -> Any:
    if isinstance(value, datetime):
        return iso_instant(value, timespec="milliseconds")
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return value if isinstance(value, str | int | float | bool) else str(value)


def _escaped(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"


class _Defects(logging.Handler):
    """Brings what only a defect of this program says into the same form."""

    def __init__(self, log: JsonLog) -> None:
        super().__init__(logging.WARNING)
        self._log = log
        self.setFormatter(logging.Formatter("%(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record, with its traceback where it has one."""
        level = "error" if record.levelno >= logging.ERROR else "warning"
        self._log.write(level, "Defect", self.format(record), {"logger": record.name})
