"""Did it run? The firings that schedules want, held against those that there were (pure)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


class Verdict(StrEnum):
    """What became of an expected firing; NEVER_SEEN: nothing here knows of it."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    RUNNING = "running"
    WAITING = "waiting"
    SKIPPED = "skipped"
    MISSED = "missed"
    REFUSED = "refused"
    NEVER_SEEN = "never seen"

    @property
    def is_well(self) -> bool:
        """Whether it ran, or still may come to a good end."""
        return self in (Verdict.SUCCEEDED, Verdict.RUNNING, Verdict.WAITING)


class Seen(NamedTuple):
    """What is recorded of a due instant: `fired`, `missed`, `skipped`, `queued` or `failed`."""

    rule: str
    scheduled_at: datetime
    outcome: str
    detail: str


class SeenTask(NamedTuple):
    """A task that was started for a due instant; `chain` is the id of its first attempt."""

    rule: str
    scheduled_at: datetime
    chain: str
    succeeded: bool | None


class Expectation(NamedTuple):
    """A firing that was to be, and what became of it."""

    rule: str
    scheduled_at: datetime
    verdict: Verdict
    detail: str = ""


def compare(
    expected: Mapping[str, Sequence[datetime]],
    firings: Iterable[Seen],
    tasks: Iterable[SeenTask],
    *,
    without_tasks: Collection[str] = (),
) -> list[Expectation]:
    """Return each expected firing with what became of it, by time; `tasks` are the oldest first.

    Of several attempts the last counts; of several tasks the one that did not go well. Rules
    `without_tasks` only tell something: they have done so once they have fired.
    """
    seen: dict[tuple[str, datetime], dict[str, str]] = {}
    for firing in firings:
        outcomes = seen.setdefault((firing.rule, firing.scheduled_at), {})
        outcomes[firing.outcome] = firing.detail
    ended: dict[tuple[str, datetime], dict[str, bool | None]] = {}
    for task in tasks:
        ended.setdefault((task.rule, task.scheduled_at), {})[task.chain] = task.succeeded
    found = [
        Expectation(
            rule,
            due,
            *_verdict(
                seen.get((rule, due), {}),
                ended.get((rule, due), {}),
                starts_tasks=rule not in without_tasks,
            ),
        )
        for rule, dues in expected.items()
        for due in dues
    ]
    return sorted(found, key=lambda each: (each.scheduled_at, each.rule))


def _verdict(
    outcomes: Mapping[str, str], tasks: Mapping[str, bool | None], *, starts_tasks: bool
) -> tuple[Verdict, str]:
    if "failed" in outcomes:
        return Verdict.REFUSED, outcomes["failed"]
    if tasks:
        return _verdict_of(tasks), ""
    for outcome, verdict in (
        ("skipped", Verdict.SKIPPED),
        ("missed", Verdict.MISSED),
        ("queued", Verdict.WAITING),
    ):
        if outcome in outcomes and "fired" not in outcomes:
            return verdict, outcomes[outcome]
    if "fired" in outcomes and not starts_tasks:
        return Verdict.SUCCEEDED, ""
    if "fired" in outcomes:
        return Verdict.FAILED, "it fired, and no task of it is on record"
    return Verdict.NEVER_SEEN, ""


def _verdict_of(tasks: Mapping[str, bool | None]) -> Verdict:
    if False in tasks.values():
        return Verdict.FAILED
    return Verdict.RUNNING if None in tasks.values() else Verdict.SUCCEEDED
