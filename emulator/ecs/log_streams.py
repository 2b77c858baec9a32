"""Where a container's output goes: a stream of a log group (pure)."""

from typing import Final

from emulator.model.task import LogStream
from emulator.model.task_definition import ContainerDefinition

LOCAL_STREAM_PREFIX: Final = "ecs-local"


def log_stream(container: ContainerDefinition, family: str, task_id: str) -> LogStream:
    """Return where a container's output goes.

    With awslogs as its options say. Output that AWS would not send to CloudWatch Logs is kept
    under `/ecs/<family>`, so that nothing a job says is lost here.
    """
    log = container.log_configuration
    if log is not None and log.log_driver == "awslogs":
        prefix = log.options.get("awslogs-stream-prefix", LOCAL_STREAM_PREFIX)
        return LogStream(
            log_group=log.options["awslogs-group"],
            log_stream=f"{prefix}/{container.name}/{task_id}",
        )
    return LogStream(
        log_group=f"/ecs/{family}",
        log_stream=f"{LOCAL_STREAM_PREFIX}/{container.name}/{task_id}",
    )
