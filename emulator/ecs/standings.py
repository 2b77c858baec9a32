"""Where the containers of one task stand, and until when others wait for them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from emulator.ecs.lifecycle import Phase, Standing
from emulator.model.container_life import DependencyCondition
from emulator.model.health import HealthStatus
from emulator.model.task_definition import ContainerDefinition

_AT_ONCE = (DependencyCondition.CREATE, DependencyCondition.START)


class Standings(Mapping[str, Standing]):
    """The standing of each container by name; instants are those of the task's timers."""

    def __init__(self, containers: Iterable[ContainerDefinition]) -> None:
        self._definitions = {container.name: container for container in containers}
        self._standings = {name: Standing() for name in self._definitions}
        self._deadlines: dict[str, datetime] = {}

    def __getitem__(self, name: str) -> Standing:
        return self._standings[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._standings)

    def __len__(self) -> int:
        return len(self._standings)

    @property
    def launching(self) -> bool:
        """Whether the engine is starting a container."""
        return any(s.phase is Phase.LAUNCHING for s in self._standings.values())

    @property
    def running(self) -> bool:
        """Whether the task runs: every container does or is past it, and the essential ones ran."""
        phases = {standing.phase for standing in self._standings.values()}
        past = phases <= {Phase.RUNNING, Phase.STOPPED} and Phase.RUNNING in phases
        return past and all(
            self._standings[c.name].ran for c in self._definitions.values() if c.essential
        )

    def launch(self, name: str) -> None:
        """Note that the engine was asked to start a container."""
        self._standings[name] = Standing(phase=Phase.LAUNCHING)

    def created(self, name: str) -> None:
        """Note that the engine has a container."""
        self._standings[name] = replace(self._standings[name], created=True)

    def started(self, name: str, now: datetime) -> datetime | None:
        """Note that a container runs; return when its startTimeout runs out, if it has one."""
        self._standings[name] = Standing(phase=Phase.RUNNING, created=True, ran=True)
        timeout = self._definitions[name].start_timeout
        if timeout is not None and self._is_awaited(name):
            self._deadlines[name] = now + timedelta(seconds=timeout)
        return self._deadlines.get(name)

    def health(self, name: str, status: HealthStatus) -> None:
        """Note what a health check found."""
        self._standings[name] = replace(self._standings[name], health=status)
        if status is HealthStatus.HEALTHY:
            self._deadlines.pop(name, None)

    def stopped(self, name: str, *, ran: bool = False, exit_code: int | None = None) -> None:
        """Note that a container is over; `ran` is false for one that never started."""
        self._standings[name] = Standing(
            phase=Phase.STOPPED,
            created=self._standings[name].created,
            ran=ran,
            exit_code=exit_code,
        )
        self._deadlines.pop(name, None)

    def expire(self, due: datetime) -> None:
        """Note the startTimeouts that have run out: those that `started` said would at `due`.

        None before it: of those that began since a clock was set back the time is yet to come.
        """
        for name in [name for name, at in self._deadlines.items() if at == due]:
            del self._deadlines[name]
            self._standings[name] = replace(self._standings[name], timed_out=True)

    def _is_awaited(self, name: str) -> bool:
        """Return whether another container waits for more than the start of this one."""
        return any(
            dependency.container_name == name and dependency.condition not in _AT_ONCE
            for container in self._definitions.values()
            for dependency in container.dependencies
        )
