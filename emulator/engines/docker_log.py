"""The engine's own copy of a container's output, record by record with its time.

A record is a line, or 16 KiB of a longer one. With `timestamps` the API puts the time before each
record, also in the middle of a line; as each record is a frame of its own, it can be taken off
again. A terminal's output has no frames: there a record ends at a newline or after 16 KiB.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, Literal

from emulator.engines.base import LogRecord
from emulator.engines.docker_convert import parse_time
from emulator.engines.docker_errors import understood

RECORD_BYTES: Final = 16 * 1024
EXACT_DRIVER: Final = "local"
"""Keeps bytes as they are, and takes output half as fast again as the other."""

COMMON_DRIVER: Final = "json-file"
_NEVER_ROTATED: Final = "1000t"
_HEADER: Final = 8
_STDERR: Final = 2


def log_config(info: Mapping[str, Any], *, tty: bool) -> dict[str, Any]:
    """Return how an engine of this `docker info` is to keep a container's output (pure).

    All of it: what the engine's own configuration says of rotation or of dropping is for logs
    that are not copies to go on from.
    """
    drivers = (info.get("Plugins") or {}).get("Log") or ()
    # Without frames nobody could tell where the records end that `_with_line_ends` is for.
    wanted = (COMMON_DRIVER,) if tty else (EXACT_DRIVER, COMMON_DRIVER)
    for driver in wanted:
        if driver in drivers:
            return {"Type": driver, "Config": {"max-size": _NEVER_ROTATED, "mode": "blocking"}}
    # Another engine that only speaks Docker's API may not know the options.
    return {"Type": COMMON_DRIVER, "Config": {}}


def read_log(api: Any, container_id: str, *, tty: bool, follow: bool) -> Iterator[LogRecord]:
    """Yield the records of a container's log; raises the SDK's exceptions."""
    query = {"stdout": 1, "stderr": 1, "timestamps": 1, "follow": int(follow), "tail": "all"}
    url = api._url("/containers/{0}/logs", container_id)
    found = api.inspect_container(container_id)
    with understood("the configuration of a container"):
        exact = _driver(found) == EXACT_DRIVER
    response = api._get(url, params=query, stream=True, timeout=None)
    api._raise_for_status(response)
    try:
        reads = response.raw.stream(None, decode_content=False)
        records = (terminal_records if tty else framed_records)(reads)
        yield from with_line_ends(records) if exact else (r._replace(exact=False) for r in records)
    finally:
        response.close()


def _driver(container: Mapping[str, Any]) -> object:
    host_config = container.get("HostConfig") or {}
    return (host_config.get("LogConfig") or {}).get("Type")


def framed_records(reads: Iterable[bytes]) -> Iterator[LogRecord]:
    """Yield the records of a multiplexed log (pure); a frame that is cut off is left out."""
    rest = b""
    for read in reads:
        data = rest + read if rest else read
        position = 0
        while len(data) - position >= _HEADER:
            end = position + _HEADER + int.from_bytes(data[position + 4 : position + _HEADER])
            if end > len(data):
                break
            stream: Literal["stdout", "stderr"] = (
                "stderr" if data[position] == _STDERR else "stdout"
            )
            yield _record(stream, data[position + _HEADER : end])
            position = end
        rest = data[position:]


def with_line_ends(records: Iterable[LogRecord]) -> Iterator[LogRecord]:
    """Put the newline back behind lines of several records, where an older engine has none (pure).

    Docker 20.10's exact driver gives back the last piece of a line without it. Such a piece looks
    like a long last line that had none itself, which gets one here, too; to a log that is one.
    """
    going_on = {"stdout": False, "stderr": False}
    for record in records:
        open_line = not record.data.endswith(b"\n")
        whole = len(record.data) == RECORD_BYTES
        if open_line and not whole and going_on[record.stream]:
            yield record._replace(data=record.data + b"\n")
            open_line = False
        else:
            yield record
        going_on[record.stream] = open_line and whole


def terminal_records(reads: Iterable[bytes]) -> Iterator[LogRecord]:
    """Yield the records of a terminal's log (pure)."""
    rest = b""
    for read in reads:
        rest += read
        while (end := _terminal_end(rest)) is not None:
            yield _record("stdout", rest[:end])
            rest = rest[end:]
    if b" " in rest:
        yield _record("stdout", rest)


def _terminal_end(data: bytes) -> int | None:
    begin = data.find(b" ") + 1
    newline = data.find(b"\n", begin, begin + RECORD_BYTES)
    if begin and newline >= 0:
        return newline + 1
    return begin + RECORD_BYTES if begin and len(data) >= begin + RECORD_BYTES else None


def _record(stream: Literal["stdout", "stderr"], data: bytes) -> LogRecord:
    stamp, _, text = data.partition(b" ")
    at = parse_time(stamp.decode("ascii", "replace"))
    if at is None:
        message = f"the engine's log has a record without a time: {stamp[:40]!r}"
        raise ValueError(message)
    return LogRecord(stream, text, at)
