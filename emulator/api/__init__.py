"""ecs-local as a Python library: `Emulator`, and what its operations answer."""

from emulator.api.containers import Container, Logs
from emulator.api.emulator import Emulator, NotOverError
from emulator.api.firings import Firing, Notification
from emulator.api.results import Result
from emulator.api.tasks import Task
from emulator.ecs.run_task import RunTaskRefusedError

__all__ = [
    "Container",
    "Emulator",
    "Firing",
    "Logs",
    "NotOverError",
    "Notification",
    "Result",
    "RunTaskRefusedError",
    "Task",
]
