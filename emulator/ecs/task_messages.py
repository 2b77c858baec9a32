"""What a task is told: by its containers, a pull, a clock, or whoever wants it to stop."""

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from emulator.ecs.outcome import Failure
from emulator.engines.base import ContainerExit, ImageInfo
from emulator.errors import EngineError
from emulator.model.health import HealthStatus
from emulator.model.task import StopCode
from emulator.waiting import Signal

if TYPE_CHECKING:
    from emulator.model.networking import NetworkBinding


class Created(NamedTuple):
    """The engine has a container; others can take its volumes now."""

    name: str


class Started(NamedTuple):
    """A container runs. Its output waits until `noted` is set, so that no line precedes this.

    `bindings` are the ports of its own network that are published.
    """

    name: str
    container_id: str
    noted: Signal
    bindings: "tuple[NetworkBinding, ...]" = ()


class HealthChanged(NamedTuple):
    """A container's health check found something new."""

    name: str
    status: HealthStatus


class NotStarted(NamedTuple):
    """A container could not be created or started; `failure` None: nobody wanted it any more."""

    name: str
    failure: Failure | None


class Ended(NamedTuple):
    """A container ran and is over, or may be started again; all its output is delivered."""

    name: str
    exit: ContainerExit


class Lost(NamedTuple):
    """Nobody can say how a container ends that ran; `reason` says why, by ECS's error name."""

    name: str
    reason: str


Report = Created | Started | HealthChanged | NotStarted | Ended | Lost
"""What a container has to say of itself."""


class StopAsked(NamedTuple):
    """Somebody wants the task to stop; `kill` at once, without SIGTERM."""

    code: StopCode
    reason: str
    kill: bool = False


class Pulled(NamedTuple):
    """A pull is over: with an image, or an error."""

    result: ImageInfo | EngineError


class DeadlineCame(NamedTuple):
    """A startTimeout runs out that `due` was said of, unless it is over."""

    due: datetime


Message = Report | StopAsked | Pulled | DeadlineCame
