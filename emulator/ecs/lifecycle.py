"""What to do next in the life of a task, given where its containers stand (pure).

By the ECS agent's dependency graph: a container starts once what it depends on has reached its
condition; the end of an essential container stops the task; a container is stopped only after
everything that depends on it is down. AWS: "Container dependency" in the ECS developer guide.
"""

from collections.abc import Mapping
from enum import StrEnum

from emulator.model.container_life import ContainerDependency, DependencyCondition
from emulator.model.health import HealthStatus
from emulator.model.task_definition import ContainerDefinition
from emulator.values import frozen

ABANDONED_EXIT_CODE = 143
"""The exit code ECS makes up for a container whose dependencies can never be met."""


class Phase(StrEnum):
    """Where a container stands. LAUNCHING: the engine was asked to start it."""

    WAITING = "waiting"
    LAUNCHING = "launching"
    RUNNING = "running"
    STOPPED = "stopped"


@frozen
class Standing:
    """One container's phase, and once it is STOPPED how that came.

    `created`: the engine has it. `ran` is false for a container that never started; `timed_out`
    says that it did not reach what others wait for within its startTimeout.
    """

    phase: Phase = Phase.WAITING
    created: bool = False
    ran: bool = False
    health: HealthStatus = HealthStatus.UNKNOWN
    exit_code: int | None = None
    timed_out: bool = False


@frozen
class Step:
    """What to do now. `abandon` names containers that can never start, each with the reason.

    `forgo` names those that are on their way to their start: nobody wants them any more.
    """

    start: tuple[str, ...] = ()
    stop: tuple[str, ...] = ()
    forgo: tuple[str, ...] = ()
    abandon: tuple[tuple[str, str], ...] = ()
    over: bool = False


def next_step(
    containers: tuple[ContainerDefinition, ...],
    standings: Mapping[str, Standing],
    *,
    stopping: bool,
) -> Step:
    """Return what to do now; nothing to do means: wait for a container to change."""
    if all(standing.phase is Phase.STOPPED for standing in standings.values()):
        return Step(over=True)
    if stopping or _essential_stopped(containers, standings):
        return _stopping_step(containers, standings)
    waiting = [c for c in containers if standings[c.name].phase is Phase.WAITING]
    abandon = []
    start = []
    for container in waiting:
        verdicts = [_verdict(d, standings[d.container_name]) for d in container.dependencies]
        hopeless = next((verdict for verdict in verdicts if isinstance(verdict, str)), None)
        if hopeless is not None:
            abandon.append((container.name, hopeless))
        elif all(verdicts):
            start.append(container.name)
    return Step(start=tuple(start), abandon=tuple(abandon))


def _essential_stopped(
    containers: tuple[ContainerDefinition, ...], standings: Mapping[str, Standing]
) -> bool:
    return any(c.essential and standings[c.name].phase is Phase.STOPPED for c in containers)


def _stopping_step(
    containers: tuple[ContainerDefinition, ...], standings: Mapping[str, Standing]
) -> Step:
    never = tuple((c.name, "") for c in containers if standings[c.name].phase is Phase.WAITING)
    busy = {
        dependency.container_name
        for c in containers
        if standings[c.name].phase in (Phase.LAUNCHING, Phase.RUNNING)
        for dependency in c.dependencies
    }
    stop = tuple(
        c.name
        for c in containers
        if standings[c.name].phase is Phase.RUNNING and c.name not in busy
    )
    launching = tuple(n for n, s in standings.items() if s.phase is Phase.LAUNCHING)
    return Step(stop=stop, forgo=launching, abandon=never)


def _verdict(dependency: ContainerDependency, standing: Standing) -> bool | str:
    """Return whether a dependency is met, or as text why it can never be."""
    name, condition = dependency.container_name, dependency.condition
    stopped = standing.phase is Phase.STOPPED
    if condition is DependencyCondition.CREATE and standing.created:
        return True
    if stopped and not standing.ran:
        return f"dependency graph: container {name} did not start and will not"
    match condition:
        case DependencyCondition.CREATE:
            return False
        case DependencyCondition.START:
            return standing.phase in (Phase.RUNNING, Phase.STOPPED)
        case DependencyCondition.HEALTHY if standing.health is HealthStatus.HEALTHY:
            return True
    if standing.timed_out:
        return f"dependency graph: container {name} timed out before it was {condition}"
    if not stopped:
        return False
    if condition is DependencyCondition.HEALTHY:
        return f"dependency graph: container {name} stopped before it was {condition}"
    if condition is DependencyCondition.SUCCESS and standing.exit_code != 0:
        return (
            f"dependency graph: container {name} exited with {standing.exit_code}, "
            "but SUCCESS was required"
        )
    return True
