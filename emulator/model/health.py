"""Health checks of containers, and what they find (AWS: HealthCheck in the ECS API reference)."""

from collections.abc import Iterable
from enum import StrEnum

from emulator.values import frozen


class HealthStatus(StrEnum):
    """What ECS says of a container's or task's health; UNKNOWN without a health check."""

    HEALTHY = "HEALTHY"
    UNHEALTHY = "UNHEALTHY"
    UNKNOWN = "UNKNOWN"


@frozen
class HealthCheck:
    """How a container is asked whether it is well; times in seconds, with ECS's defaults.

    `command` begins with CMD, CMD-SHELL or NONE.
    """

    command: tuple[str, ...]
    interval: int = 30
    timeout: int = 5
    retries: int = 3
    start_period: int = 0

    @property
    def monitored(self) -> bool:
        """Whether anything is asked at all: `NONE` turns a health check off."""
        return self.command[:1] != ("NONE",)


def combined(statuses: Iterable[HealthStatus]) -> HealthStatus:
    """Return the health of a task whose essential containers have these (AWS: Task)."""
    found = set(statuses)
    for status in (HealthStatus.UNHEALTHY, HealthStatus.UNKNOWN, HealthStatus.HEALTHY):
        if status in found:
            return status
    return HealthStatus.UNKNOWN
