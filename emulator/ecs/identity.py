"""Names of tasks: ids, ARNs, startedBy, and the labels that mark a task's containers."""

import hashlib
import random
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from emulator.engines.spec import CONTAINER_NAME_LABEL, PAUSE_CONTAINER, TASK_LABEL
from emulator.model.arns import arn_of
from emulator.model.names import short_name
from emulator.model.task import Task
from emulator.model.task_definition import LaunchType

if TYPE_CHECKING:
    from emulator.model.networking import NetworkInterface

STARTED_BY_LIMIT: Final = 36
"""AWS cuts `events-rule/<name>` and `chronos-schedule/<name>` to so many characters."""

STATE_DIRECTORY_LABEL: Final = "ecs-local.state-directory"
OWNER_LABEL: Final = "ecs-local.owner"
RULE_LABEL: Final = "ecs-local.rule"
TASK_ID_LABEL: Final = "ecs-local.task-id"


_ids = random.Random()  # noqa: S311 - ids are no secrets
_message_ids = random.Random()  # noqa: S311
_engine_names = random.Random()  # noqa: S311
"""Names in the engine must differ from those of any other run, and so are never seeded."""


class _Thread(threading.local):
    fresh = False
    """Whether this thread draws ids that no run has had, whatever seed others have."""


_thread = _Thread()
_seeded_turn: Final = threading.RLock()
"""Held while the sources have the state of a seed, which must not go back under anybody's hands."""

_VERSION_4: Final = 0x4 << 76 | 0x2 << 62
_RANDOM_BITS: Final = ~(0xF << 76 | 0x3 << 62)
"""A UUID's bits but for those of version and variant, of which `_VERSION_4` is made."""


def seed(value: str | None) -> None:
    """Give tasks, containers and events the same ids as each time after this value, in order.

    None: ids that no run has had.
    """
    _ids.seed(value)
    _message_ids.seed(value)


@contextmanager
def fresh() -> Iterator[None]:
    """Let what this thread does meanwhile draw ids that no run has had.

    Those of a seed that another thread has just then would come again when that begins anew.
    """
    with _drawing(fresh=True):
        yield


@contextmanager
def _drawing(*, fresh: bool) -> Iterator[None]:
    before, _thread.fresh = _thread.fresh, fresh
    try:
        yield
    finally:
        _thread.fresh = before


class Seeded:
    """The ids of a seed, for one of several runs of a process: each goes on with its own."""

    def __init__(self, value: str) -> None:
        # As `seed` has them, which gives both sources the same value.
        state = random.Random(value).getstate()  # noqa: S311
        self._states = state, state

    @contextmanager
    def drawn(self) -> Iterator[None]:
        """Let what is done meanwhile draw these ids; what others do afterwards has new ones.

        Other seeds wait for their turn: in another thread one would give ids for a second time.
        """
        with _seeded_turn, _drawing(fresh=False):
            _ids.setstate(self._states[0])
            _message_ids.setstate(self._states[1])
            try:
                yield
            finally:
                self._states = _ids.getstate(), _message_ids.getstate()
                seed(None)


def new_id() -> str:
    """Return a new task id: 32 lower-case hexadecimal digits, as ECS has them."""
    return f"{_new_uuid(_source(_ids)):032x}"


def new_message_id() -> str:
    """Return a new id of an event, or of a message in a queue: a UUID."""
    return _uuid_text(_new_uuid(_source(_message_ids)))


def new_promise_key() -> str:
    """Return a new key of a promise, which no seed gives again: another run may have its own."""
    return f"{_engine_names.getrandbits(128):032x}"


def new_jitter() -> float:
    """Return a random number from 0 to 1 that a seed gives again, too."""
    return _source(_message_ids).random()


def part_id(task: Task, part: str) -> str:
    """Return the id of something that belongs to a task, the same each time: a UUID.

    Threads that ask for it at once cannot mix up the order of ids that a seed gives.
    """
    digest = hashlib.sha256(f"{task.id}/{part}".encode()).digest()
    return _uuid_text(_version_4(int.from_bytes(digest[:16])))


def cluster_arn(region: str, account: str, cluster: str) -> str:
    """Return the ARN of a cluster given by its name or ARN."""
    if cluster.startswith("arn:"):
        return cluster
    return arn_of("ecs", region, account, f"cluster/{cluster}")


def task_arn(region: str, account: str, cluster: str, task_id: str) -> str:
    """Return the ARN of a task."""
    return arn_of("ecs", region, account, f"task/{short_name(cluster)}/{task_id}")


def container_arn(region: str, account: str, cluster: str, task_id: str) -> str:
    """Return the ARN of a new container of a task."""
    own = f"{short_name(cluster)}/{task_id}/{_uuid_text(_new_uuid(_source(_ids)))}"
    return arn_of("ecs", region, account, f"container/{own}")


def task_definition_arn(region: str, account: str, family: str, revision: int) -> str:
    """Return the ARN of a task definition."""
    return arn_of("ecs", region, account, f"task-definition/{family}:{revision}")


def started_by(rule: str, dialect: str) -> str:
    """Return the `startedBy` of a task that a rule or an EventBridge Scheduler schedule starts.

    A schedule's group is no part of it.
    """
    if dialect == "scheduler":
        return f"chronos-schedule/{rule.rpartition('/')[2]}"[:STARTED_BY_LIMIT]
    return f"events-rule/{rule}"[:STARTED_BY_LIMIT]


def engine_name(family: str, revision: int, container: str) -> str:
    """Return a new name for a container in the engine, by the ECS agent's scheme."""
    plain = re.sub(r"[^A-Za-z0-9-]", "", container)
    return f"ecs-{family}-{revision}-{plain}-{_engine_names.getrandbits(80):020x}"


def private_dns_name(task_id: str, region: str) -> str:
    """Return a host name such as Fargate gives a task.

    Fargate's holds the private address, which here is known only once the name is fixed: this
    one is made of the task's id.
    """
    numbers = "-".join(str(int(task_id[i : i + 2], 16)) for i in (0, 2, 4))
    zone = "ec2" if region == "us-east-1" else f"{region}.compute"
    return f"ip-10-{numbers}.{zone}.internal"


def fargate_id(task_id: str, container: str) -> str:
    """Return the id that Fargate's runtime gives a container: the task's and ten digits."""
    digest = hashlib.sha256(f"{task_id}/{container}".encode()).digest()
    return f"{task_id}-{int.from_bytes(digest[:8]) % (9 * 10**9) + 10**9}"


def runtime_id(task: Task, container: str, engine_id: str) -> str:
    """Return the `runtimeId` of a container: on EC2 it is the engine's own id."""
    if task.launch_type is LaunchType.FARGATE:
        return fargate_id(task.id, container)
    return engine_id


def network_interface(task: Task, ip: str, mac: str) -> "NetworkInterface":
    """Return the network interface of a task whose pause container has this address."""
    from emulator.model.networking import NetworkInterface

    return NetworkInterface(
        attachment_id=part_id(task, "network interface"),
        private_dns_name=private_dns_name(task.id, task.region),
        private_ipv4_address=ip,
        mac_address=mac,
    )


def group_name(task_id: str) -> str:
    """Return the control group that the ECS agent gives a task."""
    return f"/ecs/{task_id}"


def labels(task: Task, container: str) -> Mapping[str, str]:
    """Return the labels the ECS agent puts on a container, and our own task id."""
    definition = task.task_definition
    rule = {} if task.rule is None else {RULE_LABEL: task.rule}
    return {
        **rule,
        TASK_LABEL: task.arn,
        "com.amazonaws.ecs.cluster": task.cluster_arn,
        CONTAINER_NAME_LABEL: container,
        "com.amazonaws.ecs.task-definition-family": definition.family,
        "com.amazonaws.ecs.task-definition-version": str(definition.revision),
        TASK_ID_LABEL: task.id,
    }


def own_pause_label(container: str) -> str:
    """Return what the container is labelled that owns the network of another one alone."""
    return f"{PAUSE_CONTAINER}~{container}"


def owned_by_pause(label: str) -> str | None:
    """Return which container's network one that is labelled so owns; None for any other."""
    _, found, name = label.partition(f"{PAUSE_CONTAINER}~")
    return name if found else None


def _source(seeded: random.Random) -> random.Random:
    return _engine_names if _thread.fresh else seeded


def _new_uuid(source: random.Random) -> int:
    """Return the number of a random UUID (version 4 of RFC 9562), which is no secret.

    `uuid4` makes one by a system call, for which Python lets another thread run, and `UUID` takes
    ten times as long as this: a thousand rules of one second would wait for both.
    """
    return _version_4(source.getrandbits(128))


def _version_4(bits: int) -> int:
    return bits & _RANDOM_BITS | _VERSION_4


def _uuid_text(number: int) -> str:
    digits = f"{number:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
