"""What every task works with, and the failure of one that cannot start with it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from typing import TYPE_CHECKING

from emulator.clock import Clock, system_clock
from emulator.ecs.host_ports import HostPorts
from emulator.ecs.images import ImageStore
from emulator.ecs.notices import Notices
from emulator.ecs.outage import Outage
from emulator.ecs.plan import Host
from emulator.engines.base import ContainerEngine
from emulator.events import EventBus, Warned
from emulator.model.definitions import Local
from emulator.model.task import Task
from emulator.timers import Timers
from emulator.values import frozen

if TYPE_CHECKING:
    from emulator.ecs.endpoints import Endpoints
    from emulator.ecs.log_groups import MissingGroup


@frozen
class Workshop:
    """What every task works with.

    Tasks live by `clock`; a real engine has one of its own, however the time of a simulation goes,
    and `engine_clock` is the one that agrees with it.

    `missing_log_groups` tells which log groups of a task do not exist and may not be made;
    `environ` is the environment of ecs-local, where secrets may be. `endpoints` is None where
    tasks have none. `in_order`: containers of one task start and are stopped one after the
    other, each when all is at rest: where that takes no time it comes out the same each time then.
    """

    engine: ContainerEngine
    images: ImageStore
    bus: EventBus
    clock: Clock
    local: Local
    host: Host
    ports: HostPorts
    notices: Notices
    timers: Timers
    outage: Outage
    missing_log_groups: "Callable[[Task], Iterable[MissingGroup]]" = lambda _task: ()
    environ: Mapping[str, str] = field(default_factory=dict, repr=False)
    endpoints: "Endpoints | None" = None
    engine_clock: Clock = system_clock
    in_order: bool = False

    def hint(self, task: Task, *hints: str) -> None:
        """Say what to do about a task that cannot start: its reason has AWS's words only."""
        for hint in hints:
            message = f"task {task.id[:8]} cannot start: {hint}"
            self.bus.publish(Warned(message=message, task_id=task.id))


class CannotStartError(Exception):
    """A task cannot start; `reason` as ECS words it, `container` where it is about one.

    Ends the start of a task inside this package: outside it is a stopped task.
    """

    def __init__(self, reason: str, container: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.container = container
