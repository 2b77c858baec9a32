"""ecs-local as a Python library: `Emulator`, and what its operations answer."""

from emulator.api.emulator import Emulator, NotOverError
from emulator.api.results import Container, Firing, Logs, Result, Task

__all__ = ["Container", "Emulator", "Firing", "Logs", "NotOverError", "Result", "Task"]
