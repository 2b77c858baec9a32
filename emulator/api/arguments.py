"""What callers of `Emulator` may write, read into the values that the program goes by."""

import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from emulator.app.engine_choice import read_file
from emulator.clock import system_clock
from emulator.definitions.nodes import one_of
from emulator.errors import UsageError
from emulator.model.rules import TaskOverride

if TYPE_CHECKING:
    from emulator.engines.fake_script import FakeScript

Files = str | os.PathLike[str]

_EVENT: Final[Mapping[str, type]] = {
    **dict.fromkeys(("version", "id", "detail-type", "source", "account", "time", "region"), str),
    "resources": list,
    "detail": dict,
    "replay-name": str,
}
"""The keys of an event, and what stands there."""

_KINDS: Final[Mapping[type, str]] = {str: "a text", list: "a list", dict: "a mapping"}


def instant(value: datetime | str) -> datetime:
    """Return an aware instant in UTC; text is ISO 8601, and UTC where it names no zone.

    Raises `UsageError` for a datetime without a zone, and for other text.
    """
    if isinstance(value, str):
        try:
            parsed = datetime.fromisoformat(value)
        except ValueError as error:
            message = f"{value!r} is not an instant; write 2026-11-24T09:00:00Z"
            raise UsageError(message) from error
        value = parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
    if not isinstance(value, datetime):
        message = f"{value!r} is not an instant"
        raise UsageError(message, hint="`datetime(…, tzinfo=UTC)`, or a text in ISO 8601")
    if value.tzinfo is None:
        message = f"{value!r} has no time zone"
        raise UsageError(message, hint="`datetime(…, tzinfo=UTC)`, or a text in ISO 8601")
    return value.astimezone(UTC)


def start_of(clock: str, start: datetime | str | None) -> datetime:
    """Return where a clock begins. Raises `UsageError` for one there is none of."""
    if clock not in {"simulated", "real"}:
        message = f"no clock {clock!r}"
        raise UsageError(message, hint="clocks: simulated, real")
    if clock == "real" and start is not None:
        message = "a real clock starts now: `start` is for a simulated one"
        raise UsageError(message)
    return system_clock() if start is None else instant(start)


def script_of(script: "Files | Mapping[str, Any] | FakeScript") -> "FakeScript":
    """Return what the fake engine is to do: of a file, or of its content as a mapping.

    Raises `UsageError`.
    """
    from emulator.engines.fake_script import FakeScript, read_script

    if isinstance(script, FakeScript):
        return script
    if isinstance(script, str | os.PathLike):
        return read_file(Path(script))
    return read_script(dict(script) if isinstance(script, Mapping) else script, "script")


def check_duration(within: object) -> None:
    """Raise `UsageError` for what is no `timedelta`: before anything begins that is waited for."""
    if not isinstance(within, timedelta):
        message = f"`within` is a timedelta, not {within!r}"
        raise UsageError(message, hint="`timedelta(minutes=5)`")


def override_of(overrides: TaskOverride | Mapping[str, Any] | None) -> TaskOverride:
    """Return RunTask's overrides.

    Raises `DefinitionError` for those that are none, and `UsageError` for what is no JSON.
    """
    from emulator.definitions.task_override import parse_task_override

    if isinstance(overrides, TaskOverride):
        return overrides
    if not isinstance(overrides, Mapping | None):
        message = f"overrides are a mapping, not {overrides!r}"
        raise UsageError(message, hint='{"containerOverrides": [{"name": …, "command": […]}]}')
    try:
        text = json.dumps(dict(overrides or {}))
    except (TypeError, ValueError) as error:
        message = f"the overrides are not JSON: {error}"
        raise UsageError(message) from error
    return parse_task_override(text, "overrides")


def event_of(
    event: Mapping[str, Any], at: datetime, *, region: str, account: str
) -> dict[str, Any]:
    """Return an event as rules get it; what it lacks is that of a made-up one.

    Raises `UsageError` for what AWS could not send: a key that events have not, a time that is
    none, or no JSON.
    """
    from emulator.eventbridge.service_events import envelope

    made = envelope(
        source="ecs-local.test",
        detail_type="test",
        detail={},
        at=at,
        region=region,
        account=account,
        resources=[],
    )
    return {**made, **_checked(event)}


def _checked(event: Mapping[str, Any]) -> dict[str, Any]:
    try:
        given: dict[str, Any] = json.loads(json.dumps(dict(event), allow_nan=False))
    except (TypeError, ValueError) as error:
        message = f"the event is not JSON: {error}"
        raise UsageError(message) from error
    for key, value in given.items():
        if key not in _EVENT:
            hint = one_of("keys", key, tuple(_EVENT))
            message = f"an event has no key {key!r}; what is yours stands in its detail"
            raise UsageError(message, hint=hint)
        if not isinstance(value, _EVENT[key]):
            message = f"{key} of an event is {_KINDS[_EVENT[key]]}, not {value!r}"
            raise UsageError(message)
    if "time" in given:
        instant(given["time"])
    return given
