"""The endpoints of tasks on disk: opened for those that have one, and removed when they are over.

What serves them is imported with the first one: many a task has none.
"""

import shutil
import threading
import time
from collections.abc import Callable, Collection
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from emulator.model.task import Task
from emulator.model.task_definition import NetworkMode

if TYPE_CHECKING:
    from emulator.ecs.endpoint_answers import Stats
    from emulator.ecs.task_credentials import TaskCredentials
    from emulator.ecs.task_endpoint import TaskEndpoint

_OWNER_FILE: Final = "owner"


class Endpoints:
    """Opens endpoints; what they need on disk is in `directory`, which is this user's alone.

    `elapsed` counts the seconds by which requests are limited.
    """

    def __init__(
        self,
        directory: Path,
        credentials: "TaskCredentials",
        now: Callable[[], datetime],
        *,
        owner: str = "",
        elapsed: Callable[[], float] = time.monotonic,
    ) -> None:
        self._directory = directory
        self._credentials = credentials
        self._now = now
        self._owner = owner
        self._elapsed = elapsed

    def open(
        self,
        task: Callable[[], Task],
        stats: "Stats",
        address: Callable[[str], str | None] = lambda _container: None,
    ) -> "TaskEndpoint":
        """Open the endpoint of a task, or the one that another process has left.

        Raises OSError where no socket can be made, or not at the same address again. `address`
        gives the address of a container that has one of its own.
        """
        from emulator.ecs.endpoint_answers import RateLimit, TaskView
        from emulator.ecs.endpoint_ids import endpoint_ids, own_key
        from emulator.ecs.task_endpoint import TaskEndpoint

        made = task()
        self._directory.mkdir(mode=0o700, exist_ok=True)
        ids = endpoint_ids(made, own_key(self._directory))
        own = self._directory / made.id
        own.mkdir(exist_ok=True)
        # A container's root may be nobody on this machine; the directory above keeps others away.
        own.chmod(0o755)
        (own / _OWNER_FILE).write_text(self._owner, "utf-8")
        view = TaskView(
            task=task,
            ids=ids.containers,
            credentials_id=ids.credentials,
            credentials=self._credentials,
            stats=stats,
            now=self._now,
            started={c.name: threading.Event() for c in made.containers},
            address=address,
        )
        host = made.task_definition.network_mode is NetworkMode.HOST
        return TaskEndpoint(view, ids, own, RateLimit(self._elapsed), host=host)

    def left(self, task_id: str) -> bool:
        """Return whether a process that is gone has left the endpoint of a task."""
        return (self._directory / task_id).exists()


def remove_stale(directory: Path, keep: Collection[str], lives: Callable[[str], bool]) -> None:
    """Remove what processes that are gone have left of tasks other than those to keep, by id.

    `lives` tells of an owner whether its process still runs: its tasks may not be on record yet.
    """
    if not directory.is_dir():
        return
    for path in directory.iterdir():
        if path.is_dir():
            if path.name not in keep and not lives(_owner(path)):
                shutil.rmtree(path, ignore_errors=True)
        elif path.is_socket():
            path.unlink(missing_ok=True)


def _owner(path: Path) -> str:
    try:
        return (path / _OWNER_FILE).read_text("utf-8")
    except OSError:
        return ""
