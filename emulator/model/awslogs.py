"""The options of the awslogs log driver, checked as Docker and ECS check them (pure).

AWS: "Send Amazon ECS logs to CloudWatch" (options, `mode`, `max-buffer-size`); the driver's own
texts are those of moby's awslogs driver.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Final, NamedTuple

from emulator.model.log_pattern import PatternError, compile_pattern, datetime_pattern

GROUP: Final = "awslogs-group"
REGION: Final = "awslogs-region"
STREAM_PREFIX: Final = "awslogs-stream-prefix"
CREATE_GROUP: Final = "awslogs-create-group"
CREATE_STREAM: Final = "awslogs-create-stream"
DATETIME_FORMAT: Final = "awslogs-datetime-format"
MULTILINE_PATTERN: Final = "awslogs-multiline-pattern"
FORMAT: Final = "awslogs-format"
FLUSH_INTERVAL: Final = "awslogs-force-flush-interval-seconds"
MOST_EVENTS: Final = "awslogs-max-buffered-events"
MODE: Final = "mode"
BUFFER_SIZE: Final = "max-buffer-size"

KNOWN: Final = (
    *(GROUP, REGION, STREAM_PREFIX, CREATE_GROUP, CREATE_STREAM, DATETIME_FORMAT),
    *(MULTILINE_PATTERN, FORMAT, FLUSH_INTERVAL, MOST_EVENTS, MODE, BUFFER_SIZE),
    *("awslogs-endpoint", "awslogs-credentials-endpoint"),
)
WITHOUT_EFFECT: Final = {
    CREATE_STREAM: "streams are always made here",
    FORMAT: "events are kept as they are, and no metrics are made of them",
    MOST_EVENTS: "events are written at once here",
    "awslogs-endpoint": "logs are kept on this machine",
    "awslogs-credentials-endpoint": "logs are kept on this machine",
}
"""Options that are accepted and change nothing on this machine, each with the reason."""

BLOCKING: Final = "blocking"
NON_BLOCKING: Final = "non-blocking"
DEFAULT_BUFFER: Final = 10 * 1024 * 1024
LARGEST_BUFFER: Final = 2**62
"""Bytes: the driver counts them in 64 bits."""

DEFAULT_FLUSH: Final = timedelta(seconds=5)
EMF: Final = "json/emf"

_TRUE: Final = ("1", "t", "T", "true", "TRUE", "True")
_FALSE: Final = ("0", "f", "F", "false", "FALSE", "False")
_SIZE: Final = r"(\d+(?:\.\d+)?) ?([kmgtp]?)i?b?"
_WHOLE: Final = r"\+?\d{1,9}"


class AwslogsOptions(NamedTuple):
    """What the options of one container come to.

    `mode` is None where they do not say; `pattern` is RE2 text, `buffer_bytes` of a non-blocking
    container's buffer.
    """

    create_group: bool = False
    pattern: str | None = None
    mode: str | None = None
    buffer_bytes: int = DEFAULT_BUFFER
    flush_interval: timedelta = DEFAULT_FLUSH

    @property
    def blocks(self) -> bool:
        """Whether the container waits for its log.

        AWS drops by default since 2025-06-25; here a job's log is whole unless it says otherwise.
        """
        return self.mode != NON_BLOCKING


def read_options(options: Mapping[str, str]) -> AwslogsOptions:
    """Return what options come to; what the driver refuses is as if it were not there."""
    mode = options.get(MODE) or None
    if mode is None and BUFFER_SIZE in options:
        mode = NON_BLOCKING
    interval = options.get(FLUSH_INTERVAL, "")
    return AwslogsOptions(
        create_group=options.get(CREATE_GROUP) in _TRUE,
        pattern=_pattern(options),
        mode=mode,
        buffer_bytes=_bytes(options.get(BUFFER_SIZE, "")) or DEFAULT_BUFFER,
        flush_interval=timedelta(seconds=int(interval)) if _positive(interval) else DEFAULT_FLUSH,
    )


def complaints(options: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield what the driver refuses: the option it is about, and the text."""
    for name in options:
        if name not in KNOWN:
            yield name, f"unknown log opt '{name}' for awslogs log driver"
    for name in (CREATE_GROUP, CREATE_STREAM):
        value = options.get(name)
        if value and value not in (*_TRUE, *_FALSE):
            reason = f'strconv.ParseBool: parsing "{value}": invalid syntax'
            yield name, f"must specify valid value for log opt '{name}': {reason}"
    for name in (FLUSH_INTERVAL, MOST_EVENTS):
        value = options.get(name)
        if value and not _positive(value):
            yield name, f"must specify a positive integer for log opt '{name}': {value}"
    yield from _format_complaints(options)
    yield from _mode_complaints(options)


def _format_complaints(options: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    both = f"'{DATETIME_FORMAT}' and '{MULTILINE_PATTERN}'"
    form = options.get(FORMAT)
    if DATETIME_FORMAT in options and MULTILINE_PATTERN in options:
        yield MULTILINE_PATTERN, f"you cannot configure log opt {both} at the same time"
        return
    if form and form != EMF:
        yield FORMAT, f"unsupported log format '{form}'"
    elif form and (DATETIME_FORMAT in options or MULTILINE_PATTERN in options):
        either = both.replace("and", "or")
        yield (
            FORMAT,
            f"you cannot configure log opt {either} when log opt '{FORMAT}' is set to '{EMF}'",
        )
    pattern = _pattern(options)
    if pattern is None:
        return
    try:
        compile_pattern(pattern)
    except PatternError as error:
        name = MULTILINE_PATTERN if MULTILINE_PATTERN in options else DATETIME_FORMAT
        yield name, f'awslogs could not parse multiline pattern key "{pattern}": {error}'


def _mode_complaints(options: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    mode, size = options.get(MODE), options.get(BUFFER_SIZE)
    if mode and mode not in (BLOCKING, NON_BLOCKING):
        yield MODE, f"logger: logging mode not supported: {mode}"
    if size is None:
        return
    if mode == BLOCKING:
        yield (
            BUFFER_SIZE,
            f"logger: max-buffer-size option is only supported with 'mode={NON_BLOCKING}'",
        )
    if _bytes(size) is None:
        yield BUFFER_SIZE, f"error parsing option max-buffer-size: invalid size: '{size}'"


def _pattern(options: Mapping[str, str]) -> str | None:
    form = options.get(DATETIME_FORMAT)
    return datetime_pattern(form) if form else options.get(MULTILINE_PATTERN) or None


def _positive(text: str) -> bool:
    return re.fullmatch(_WHOLE, text, re.ASCII) is not None and int(text) > 0


def _bytes(text: str) -> int | None:
    """Return a size such as `10m` in bytes; None when it is none, or too large. 1k is 1024."""
    match = re.fullmatch(_SIZE, text, re.ASCII | re.IGNORECASE)
    if match is None:
        return None
    power = ("", "k", "m", "g", "t", "p").index(match[2].lower())
    size = float(match[1]) * 1024**power
    return int(size) if size <= LARGEST_BUFFER else None
