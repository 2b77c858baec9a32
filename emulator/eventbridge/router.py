"""The event bus: finds the rules that an event matches, and starts or tells their targets.

An event is routed in the thread in which it happens, so that a chained task is known before the
task that led to it has left the cluster: who waits for the cluster waits for the chain.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, NamedTuple

from emulator.eventbridge.delivery import Delivery
from emulator.eventbridge.occasion import Occasion, matched
from emulator.eventbridge.service_events import TASK_STATE_CHANGE, Event, task_state_change
from emulator.eventbridge.telling import Telling
from emulator.events import (
    ChainLinked,
    ChainStopped,
    EventBus,
    EventMatched,
    FiringFired,
    TaskStateChanged,
)
from emulator.model.definitions import Definitions
from emulator.model.task import Task
from emulator.timers import Timers

if TYPE_CHECKING:
    from emulator.model.event_rules import EventRule
    from emulator.patterns import PatternIndex

MakeEvent = Callable[[], Event]
Trigger = TaskStateChanged | FiringFired | None
_SHOWN_ID: Final = 8


class _Routes(NamedTuple):
    """The rules by name, and the patterns of each bus: changed as a whole."""

    rules: "dict[str, EventRule]"
    buses: "dict[str, PatternIndex[str]]"


class Router:
    """Routes events to the rules of their bus. Thread-safe.

    `record` takes every event as a function that makes it, and returns soon. Without `chain` no
    matched event starts a task; targets are told all the same. `counts` says whether the end of a
    task is its job's: of an attempt that is followed by another no rule hears.
    """

    def __init__(
        self,
        definitions: Definitions,
        delivery: Delivery,
        bus: EventBus,
        timers: Timers,
        telling: Telling,
        *,
        record: Callable[[MakeEvent], None],
        chain: bool = True,
        counts: Callable[[Task], bool] = lambda _task: True,
    ) -> None:
        self._definitions = definitions
        self._delivery = delivery
        self._bus = bus
        self._timers = timers
        self._telling = telling
        self._record = record
        self._chain = chain
        self._counts = counts
        self._stopped = False
        self._told: set[tuple[str, tuple[str, ...]]] = set()
        self._lock = threading.Lock()
        self.adopt(definitions)
        bus.subscribe(TaskStateChanged, self._on_task)
        bus.subscribe(FiringFired, self._on_fired)

    def adopt(self, definitions: Definitions) -> None:
        """Match by the rules of other definitions from now on."""
        rules = {rule.name: rule for rule in definitions.event_rules if rule.enabled}
        self._definitions = definitions
        self._routes = _Routes(rules, _indexes(rules))

    def put(self, event: Event, *, event_bus: str = "default") -> int:
        """Route an event that begins a chain; return how many rules it matched."""
        self._record(lambda: event)
        return self._route(event, event_bus, ())

    def resume(self, occasion: Occasion) -> bool:
        """Start the targets of a rule for an event that an earlier process has routed.

        Return false where there is no such rule by now.
        """
        rule = self._routes.rules.get(occasion.rule)
        if rule is not None:
            self._start_if_it_may(rule, occasion, None)
        return rule is not None

    @contextmanager
    def unchained(self) -> Iterator[None]:
        """Start no task for what happens meanwhile: not for the end of what is cleared away."""
        chain, self._chain = self._chain, False
        try:
            yield
        finally:
            self._chain = chain

    def stop(self) -> None:
        """Start no task from now on; targets are still told of what happens."""
        self._stopped = True

    def _on_task(self, change: TaskStateChanged) -> None:
        unheard = change.task.stopped and not self._counts(change.task)
        if unheard or "default" not in self._routes.buses:
            # Nobody waits for it but the record, which has a thread of its own.
            self._record(lambda: task_state_change(change.task, change.at))
            return
        self._put(task_state_change(change.task, change.at), change, change.task.cause)

    def _on_fired(self, firing: FiringFired) -> None:
        if firing.event is not None:
            self._put(firing.event, firing, (firing.rule,))

    def _put(self, event: Event, trigger: Trigger, cause: tuple[str, ...]) -> None:
        """Route an event of a service, which its trigger led to."""
        self._record(lambda: event)
        self._route(event, "default", cause, trigger)

    def _route(
        self, event: Event, event_bus: str, cause: tuple[str, ...], trigger: Trigger = None
    ) -> int:
        routes = self._routes
        index = routes.buses.get(event_bus)
        names = [] if index is None else index.matching(event)
        for name in names:
            rule = routes.rules[name]
            occasion = matched(rule, event, cause, self._definitions)
            self._telling.tell(rule.notification_targets, occasion)
            if rule.task_targets and self._chain:
                self._start_if_it_may(rule, occasion, trigger)
        return len(names)

    def _start_if_it_may(self, rule: "EventRule", occasion: Occasion, trigger: Trigger) -> None:
        obstacle = self._endless(occasion)
        if obstacle is None:
            begun = not self._stopped
            self._bus.publish(ChainLinked(occasion, trigger, begun, self._timers.now()))
            if begun:
                self._start(rule, occasion)
                return
            subject = subject_of(occasion.event)
            obstacle = f"matches ({subject}), but ecs-local is stopping: nothing is started"
        self._tell_once(occasion, obstacle)

    def _start(self, rule: "EventRule", occasion: Occasion) -> None:
        self._bus.publish(
            EventMatched(
                rule=rule.name,
                subject=subject_of(occasion.event),
                cause=occasion.cause,
                at=self._timers.now(),
            )
        )
        self._delivery.start(rule.task_targets, occasion)

    def _tell_once(self, occasion: Occasion, obstacle: str) -> None:
        with self._lock:
            known = (occasion.rule, occasion.cause) in self._told
            self._told.add((occasion.rule, occasion.cause))
        if not known:
            self._bus.publish(
                ChainStopped(
                    rule=occasion.rule,
                    cause=occasion.cause,
                    reason=obstacle,
                    at=self._timers.now(),
                )
            )

    def _endless(self, occasion: Occasion) -> str | None:
        """Return why a rule must not start anything once more in its own chain."""
        limit = self._definitions.local.chain_limit
        times = occasion.cause.count(occasion.rule)
        if times <= limit:
            return None
        chain, subject = " > ".join(occasion.cause), subject_of(occasion.event)
        return (
            f"would start for the {_ordinal(times)} time in one chain ({chain}), because of "
            f"{subject}: stopped. On AWS this goes on without end; local.chainLimit "
            f"({limit}) allows more rounds here"
        )


def subject_of(event: Event) -> str:
    """Return in a few words what an event is about."""
    if event["detail-type"] != TASK_STATE_CHANGE or event["source"] != "aws.ecs":
        return f"{event['detail-type']} from {event['source']}"
    detail = event["detail"]
    group = str(detail.get("group", "")).removeprefix("family:")
    task_id = str(detail.get("taskArn", "")).rpartition("/")[2][:_SHOWN_ID]
    return f"{group} task {task_id} is {detail.get('lastStatus')}"


def _ordinal(number: int) -> str:
    in_teens = number // 10 % 10 == 1
    suffix = "th" if in_teens else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{suffix}"


def _indexes(rules: "dict[str, EventRule]") -> "dict[str, PatternIndex[str]]":
    """Return the patterns of each bus that has rules."""
    if not rules:
        return {}
    from emulator.patterns import PatternIndex, parse_pattern

    buses: dict[str, list[EventRule]] = {}
    for rule in rules.values():
        buses.setdefault(rule.event_bus, []).append(rule)
    return {
        name: PatternIndex([(rule.name, parse_pattern(rule.event_pattern)) for rule in known])
        for name, known in buses.items()
    }
