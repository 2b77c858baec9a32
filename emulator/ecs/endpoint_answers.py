"""What a task's endpoint answers to a request, by its path.

Paths, texts and limits are those of the ECS agent's task server.
"""

import json
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import field
from datetime import datetime
from threading import Event
from typing import Any, Final, NamedTuple

from emulator.ecs.metadata import container_metadata, docker_id, task_metadata
from emulator.ecs.task_credentials import CredentialsUnavailableError, TaskCredentials
from emulator.model.task import Task
from emulator.values import frozen

RATE: Final = 40
BURST: Final = 60
"""Requests a second, and at once, that a task may make."""

_PATIENCE: Final = 1.0
"""Seconds; clients wait two."""

_METADATA: Final = re.compile(
    r"/v(?P<version>[34])/(?P<id>[^/]+)(?P<what>|/task|/taskWithTags|/stats|/task/stats)/?"
)
_CREDENTIALS: Final = re.compile(
    r"/v2/credentials(?:/(?P<v2>[^/?]*))?|/v1/credentials(?:\?id=(?P<v1>.*))?"
)
_PLAIN: Final = "text/plain; charset=utf-8"


class Answer(NamedTuple):
    """A status, a body, and its content type."""

    status: int
    body: str
    content_type: str = "application/json"


TOO_MANY: Final = Answer(
    429, "You have reached maximum request limit.", "text/plain; charset=utf-8"
)
NOT_FOUND: Final = Answer(404, "404 page not found\n", _PLAIN)

Stats = Callable[[Collection[str]], Mapping[str, Mapping[str, Any] | None]]
"""Gives the engine's statistics of containers by name; None for one that does not run."""


@frozen
class TaskView:
    """The one task that an endpoint tells of, as it is now.

    `ids` are what paths call its containers; `credentials_id` is None where the task has no role.
    `started` are set once the record says that a container runs, which may ask before. `address`
    gives the address of a container that has one of its own.
    """

    task: Callable[[], Task]
    ids: Mapping[str, str]
    credentials_id: str | None
    credentials: TaskCredentials
    stats: Stats
    now: Callable[[], datetime]
    started: Mapping[str, Event] = field(default_factory=dict)
    address: Callable[[str], str | None] = lambda _container: None

    def answer(self, path: str) -> Answer:
        """Return the answer to `GET path`."""
        metadata = _METADATA.fullmatch(path)
        if metadata is not None:
            return self._metadata(int(metadata["version"]), metadata["id"], metadata["what"])
        credentials = _CREDENTIALS.fullmatch(path)
        if credentials is None:
            return NOT_FOUND
        return self._credentials(credentials["v2"] or credentials["v1"] or "")

    def _metadata(self, version: int, asked: str, what: str) -> Answer:
        name = next((name for name, own in self.ids.items() if own == asked), None)
        if name is None:
            return _unknown(version, asked, what)
        if name in self.started:
            self.started[name].wait(_PATIENCE)
        task = self.task()
        match what:
            case "":
                document: Any = container_metadata(task, name, self.address, version=version)
            case "/stats":
                document = self.stats([name])[name]
            case "/task/stats":
                found = self.stats(self.ids)
                document = {docker_id(task, c): found[c.name] for c in task.containers}
            case _:
                document = task_metadata(task, self.now(), self.address, version=version)
        return _json(200, document)

    def _credentials(self, asked: str) -> Answer:
        if not asked:
            return _refused(400, "NoIdInRequest", "No Credential ID in the request")
        if asked != self.credentials_id:
            return _refused(400, "InvalidIdInRequest", "Credentials not found")
        role = self.task().task_definition.task_role_arn or ""
        try:
            return _json(200, self.credentials.of(role).document(role))
        except CredentialsUnavailableError as error:
            return _refused(503, "CredentialsUninitialized", str(error))


class RateLimit:
    """A bucket of `BURST` requests that `RATE` a second fill; `elapsed` counts seconds."""

    def __init__(self, elapsed: Callable[[], float]) -> None:
        self._elapsed = elapsed
        self._left = float(BURST)
        self._seen = elapsed()

    def admits(self) -> bool:
        """Return whether one more request is within the limit, and count it."""
        now = self._elapsed()
        self._left = min(float(BURST), self._left + (now - self._seen) * RATE)
        self._seen = now
        if self._left < 1:
            return False
        self._left -= 1
        return True


def _unknown(version: int, asked: str, what: str) -> Answer:
    of_task = what.startswith("/task")
    subject = "task" if of_task else "container"
    thing = "stats" if what.endswith("stats") else "metadata"
    wanted, found = ("task arn", "task Arn") if of_task else ("container ID", "docker ID")
    text = (
        f"V{version} {subject} {thing} handler: unable to get {wanted} from request: "
        f"unable to get {found} from v3 endpoint ID: {asked}"
    )
    return _json(404, text)


def _refused(status: int, code: str, message: str) -> Answer:
    text = f"CredentialsV2Request: {message}"
    return _json(status, {"code": code, "message": text, "HTTPErrorCode": status})


def _json(status: int, document: Any) -> Answer:
    return Answer(status, json.dumps(document, ensure_ascii=False))
