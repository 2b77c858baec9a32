"""Jobs of chains that a simulation has not finished: on record, so that its next part does them.

A rule of events is due at no instant that could fire again: what it was started for is kept from
the moment in which an event matched until no task is left of that.
"""

from collections.abc import Callable, Collection, Iterator
from datetime import datetime
from functools import partial
from typing import NamedTuple

from emulator.app.cut_off import CutOff, Job, was_cut_short
from emulator.ecs.cluster import Cluster
from emulator.eventbridge.occasion import Occasion
from emulator.eventbridge.router import Router
from emulator.events import (
    ChainLinked,
    EventBus,
    FiringFired,
    Promised,
    PromiseKind,
    PromiseSettled,
)
from emulator.model.task import Match
from emulator.state.history import History
from emulator.state.promises import forget_promises, promises
from emulator.state.snapshot import load_value
from emulator.timers import Timers
from emulator.values import frozen

Warn = Callable[[str], None]


@frozen
class Link:
    """What a rule of events starts its tasks for, and the job after which it does.

    That job is of `after_rule` (None: nothing of this simulation, or it is over), which was due at
    `after_due` or had matched the event `after_event`.
    """

    occasion: Occasion
    after_rule: str | None = None
    after_due: datetime | None = None
    after_event: str | None = None

    @property
    def after(self) -> Job | None:
        """The job that led to it."""
        key = self.after_event or self.after_due
        return None if self.after_rule is None or key is None else (self.after_rule, key)


class OpenLink(NamedTuple):
    """A link that was not brought to its end, and when its event happened."""

    at: datetime
    link: Link


class Chains:
    """Keeps links on record while they are open. Thread-safe.

    To be made behind `CutOff`. With `keep_failed` those stay open that have failed, until `end`.
    """

    def __init__(
        self, bus: EventBus, cluster: Cluster, cut_off: CutOff, *, keep_failed: bool
    ) -> None:
        self._bus = bus
        self._cluster = cluster
        self._cut_off = cut_off
        self._keep_failed = keep_failed
        self._open: set[Match] = set()
        bus.subscribe(ChainLinked, self._on_linked)
        cluster.when_over(self._on_over)

    def go_on(self, found: OpenLink, router: Router, timers: Timers, warn: Warn) -> None:
        """Let a link of an earlier part begin again, when its event happened."""
        come = self._cluster.expect()
        begin = partial(self._begin, found.link.occasion, router, warn, come)
        timers.at(max(found.at, timers.now()), begin)

    def end(self, *, failed: bool) -> None:
        """Forget what has failed, unless it is to run again because it has."""
        for match in () if failed else tuple(self._open & self._cut_off.failed):
            self._settle(match)

    def _begin(
        self, occasion: Occasion, router: Router, warn: Warn, come: Callable[[], None]
    ) -> None:
        try:
            if not router.resume(occasion):
                warn(f"{occasion.rule} does not run again: by now there is no such rule")
                self._bus.publish(PromiseSettled(key=_key(occasion.match)))
        finally:
            come()

    def _on_linked(self, linked: ChainLinked) -> None:
        match = linked.occasion.match
        if not linked.begun:
            trigger = linked.trigger
            if not isinstance(trigger, FiringFired | None) and was_cut_short(trigger.task):
                # It runs again itself, and leads here then.
                return
            self._cut_off.cut.add(match)
        self._open.add(match)
        self._bus.publish(
            Promised(key=_key(match), kind=PromiseKind.CHAIN, value=_link(linked), at=linked.at)
        )

    def _on_over(self, match: Match) -> None:
        failed = self._keep_failed and match in self._cut_off.failed
        if match in self._open and match not in self._cut_off.cut and not failed:
            self._settle(match)

    def _settle(self, match: Match) -> None:
        self._open.discard(match)
        self._bus.publish(PromiseSettled(key=_key(match)))


def take_open_links(history: History, again: Collection[Job], warn: Warn) -> list[OpenLink]:
    """Return the links that are to begin again beside the due instants that fire `again`.

    Those are forgotten that a job leads to which runs again itself. What cannot be read is told.
    """
    found = list(_open_links(history, warn))
    running = {*again, *(link.occasion.match for _, link in found)}
    forget_promises(
        history, [_key(o.link.occasion.match) for o in found if o.link.after in running]
    )
    return [o for o in found if o.link.after not in running]


def _open_links(history: History, warn: Warn) -> Iterator[OpenLink]:
    for promise in promises(history, PromiseKind.CHAIN):
        try:
            yield OpenLink(promise.at, load_value(Link, promise.document))
        except ValueError as error:
            warn(f"what {promise.owner} has promised is given up: {error}")
            forget_promises(history, [promise.key])


def _link(linked: ChainLinked) -> Link:
    trigger = linked.trigger
    if trigger is None:
        return Link(occasion=linked.occasion)
    if isinstance(trigger, FiringFired):
        return Link(
            occasion=linked.occasion, after_rule=trigger.rule, after_due=trigger.scheduled_at
        )
    task = trigger.task
    return Link(
        occasion=linked.occasion,
        after_rule=task.rule,
        after_due=task.scheduled_at,
        after_event=task.event_id,
    )


def _key(match: Match | None) -> str:
    """Return the key of a link's promise: the same again for the next part."""
    assert match is not None, "a link is of an event"
    return "chain {} {}".format(*match)
