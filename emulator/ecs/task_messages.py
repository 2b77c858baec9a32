"""What a task is told: by its containers, a pull, a clock, or whoever wants it to stop."""

import threading
from dataclasses import dataclass

from emulator.ecs.outcome import Failure
from emulator.engines.base import ContainerExit, ImageInfo
from emulator.errors import EngineError
from emulator.model.health import HealthStatus
from emulator.model.networking import NetworkBinding
from emulator.model.task import StopCode


@dataclass(frozen=True, kw_only=True, slots=True)
class Created:
    """The engine has a container; others can take its volumes now."""

    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Started:
    """A container runs. Its output waits until `noted` is set, so that no line precedes this.

    `bindings` are the ports of its own network that are published.
    """

    name: str
    container_id: str
    noted: threading.Event
    bindings: tuple[NetworkBinding, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class HealthChanged:
    """A container's health check found something new."""

    name: str
    status: HealthStatus


@dataclass(frozen=True, kw_only=True, slots=True)
class NotStarted:
    """A container could not be created or started."""

    name: str
    failure: Failure


@dataclass(frozen=True, kw_only=True, slots=True)
class Ended:
    """A container ran and is over, or may be started again; all its output is delivered."""

    name: str
    exit: ContainerExit


@dataclass(frozen=True, kw_only=True, slots=True)
class Lost:
    """The engine went away while a container ran: nobody can say how it ended."""

    name: str
    message: str


Report = Created | Started | HealthChanged | NotStarted | Ended | Lost
"""What a container has to say of itself."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StopAsked:
    """Somebody wants the task to stop; `kill` at once, without SIGTERM."""

    code: StopCode
    reason: str
    kill: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Pulled:
    """A pull is over: with an image, or an error."""

    result: ImageInfo | EngineError


@dataclass(frozen=True, kw_only=True, slots=True)
class DeadlineCame:
    """A startTimeout may have run out."""


Message = Report | StopAsked | Pulled | DeadlineCame
