"""The endpoint of a task, which serves metadata, statistics and credentials.

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
from pathlib import Path
from typing import Final

from emulator.ecs.endpoint_answers import TOO_MANY, Answer, RateLimit, TaskView
from emulator.ecs.endpoint_ids import EndpointIds
from emulator.ecs.endpoint_server import EndpointServer
from emulator.ecs.handover import Handover
from emulator.engines.spec import HANDOVER_SOCKET
from emulator.whole_files import put_in_place

ADDRESS: Final = "169.254.170.2"
LOOPBACK: Final = "127.0.0.1"
_PORT_FILE: Final = "port"


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
            put_in_place(kept, str(made.getsockname()[1]).encode())
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
