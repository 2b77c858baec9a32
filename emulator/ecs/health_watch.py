"""Reports what a container's health check finds until its end, across outages of the engine."""

from collections.abc import Callable

from emulator.ecs.outage import Outage
from emulator.ecs.task_messages import HealthChanged, Report
from emulator.engines.base import ContainerEngine
from emulator.errors import EngineError, EngineUnavailableError
from emulator.values import frozen


@frozen
class HealthWatch:
    """Reports the findings of one container of a task.

    An engine that goes away is waited for, and asked again: what it has found meanwhile counts.
    """

    name: str
    engine: ContainerEngine
    outage: Outage
    report: Callable[[Report], None]

    def follow(self, container_id: str, over: Callable[[], bool]) -> None:
        """Report each finding until the container exits, or `over` returns true."""
        watching = True
        while watching:
            watching = False
            try:
                for status in self.engine.watch_health(container_id):
                    self.report(HealthChanged(name=self.name, status=status))
            except EngineUnavailableError as error:
                watching = self.outage.wait_until_over(error, over)
                if watching:
                    self.outage.look_later()
            except EngineError:
                # It is gone. Whoever waits for its end learns what became of it.
                return
