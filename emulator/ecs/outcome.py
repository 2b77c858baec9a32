"""How a task ended, in ECS's words: stop codes, reasons and exit codes (pure).

AWS: "Stopped tasks error messages" in the ECS developer guide; names as the ECS agent forms them.
"""

from typing import Final, NamedTuple

from emulator.engines.base import ContainerExit
from emulator.model.task import StopCode
from emulator.model.task_definition import LaunchType

ESSENTIAL_EXITED: Final = "Essential container in task exited"
FAILED_TO_START: Final = "Task failed to start"
STOPPED_BY_USER: Final = "Task stopped by user"
OUT_OF_MEMORY: Final = "OutOfMemoryError: Container killed due to memory usage"
REASON_LIMIT: Final = 1024


class Failure(NamedTuple):
    """Why a container did not start: ECS's error name and the engine's text."""

    name: str
    message: str

    def reason(self, launch_type: LaunchType) -> str:
        """Return the reason of the container, `<ErrorName>: <message>`."""
        if launch_type is LaunchType.FARGATE:
            return f"{self.name}: {self.message}"[:REASON_LIMIT]
        return f"{self.name}: Error response from daemon: {self.message}"[:REASON_LIMIT]


def pull_failure(image: str, message: str, launch_type: LaunchType) -> Failure:
    """Return the failure of a task whose image cannot be had."""
    prefix = (
        f"pull image manifest has been retried 1 time(s): failed to resolve ref {image}: "
        if launch_type is LaunchType.FARGATE
        else ""
    )
    return Failure(name="CannotPullContainerError", message=prefix + message)


def create_failure(message: str) -> Failure:
    """Return the failure of a container that the engine would not create."""
    return Failure(name="CannotCreateContainerError", message=message)


def start_failure(message: str, launch_type: LaunchType) -> Failure:
    """Return the failure of a container that the engine would not start."""
    prefix = (
        "ResourceInitializationError: failed to create new container runtime task: "
        if launch_type is LaunchType.FARGATE
        else ""
    )
    return Failure(name="CannotStartContainerError", message=prefix + message)


def lost(message: str) -> str:
    """Return the reason of a container that nobody can see to its end any more."""
    return f"CannotInspectContainerError: {message}"[:REASON_LIMIT]


def cannot_stop(message: str) -> str:
    """Return the reason of a container that the engine would not stop."""
    return f"CannotStopContainerError: {message}"[:REASON_LIMIT]


def task_failed_to_start(reason: str, launch_type: LaunchType) -> tuple[StopCode, str]:
    """Return stop code and reason of a task that never ran.

    Fargate's stoppedReason is the error itself; on EC2 it stands with the container.
    """
    text = reason if launch_type is LaunchType.FARGATE else FAILED_TO_START
    return StopCode.TASK_FAILED_TO_START, text[:REASON_LIMIT]


def missing_log_group(launch_type: LaunchType) -> str:
    """Return the reason for a log group that does not exist."""
    text = (
        "failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log "
        "group does not exist."
    )
    if launch_type is LaunchType.FARGATE:
        retried = "failed to validate logger args: create stream has been retried 1 times: "
        return f"ResourceInitializationError: {retried}{text} : exit status 1"
    driver = "failed to initialize logging driver: "
    return f"CannotStartContainerError: Error response from daemon: {driver}{text}"


def exit_reason(ended: ContainerExit) -> str | None:
    """Return the reason of a container that ran and ended; None for one that just exited."""
    if ended.oom_killed:
        return OUT_OF_MEMORY
    if ended.error:
        return f"DockerStateError: {ended.error}"[:REASON_LIMIT]
    return None
