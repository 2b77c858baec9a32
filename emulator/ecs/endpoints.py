"""The endpoint of each task: metadata, statistics, credentials.

::

    pause container                     ecs-local
    listens at 169.254.170.2:80   --->  receives the listening socket through a Unix socket
                                        accepts, reads a request, answers from the task's record

The socket is made within the task's own network namespace, so that nobody but the task reaches
it, and no address or port of this machine is taken. The engine must run on this machine, for a
socket to be handed from one process to another.

Containers of network mode host have no namespace of their own: their endpoint is a port of the
machine's loopback interface, behind ids that nobody can guess.
"""

import shutil
import socket
import threading
import time
from collections.abc import Callable, Collection
from datetime import datetime
from pathlib import Path
from typing import Final

from emulator.ecs.endpoint_answers import TOO_MANY, Answer, RateLimit, Stats, TaskView
from emulator.ecs.endpoint_ids import EndpointIds, endpoint_ids, own_key
from emulator.ecs.endpoint_server import EndpointServer
from emulator.ecs.handover import Handover
from emulator.ecs.task_credentials import TaskCredentials
from emulator.engines.spec import HANDOVER_SOCKET
from emulator.model.task import Task
from emulator.model.task_definition import NetworkMode

ADDRESS: Final = "169.254.170.2"
LOOPBACK: Final = "127.0.0.1"
_PORT_FILE: Final = "port"
_OWNER_FILE: Final = "owner"


class TaskEndpoint:
    """The endpoint of one task: opened before its containers start, closed at its end.

    `directory` is to be mounted into its pause containers; None where it needs none.
    """

    def __init__(
        self, view: TaskView, ids: EndpointIds, directory: Path, limit: RateLimit, *, host: bool
    ) -> None:
        self.directory = None if host else directory
        self._kept = directory
        self._view = view
        self._ids = ids
        self._limit = limit
        self._lock = threading.Lock()
        self._server = EndpointServer(self._found)
        self._handover: Handover | None = None
        if host:
            listener = _loopback(directory / _PORT_FILE)
            self._url = f"http://{LOOPBACK}:{listener.getsockname()[1]}"
            self._server.serve(listener)
        else:
            self._url = f"http://{ADDRESS}"
            self._handover = Handover(directory / HANDOVER_SOCKET, self._server.serve)

    def environment(self, container: str) -> dict[str, str]:
        """Return what tells a container of the endpoint; the agent writes it over the user's."""
        own, credentials = self._ids.containers[container], self._ids.credentials
        found = {
            "ECS_CONTAINER_METADATA_URI": f"{self._url}/v3/{own}",
            "ECS_CONTAINER_METADATA_URI_V4": f"{self._url}/v4/{own}",
            "ECS_AGENT_URI": f"{self._url}/api/{own}",
        }
        if credentials is not None:
            path = f"/v2/credentials/{credentials}"
            if self._handover is None:
                found["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = f"{self._url}{path}"
            else:
                found["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = path
        return found

    def started(self, container: str) -> None:
        """Take in that the task's record says of a container that it runs."""
        self._view.started[container].set()

    def close(self) -> None:
        """Accept nothing any more, and leave nothing behind; idempotent."""
        if self._handover is not None:
            self._handover.close()
        self._server.close()
        shutil.rmtree(self._kept, ignore_errors=True)

    def _found(self, path: str) -> Answer:
        with self._lock:
            admitted = self._limit.admits()
        return self._view.answer(path) if admitted else TOO_MANY


class Endpoints:
    """Opens endpoints; what they need on disk is in `directory`, which is this user's alone.

    `elapsed` counts the seconds by which requests are limited.
    """

    def __init__(
        self,
        directory: Path,
        credentials: TaskCredentials,
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
        stats: Stats,
        address: Callable[[str], str | None] = lambda _container: None,
    ) -> TaskEndpoint:
        """Open the endpoint of a task, or the one that another process has left.

        Raises OSError where no socket can be made, or not at the same address again. `address`
        gives the address of a container that has one of its own.
        """
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


def _loopback(kept: Path) -> socket.socket:
    """Return a socket that listens on a free port, or on the one that is kept; keep it."""
    port = _kept_port(kept)
    made = socket.socket()
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((LOOPBACK, port))
        made.listen(128)
        if not port:
            # As a whole: who comes after a kill must be able to read it.
            new = kept.with_suffix(".new")
            new.write_text(str(made.getsockname()[1]), "ascii")
            new.replace(kept)
    except OSError:
        made.close()
        raise
    return made


def _kept_port(kept: Path) -> int:
    """Return the port that is kept; 0 where none is. Raises OSError where it cannot be told."""
    try:
        return int(kept.read_text("ascii"))
    except FileNotFoundError:
        return 0
    except ValueError as error:
        message = f"{kept}: no port is in it"
        raise OSError(message) from error
