"""The names by which a task's endpoint knows its containers and its credentials.

They are derived, not drawn: a process that goes on with a task of another one serves the very paths
that the task's containers were told.
"""

import hashlib
import hmac
import os
import secrets
import uuid
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from emulator.ecs import identity
from emulator.model.task import Task
from emulator.model.task_definition import LaunchType
from emulator.values import frozen

KEY_FILE: Final = "key"
_KEY_BYTES: Final = 32


@frozen
class EndpointIds:
    """`containers` by name, as paths of the metadata name them; `credentials` None: no role."""

    containers: Mapping[str, str]
    credentials: str | None


def endpoint_ids(task: Task, key: bytes) -> EndpointIds:
    """Return the ids of a task: on Fargate `<task>-<ten digits>`, elsewhere a UUID (pure).

    Without the key nobody can tell a UUID.
    """
    fargate = task.launch_type is LaunchType.FARGATE
    return EndpointIds(
        containers={
            c.name: identity.fargate_id(task.id, c.name)
            if fargate
            else _uuid(key, f"container {task.id} {c.name}")
            for c in task.containers
        },
        credentials=(
            _uuid(key, f"credentials {task.id}") if task.task_definition.task_role_arn else None
        ),
    )


def own_key(directory: Path) -> bytes:
    """Return the key of a state directory, made at first. Raises OSError.

    Only this user can read it.
    """
    path = directory / KEY_FILE
    with suppress(FileNotFoundError):
        return path.read_bytes()
    made = directory / f"{KEY_FILE}.{uuid.uuid4()}"
    descriptor = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(descriptor, secrets.token_bytes(_KEY_BYTES))
        # Of two processes that make one at once, the first makes it for both.
        with suppress(FileExistsError):
            os.link(made, path)
    finally:
        os.close(descriptor)
        made.unlink()
    return path.read_bytes()


def _uuid(key: bytes, text: str) -> str:
    digest = hmac.digest(key, text.encode(), hashlib.sha256)
    return str(uuid.UUID(bytes=digest[:16], version=4))
