"""`local.rules` and `local.history`: what AWS does not decide about tasks, or keep of them."""

import re
from datetime import timedelta
from typing import Final

from emulator.definitions.nodes import Fields, Problems, scalar_text
from emulator.model.durations import parse_duration
from emulator.model.task_policies import HistoryLimits, LocalRule, Notify, Overlap, TaskRetry

MOST_ATTEMPTS: Final = 100
MOST_TASKS: Final = 10_000
MOST_DAYS: Final = 36_500
MOST_KEPT: Final = 100_000_000
LARGEST_BACKOFF: Final = 100.0
_CODES: Final = re.compile(r"(\d{1,3})(?:-(\d{1,3}))?", re.ASCII)
_BACKOFF: Final = re.compile(r"\d{1,3}(?:\.\d{1,6})?", re.ASCII)


def read_local_rules(fields: Fields, problems: Problems) -> dict[str, LocalRule]:
    """Take what is said of each rule."""
    found = {}
    for name, node in fields.entries("rules"):
        own = Fields(node, f"local.rules.{name}", problems)
        overlap = own.member("overlap", of=Overlap)
        found[name] = LocalRule(
            enabled=own.boolean("enabled", default=True) if "enabled" in own else None,
            overlap=overlap or Overlap.ALLOW,
            timeout=_duration(own, "timeout", problems),
            retry=_retry(own, problems),
        )
        own.refuse_rest()
    return found


def read_history_limits(fields: Fields, problems: Problems) -> HistoryLimits | None:
    """Take `history`: how much of it is kept; None for all."""
    section = fields.section("history")
    if section is None:
        return None
    limits = HistoryLimits(
        keep_days=number(section, "keepDays", MOST_DAYS, problems),
        keep_tasks=number(section, "keepTasks", MOST_KEPT, problems),
    )
    section.refuse_rest()
    return None if limits == HistoryLimits() else limits


def number(fields: Fields, name: str, most: int, problems: Problems) -> int | None:
    """Take a whole number from 1 on."""
    value = fields.integer(name)
    if value is not None and not 1 <= value <= most:
        problems.error(f"{name} must be from 1 to {most}, not {value}", fields.place(name))
        return None
    return value


def _retry(fields: Fields, problems: Problems) -> TaskRetry | None:
    section = fields.section("retry")
    if section is None:
        return None
    defaults = TaskRetry(attempts=1)
    attempts = number(section, "attempts", MOST_ATTEMPTS, problems)
    if attempts is None and not section.says("attempts"):
        message = "retry says no attempts: how many there are in all, the first included"
        problems.error(message, section.source, rule="missing-key")
    notify = section.member("notify", of=Notify)
    delay = _duration(section, "delay", problems) or defaults.delay
    retry = TaskRetry(
        attempts=attempts or 1,
        delay=delay,
        backoff=_backoff(section, problems) or defaults.backoff,
        max_delay=_longest_delay(section, delay, problems) or max(delay, defaults.max_delay),
        on=_causes(section, problems),
        notify=notify or defaults.notify,
    )
    section.refuse_rest()
    return retry


def _longest_delay(section: Fields, delay: timedelta, problems: Problems) -> timedelta | None:
    longest = _duration(section, "maxDelay", problems)
    if longest is not None and longest < delay:
        message = "maxDelay is shorter than delay: every delay would be cut to it"
        problems.error(message, section.place("maxDelay"))
    return longest


def _duration(fields: Fields, name: str, problems: Problems) -> timedelta | None:
    text = fields.text(name)
    if text is None:
        return None
    try:
        return parse_duration(text)
    except ValueError as error:
        problems.error(f"{name}: {error}", fields.place(name))
        return None


def _backoff(fields: Fields, problems: Problems) -> float | None:
    text = fields.text("backoff")
    if text is None:
        return None
    if not _BACKOFF.fullmatch(text) or not 1.0 <= float(text) <= LARGEST_BACKOFF:
        message = f"backoff must be a number from 1 to {LARGEST_BACKOFF:.0f}, not {text}"
        problems.error(message, fields.place("backoff"))
        return None
    return float(text)


def _causes(fields: Fields, problems: Problems) -> tuple[str, ...]:
    """Take `on`, one cause or a list."""
    node = fields.take("on")
    if node is None or node.value is None:
        return ()
    items = node.value if isinstance(node.value, list) else [node]
    found = []
    for item in items:
        if isinstance(item.value, bool) or not isinstance(item.value, str | int):
            message = f"on: an exit code, stop code or reason is expected, not {item.kind}"
            problems.error(message, item.source, rule="wrong-type")
            continue
        text = scalar_text(item.value)
        complaint = _complaint(text)
        if complaint is None:
            found.append(text)
        else:
            problems.error(f"on: {complaint}", item.source)
    return tuple(found)


def _complaint(text: str) -> str | None:
    """Return what is wrong with a cause that would never come."""
    codes = _CODES.fullmatch(text)
    if codes is not None:
        first, last = int(codes[1]), int(codes[2] or codes[1])
        fits = 1 <= first <= last <= 255
        return None if fits else f"{text} is not an exit code of a failure: they go from 1 to 255"
    if not text.strip("* "):
        return f"{text!r} says nothing; leave `on` out for every failure"
    from difflib import get_close_matches

    from emulator.model.task import StopCode

    close = get_close_matches(text, tuple(StopCode), n=1, cutoff=0.8)
    if close and text not in tuple(StopCode):
        return f"{text} is not a stop code; did you mean {close[0]}?"
    return None
