"""What schedulers that were killed had promised, and how the next one goes on with it."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime
from typing import Final, TypeVar

from emulator.app.live import Live
from emulator.app.recorded_task import recorded_task
from emulator.errors import EcsLocalError
from emulator.eventbridge.failures import WaitingInvocation
from emulator.eventbridge.occasion import Occasion
from emulator.eventbridge.outlet import Parcel
from emulator.events import EventBus, FiringMissed, PromiseKind
from emulator.quantity import counted
from emulator.state.owner import owner_lives
from emulator.state.promises import Promise, forget_promises, promises
from emulator.state.records import WaitingAttempt
from emulator.state.snapshot import load_value

NOT_ITS_HEIR: Final = "the process that was to start it is gone"
NO_LONGER: Final = "by now the definitions say so"
NO_RULE: Final = "it waited for its turn, and by now there is no such rule"
T = TypeVar("T")


def go_on(live: Live, bus: EventBus, heir_of: Collection[str]) -> None:
    """Go on with what was promised, of each kind the first first; what does not come is told.

    `heir_of` are the schedulers that were killed. Notifications are gone on with whoever had them.
    What a living process has promised is its own affair.
    """
    # Attempts that wait count as tasks of their rules, for which firings wait.
    invocations(live, heir_of)
    unfinished_attempts(live, heir_of)
    firings(live, bus, heir_of)
    notifications(live)


def promised_firings(live: Live) -> dict[str, list[datetime]]:
    """Return the due instants of each rule that are to be made up for, as was promised.

    A kill may come before the sign of life that follows: they must not be missed once more.
    """
    found: dict[str, list[datetime]] = {}
    for _, occasion in _left(live, PromiseKind.MAKE_UP, Occasion):
        found.setdefault(occasion.rule, []).append(occasion.at)
    return found


def firings(live: Live, bus: EventBus, heir_of: Collection[str]) -> None:
    """Let firings come that waited for their turn or were to be made up for; report the others."""
    delivery, resumed = live.delivery, 0
    ways = {PromiseKind.TURN: delivery.resume_turn, PromiseKind.MAKE_UP: delivery.resume_make_up}
    for kind, resume in ways.items():
        for promise, occasion in _left(live, kind, Occasion):
            obstacle = NOT_ITS_HEIR
            if promise.owner in heir_of:
                obstacle = "" if resume(promise.key, occasion) else NO_RULE
            if obstacle:
                _miss(live, bus, promise, occasion, obstacle)
            else:
                resumed += 1
    if resumed:
        live.warn(f"going on with {counted(resumed, 'firing')} of before that waited for a turn")


def _miss(live: Live, bus: EventBus, promise: Promise, occasion: Occasion, reason: str) -> None:
    due = (occasion.at,)
    bus.publish(FiringMissed(rule=occasion.rule, scheduled=due, reason=reason, at=live.now()))
    forget_promises(live.history, [promise.key])


def invocations(live: Live, heir_of: Collection[str]) -> None:
    """Let attempts come of targets that could not be invoked; report those that do not."""
    for promise, waiting in _left(live, PromiseKind.INVOCATION, WaitingInvocation):
        invocation = waiting.invocation
        if promise.owner in heir_of:
            live.delivery.resume_invocation(promise.key, waiting)
        else:
            which = f"{invocation.occasion.rule}: target {invocation.target.id}"
            live.warn(f"{which} is not tried again ({waiting.failure.message}): {NOT_ITS_HEIR}")
            forget_promises(live.history, [promise.key])


def notifications(live: Live) -> None:
    """Deliver what earlier processes could not; what its sink is gone of is told."""
    resumed: Counter[str] = Counter()
    gone: Counter[str] = Counter()
    for promise, parcel in _left(live, PromiseKind.NOTIFICATION, Parcel):
        if live.event_bridge.resume_notification(promise.key, parcel):
            resumed[parcel.sink] += 1
        else:
            gone[parcel.sink] += 1
            forget_promises(live.history, [promise.key])
    for sink, count in resumed.items():
        live.warn(f"{sink}: sending {counted(count, 'notification')} of an earlier run")
    for sink, count in gone.items():
        what = counted(count, "notification")
        live.warn(f"{sink}: {what} of an earlier run not delivered: no such sink by now")


def _left(live: Live, kind: PromiseKind, value: type[T]) -> list[tuple[Promise, T]]:
    """Return what processes that are gone have promised; what cannot be read is told."""
    found = []
    for promise in promises(live.history, kind):
        if owner_lives(promise.owner):
            continue
        try:
            found.append((promise, load_value(value, promise.document)))
        except ValueError as error:
            live.warn(f"a {kind} of {promise.owner} is given up: {error}")
            forget_promises(live.history, [promise.key])
    return found


def unfinished_attempts(live: Live, heir_of: Collection[str]) -> None:
    """Let the attempts come that had not, of schedulers that were killed; report all others.

    What a living process waits for is its own affair.
    """
    for attempt in live.history.waiting_attempts():
        try:
            obstacle = _resume(live, attempt, heir_of)
        except EcsLocalError as error:
            obstacle = str(error)
        if obstacle is not None:
            live.recorder.forget(attempt)
            live.warn(f"task {attempt.task_id} gets no other attempt: {obstacle}")


def _resume(live: Live, attempt: WaitingAttempt, heir_of: Collection[str]) -> str | None:
    """Let an attempt come; return why it does not, where it was to come."""
    record = live.history.find(attempt.task_id)
    if owner_lives(record.owner):
        return None
    if record.owner not in heir_of:
        return NOT_ITS_HEIR
    assert attempt.at is not None, "only what is to come waits"
    task = recorded_task(record, live.history)
    return None if live.supervision.resume(task, attempt.at) else NO_LONGER
