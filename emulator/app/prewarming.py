"""When namespaces are made ahead: a few seconds before a rule is due, by the schedules themselves.

What nobody has come for soon after the due instant is taken down: the firing was skipped, waits for
its turn, or the clock has jumped. Tasks that publish ports are not prepared: until the due second
their ports may be another task's, of the firing before for instance.
"""

import heapq
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from emulator.app.live import Live
from emulator.ecs.prewarmed import MOST
from emulator.ecs.run_task import RunTaskRefusedError
from emulator.errors import DefinitionError
from emulator.eventbridge.invocation import InvalidInputError, invocations, run_task_request
from emulator.eventbridge.occasion import due
from emulator.model.definitions import Definitions, Local
from emulator.model.names import split_task_definition
from emulator.model.rules import Rule
from emulator.model.task_definition import NetworkMode
from emulator.model.task_policies import Overlap
from emulator.schedules import Schedule
from emulator.workers import NoThreadError

LEAD: Final = timedelta(seconds=4)
"""How long before a firing its namespaces are made: a busy engine takes a second or two."""

PATIENCE: Final = timedelta(seconds=5)
"""How long after a due instant they are kept."""


class Prewarming:
    """Prepares the firings of rules whose tasks can be prepared. For one thread."""

    def __init__(
        self,
        live: Live,
        schedules: Iterable[tuple[Rule, Schedule]],
        definitions: Definitions,
        now: datetime,
        *,
        until: datetime | None = None,
    ) -> None:
        self._live = live
        self._definitions = definitions
        self._generation = live.prewarmed.generation
        self._until = until
        self._rules = {r.name: (r, s) for r, s in schedules if _worth_it(r, definitions)}
        self._coming: list[tuple[datetime, str]] = []
        self._passing: list[tuple[datetime, str]] = []
        for name in self._rules:
            self._wait_for_next(name, now)

    def look(self, now: datetime) -> None:
        """Prepare what comes soon, and give up what did not come; returns at once."""
        # More than can stand at once would only make threads that find no room.
        for instant, name in self._soon(now)[:MOST]:
            heapq.heappush(self._passing, (instant, name))
            prepare = partial(self._prepare, name, instant)
            # Without a thread the task makes its own when it is due, if it finds one.
            with suppress(NoThreadError):
                self._live.timers.activity.thread(prepare, "prewarming")
        while self._passing and self._passing[0][0] + PATIENCE <= now:
            instant, name = heapq.heappop(self._passing)
            self._live.prewarmed.give_up(name, instant)

    def end(self) -> None:
        """Prepare nothing any more, and take down what nobody has come for."""
        self._coming.clear()
        self._live.prewarmed.discard()

    def _soon(self, now: datetime) -> list[tuple[datetime, str]]:
        """Return the firings whose time to be prepared has come since the last look."""
        found = []
        while self._coming and self._coming[0][0] - LEAD <= now:
            instant, name = heapq.heappop(self._coming)
            self._wait_for_next(name, max(instant, now))
            if instant >= now and (self._until is None or instant < self._until):
                found.append((instant, name))
        return [(instant, name) for instant, name in found if not self._will_wait(name)]

    def _will_wait(self, name: str) -> bool:
        """Return whether a firing is to be skipped or queued, if what runs of its rule goes on."""
        own = self._definitions.local.rules.get(name)
        waits = own is not None and own.overlap in (Overlap.SKIP, Overlap.QUEUE)
        return waits and self._live.cluster.running_of(name) > 0

    def _wait_for_next(self, name: str, after: datetime) -> None:
        instant = self._rules[name][1].next_after(after)
        if instant is not None:
            heapq.heappush(self._coming, (instant, name))

    def _prepare(self, name: str, instant: datetime) -> None:
        rule = self._rules[name][0]
        occasion = due(rule, instant, self._definitions)
        for invocation in invocations(rule.targets, occasion):
            if not _can_stand(invocation.target.task_definition, self._definitions):
                continue
            try:
                # It may take until others are taken over: their tasks must not get it.
                self._live.prewarm(
                    run_task_request(invocation), self._definitions, self._generation
                )
            except (RunTaskRefusedError, InvalidInputError, DefinitionError):
                # The firing is refused for the same reason, and tells it.
                continue


def is_wanted(asked: bool | None, local: Local) -> bool:
    """Return whether anything is made ahead: as whoever runs has asked, else as the files say."""
    return local.prewarm if asked is None else asked


def _worth_it(rule: Rule, definitions: Definitions) -> bool:
    return any(_can_stand(target.task_definition, definitions) for target in rule.targets)


def _can_stand(name: str, definitions: Definitions) -> bool:
    """Return whether the network of a task can be made before its task is due."""
    definition = definitions.task_definitions.get(split_task_definition(name)[0])
    if definition is None or definition.network_mode is not NetworkMode.AWSVPC:
        return False
    return not any(container.port_mappings for container in definition.container_definitions)
