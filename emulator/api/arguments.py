"""What callers of `Emulator` may write, read into the values that the program goes by."""

import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

from emulator.app.engine_choice import read_file
from emulator.app.settings import Settings
from emulator.definitions.task_override import parse_task_override
from emulator.engines.fake_script import FakeScript, read_script
from emulator.errors import UsageError
from emulator.eventbridge.service_events import envelope
from emulator.model.rules import TaskOverride

Files = str | os.PathLike[str]

_OWN: Final = (
    *("text", "directory", "state_dir", "engine", "clock", "start", "script", "flows", "seed"),
    "scratch",
)
"""What `Emulator` takes by itself."""

_OTHERS: Final = frozenset({"files", "engine_script", "missed", "prewarm"})
"""Settings that mean nothing to it: it has its own way to say them, or never misses a firing."""


def refuse_unknown(settings: Mapping[str, object]) -> None:
    """Raise `UsageError` for a setting there is none of."""
    known = [*_OWN, *(name for name in Settings._fields if name not in {*_OWN, *_OTHERS})]
    unknown = next((name for name in settings if name not in known), None)
    if unknown is None:
        return
    close = get_close_matches(unknown, known, n=1)
    hint = f"did you mean {close[0]!r}?" if close else f"settings: {', '.join(known)}"
    message = f"no setting {unknown!r}"
    raise UsageError(message, hint=hint)


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
    if value.tzinfo is None:
        message = f"{value!r} has no time zone"
        raise UsageError(message, hint="`datetime(…, tzinfo=UTC)`, or a text in ISO 8601")
    return value.astimezone(UTC)


def script_of(script: Files | Mapping[str, Any] | FakeScript | None) -> FakeScript | None:
    """Return what the fake engine is to do: of a file, or of its content as a mapping.

    Raises `UsageError`.
    """
    if isinstance(script, Mapping):
        return read_script(dict(script), "script")
    if isinstance(script, str | os.PathLike):
        return read_file(Path(script))
    return script


def override_of(overrides: TaskOverride | Mapping[str, Any] | None) -> TaskOverride:
    """Return RunTask's overrides. Raises `DefinitionError` for those that are none."""
    if isinstance(overrides, TaskOverride):
        return overrides
    return parse_task_override(json.dumps(dict(overrides or {})), "overrides")


def event_of(
    event: Mapping[str, Any], at: datetime, *, region: str, account: str
) -> dict[str, Any]:
    """Return an event as rules get it; what it lacks is that of a made-up one."""
    made = envelope(
        source="ecs-local.test",
        detail_type="test",
        detail={},
        at=at,
        region=region,
        account=account,
        resources=[],
    )
    return {**made, **event}
