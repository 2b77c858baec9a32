"""Whether ECS starts a container that ended again, by its restart policy (pure).

AWS: "Restart individual containers in Amazon ECS tasks", as the ECS agent's restart tracker
does it: the engine's own restart policy is never used.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from emulator.model.container_life import RestartPolicy


def may_restart(
    policy: "RestartPolicy | None",
    *,
    exit_code: int | None,
    running_since: datetime,
    now: datetime,
    stopping: bool,
) -> bool:
    """Return whether a container is started again in place.

    `running_since` is its last restart, or its start. A container that ends sooner than the
    attempt period after that stays down, and so does every container of a task that stops.
    """
    if policy is None or stopping or exit_code is None:
        return False
    if exit_code in policy.ignored_exit_codes:
        return False
    return now - running_since >= timedelta(seconds=policy.restart_attempt_period)
