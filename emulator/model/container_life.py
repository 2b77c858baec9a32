"""When the containers of a task start, and start again (AWS: ContainerDependency)."""

from enum import StrEnum

from emulator.values import frozen


class DependencyCondition(StrEnum):
    """What another container must have reached before a container that depends on it starts.

    CREATE is never written: `volumesFrom` implies it.
    """

    CREATE = "CREATE"
    START = "START"
    COMPLETE = "COMPLETE"
    SUCCESS = "SUCCESS"
    HEALTHY = "HEALTHY"


@frozen
class ContainerDependency:
    """One entry of `dependsOn`."""

    container_name: str
    condition: DependencyCondition


@frozen
class RestartPolicy:
    """When ECS starts a container again in place.

    Not after an exit code in `ignored_exit_codes`, and only once it ran for
    `restart_attempt_period` seconds since it was last started.
    """

    ignored_exit_codes: tuple[int, ...] = ()
    restart_attempt_period: int = 300
