"""What callers of `Emulator` may write, read into the values that the program goes by.

Every argument has its reader in a table, and all that are wrong are told at once.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final, NoReturn

from emulator.api import kinds
from emulator.api.engines import engine, script
from emulator.api.further_settings import FURTHER_SETTINGS
from emulator.api.kinds import Reader, is_no, named, optional
from emulator.clock import iso_instant
from emulator.definitions.nodes import one_of
from emulator.errors import UsageError, all_of
from emulator.model.rules import TaskOverride

_EVENT: Final[Mapping[str, type]] = {
    **dict.fromkeys(("version", "id", "detail-type", "source", "account", "time", "region"), str),
    "resources": list,
    "detail": dict,
    "replay-name": str,
}
"""The keys of an event, and what stands there."""

_KINDS: Final[Mapping[type, str]] = {str: "a text", list: "a list", dict: "a mapping"}

_ELSEWHERE: Final[Mapping[str, str]] = {
    "files": 'files come first, without a name: `Emulator("infra")`',
    "engine_script": "it is called `script` here",
}
"""Settings of the program that are said in another way here."""


def _clock(name: str, value: object) -> str:
    if isinstance(value, str) and value in {"simulated", "real"}:
        return value
    raise is_no(name, value, "'simulated' or 'real'")


def _overrides(name: str, value: object) -> TaskOverride:
    if isinstance(value, TaskOverride):
        return value
    if not isinstance(value, Mapping | None):
        hint = '{"containerOverrides": [{"name": …, "command": […]}]}'
        raise is_no(name, value, "a mapping", hint=hint)
    if not value:
        return TaskOverride()
    from emulator.definitions.task_override import parse_task_override

    return parse_task_override(kinds.json_text(name, value), name)


def _event(name: str, value: object) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise is_no(name, value, "a mapping", hint='{"source": …, "detail-type": …, "detail": {…}}')
    given: dict[str, Any] = json.loads(kinds.json_text(name, value))
    for key, found in given.items():
        if key not in _EVENT:
            hint = one_of("keys", key, tuple(_EVENT))
            message = f"an event has no key {key!r}; what is yours stands in its detail"
            raise UsageError(message, hint=hint)
        if not isinstance(found, _EVENT[key]):
            raise is_no(f"{name}[{key!r}]", found, _KINDS[_EVENT[key]])
    if "time" in given:
        kinds.instant(f"{name}['time']", given["time"])
    return given


_OWN: Final[Mapping[str, Reader]] = {
    "files": kinds.definition_files,
    "text": optional(kinds.text),
    "directory": optional(kinds.path),
    "state_dir": optional(kinds.path),
    "engine": engine,
    "clock": _clock,
    "start": optional(kinds.instant),
    "script": optional(script),
    "flows": optional(kinds.switch),
    "seed": optional(kinds.whole),
    "scratch": optional(kinds.switch),
}
"""What an emulator is made with."""

_OPERATIONS: Final[Mapping[str, Reader]] = {
    "rule": named("a rule"),
    "family": named("a task definition's family"),
    "overrides": _overrides,
    "count": kinds.whole,
    "event": _event,
    "event_bus": named("an event bus"),
    "within": kinds.patience,
    "duration": kinds.duration,
    **dict.fromkeys(("weeks", "days", "hours", "minutes", "seconds"), kinds.number),
    "until": kinds.instant,
    "wait": kinds.switch,
}
"""What its operations take."""


def read(**given: object) -> dict[str, Any]:
    """Return an operation's arguments by name, as the program takes them.

    Raises `UsageError` for all that are of another kind, and `DefinitionError` for overrides that
    RunTask has not.
    """
    return _read((given, _OPERATIONS))


def read_construction(
    own: Mapping[str, object], settings: Mapping[str, object]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what an emulator is made with, by name, and its further settings.

    Raises `UsageError` for all that is of another kind, or does not go together.
    """
    made = _read((own, _OWN), (settings, FURTHER_SETTINGS))
    _raise(_disagreements(made))
    return {name: made[name] for name in own}, {name: made[name] for name in settings}


def _read(*given: tuple[Mapping[str, object], Mapping[str, Reader]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    wrong: list[UsageError] = []
    for values, readers in given:
        for name, value in values.items():
            try:
                found[name] = readers.get(name, _unknown)(name, value)
            except UsageError as error:
                wrong.append(error)
    _raise(wrong)
    return found


def _unknown(name: str, _value: object) -> NoReturn:
    known = tuple(each for each in (*_OWN, *FURTHER_SETTINGS) if each not in _ELSEWHERE)
    message = f"no setting {name!r}"
    raise UsageError(message, hint=_ELSEWHERE.get(name) or one_of("settings", name, known))


def _disagreements(made: Mapping[str, Any]) -> list[UsageError]:
    """Return what each argument may say, and not all of them together."""
    found = []
    if made["text"] is not None and made["files"]:
        found.append(UsageError("definitions come from files or from `text`, not from both"))
    if made["clock"] == "real" and made["start"] is not None:
        found.append(UsageError("a real clock starts now: `start` is for a simulated one"))
    if made["script"] is not None and made["engine"] != "fake":
        found.append(UsageError("`script` is for the fake engine", hint='add `engine="fake"`'))
    if made.get("fake_time") and made["engine"] == "fake":
        message = "no container of the fake engine sees a clock"
        found.append(UsageError(message, hint="leave `fake_time` out"))
    return found


def _raise(wrong: Iterable[UsageError]) -> None:
    """Raise one error for all that is wrong; as it is where it is but one."""
    match list(wrong):
        case []:
            return
        case [error]:
            raise UsageError(error.message, hint=error.hint) from error.__cause__
        case several:
            raise all_of(several)


def event_of(
    given: Mapping[str, Any], at: datetime, *, region: str, account: str
) -> dict[str, Any]:
    """Return an event as rules get it; what is not given is that of a made-up one."""
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
    return {**made, **given}


def ahead(now: datetime, duration: timedelta, parts: Mapping[str, float]) -> datetime:
    """Return the instant to which time is to pass. Raises `UsageError` where it would go back."""
    try:
        passing = duration + timedelta(**parts)
        end = now + passing
    except OverflowError:
        raise _beyond_all_time(now) from None
    if end < now:
        message = f"time goes forward only: this would be {-passing} back"
        raise UsageError(message)
    if end.year > kinds.LAST_YEAR:
        raise _beyond_all_time(now)
    return end


def _beyond_all_time(now: datetime) -> UsageError:
    message = f"time ends with the year {kinds.LAST_YEAR}"
    return UsageError(message, hint=f"it is {iso_instant(now)}")


def not_past(now: datetime, until: datetime) -> datetime:
    """Return an instant that time is to pass to. Raises `UsageError` for one that is past."""
    if until < now:
        message = f"`until` is past: {iso_instant(until)}, where it is {iso_instant(now)}"
        raise UsageError(message)
    return until
