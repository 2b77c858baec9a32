"""RunTask: a request becomes tasks, or is refused as ECS would refuse it (pure)."""

from collections.abc import Callable
from dataclasses import field, replace
from datetime import datetime
from typing import Final, NamedTuple

from emulator.definitions.nodes import one_of
from emulator.definitions.override_checks import container_hints
from emulator.ecs import identity
from emulator.ecs.log_streams import log_stream
from emulator.errors import EcsLocalError
from emulator.model.definitions import Definitions, Local
from emulator.model.fargate import is_fargate_size
from emulator.model.names import split_task_definition
from emulator.model.overrides import apply_overrides, override_problems
from emulator.model.rules import TaskOverride
from emulator.model.task import Origin, Task, TaskContainer
from emulator.model.task_definition import LaunchType, TaskDefinition
from emulator.values import frozen

MAXIMUM_COUNT: Final = 10
"""RunTask's limit for `count`; an EventBridge target asks several times for more."""


class RunTaskRefusedError(EcsLocalError):
    """RunTask answers with an exception, so that no task exists.

    `code` is the exception's name in the ECS API; the message is AWS's where it is known.
    """

    exit_code = 2

    def __init__(self, code: str, message: str, *, hint: str | None = None) -> None:
        super().__init__(f"{code}: {message}", hint=hint)
        self.code = code


@frozen
class RunTaskRequest:
    """What RunTask is asked for. `task_definition` is a family, `family:revision` or an ARN.

    `cluster` None means the cluster of the definitions. `as_written`: the overrides are those of a
    definition file, whose length was judged where they were read.
    """

    task_definition: str
    count: int = 1
    overrides: TaskOverride = field(default_factory=TaskOverride)
    launch_type: LaunchType | None = None
    group: str | None = None
    cluster: str | None = None
    started_by: str | None = None
    rule: str | None = None
    scheduled_at: datetime | None = None
    event_id: str | None = None
    cause: tuple[str, ...] = ()
    origin: Origin = Origin.RUN_TASK
    as_written: bool = False


class Accepted(NamedTuple):
    """What RunTask has decided about a request: of what its tasks are, and where they run.

    It holds for every request that asks for the same of the same definitions.
    """

    task_definition: TaskDefinition
    task_definition_arn: str
    cluster: str
    cluster_arn: str
    region: str
    account: str
    launch_type: LaunchType


def run_task(
    request: RunTaskRequest,
    definitions: Definitions,
    *,
    now: datetime,
    new_id: Callable[[], str] = identity.new_id,
) -> tuple[Task, ...]:
    """Return `count` new tasks, PROVISIONING since `now`.

    Raises `RunTaskRefusedError`.
    """
    return new_tasks(request, accept(request, definitions), now=now, new_id=new_id)


def accept(request: RunTaskRequest, definitions: Definitions) -> Accepted:
    """Return what RunTask decides about a request. Raises `RunTaskRefusedError`."""
    registered = _find_definition(request.task_definition, definitions)
    launch_type = _launch_type(request, registered)
    problems = [*_limit_problems(request), *override_problems(registered, request.overrides)]
    if problems:
        hint = next(iter(container_hints(registered, request.overrides)), None)
        raise RunTaskRefusedError("InvalidParameterException", " ".join(problems), hint=hint)
    _check_volumes(registered, definitions.local)
    effective = apply_overrides(registered, request.overrides)
    judged = LaunchType.FARGATE in registered.requires_compatibilities
    if launch_type is LaunchType.FARGATE and (request.overrides.resizes or not judged):
        # What a file says for Fargate was judged where it was read, and may be but a warning.
        _check_fargate_size(effective)
    region, account = definitions.region, definitions.account
    cluster = request.cluster or definitions.cluster
    family, revision = effective.family, effective.revision
    return Accepted(
        task_definition=effective,
        task_definition_arn=identity.task_definition_arn(region, account, family, revision),
        cluster=cluster,
        cluster_arn=identity.cluster_arn(region, account, cluster),
        region=region,
        account=account,
        launch_type=launch_type,
    )


def new_tasks(
    request: RunTaskRequest,
    accepted: Accepted,
    *,
    now: datetime,
    new_id: Callable[[], str] = identity.new_id,
) -> tuple[Task, ...]:
    """Return the tasks of a request that was accepted, PROVISIONING since `now`."""
    return tuple(
        _new_task(request, accepted, now=now, task_id=new_id()) for _ in range(request.count)
    )


def _limit_problems(request: RunTaskRequest) -> list[str]:
    """Return which of RunTask's own limits a request is past.

    Overrides that a file says may be too long where that was but a warning.
    """
    problems = []
    if not 1 <= request.count <= MAXIMUM_COUNT:
        problems.append(f"count is 1 to {MAXIMUM_COUNT}, not {request.count}")
    if not request.as_written:
        from emulator.definitions.task_override import OVERRIDES_LIMIT, overrides_length

        if overrides_length(request.overrides) > OVERRIDES_LIMIT:
            problems.append(f"Container Overrides length must be at most {OVERRIDES_LIMIT}")
    return problems


def _find_definition(name: str, definitions: Definitions) -> TaskDefinition:
    family, revision = split_task_definition(name)
    definition = definitions.task_definitions.get(family)
    if definition is None:
        message = f"TaskDefinition not found: {name}."
        hint = one_of("families", family, sorted(definitions.task_definitions))
        raise RunTaskRefusedError("ClientException", message, hint=hint)
    if revision is not None and revision != definition.revision:
        # The files hold one revision; which number AWS gave it they cannot know.
        return replace(definition, revision=revision)
    return definition


def _launch_type(request: RunTaskRequest, definition: TaskDefinition) -> LaunchType:
    compatible = definition.requires_compatibilities
    if request.launch_type is None:
        default = LaunchType.FARGATE if LaunchType.FARGATE in compatible else LaunchType.EC2
        return default if not compatible or default in compatible else compatible[0]
    if compatible and request.launch_type not in compatible:
        message = f"Task definition does not support launch_type {request.launch_type}."
        raise RunTaskRefusedError("InvalidParameterException", message)
    return request.launch_type


def _check_volumes(definition: TaskDefinition, local: Local) -> None:
    """Refuse a volume that is configured at launch: nobody who runs a task here can configure it.

    A directory of this machine under `local.volumes` takes its place.
    """
    if not definition.volumes:
        return
    from emulator.model.volumes import ConfiguredAtLaunch

    for volume in definition.volumes:
        if isinstance(volume.content, ConfiguredAtLaunch) and volume.name not in local.volumes:
            message = f"volume {volume.name} is configured at launch, and is not configured."
            hint = f"`local.volumes: {{{volume.name}: DIRECTORY}}` puts a directory in its place"
            raise RunTaskRefusedError("InvalidParameterException", message, hint=hint)


def _check_fargate_size(definition: TaskDefinition) -> None:
    if definition.cpu is None or definition.memory is None:
        return
    if not is_fargate_size(definition.cpu, definition.memory):
        message = (
            "No Fargate configuration exists for given values: "
            f"{definition.cpu} CPU , {definition.memory} memory. "
            "See the Amazon ECS documentation for the valid values."
        )
        raise RunTaskRefusedError("ClientException", message)


def _new_task(request: RunTaskRequest, accepted: Accepted, *, now: datetime, task_id: str) -> Task:
    region, account, cluster = accepted.region, accepted.account, accepted.cluster
    definition = accepted.task_definition
    return Task(
        id=task_id,
        arn=identity.task_arn(region, account, cluster, task_id),
        cluster_arn=accepted.cluster_arn,
        task_definition=definition,
        task_definition_arn=accepted.task_definition_arn,
        containers=new_containers(definition, region, account, cluster, task_id),
        overrides=request.overrides,
        created_at=now,
        launch_type=accepted.launch_type,
        group=request.group or f"family:{definition.family}",
        started_by=request.started_by,
        rule=request.rule,
        scheduled_at=request.scheduled_at,
        event_id=request.event_id,
        cause=request.cause,
        origin=request.origin,
        availability_zone=f"{region}a",
        cpu=definition.cpu,
        memory=definition.memory,
    )


def new_containers(
    definition: TaskDefinition, region: str, account: str, cluster: str, task_id: str
) -> tuple[TaskContainer, ...]:
    """Return the containers of a new task, PENDING; `cluster` is a name or an ARN."""
    return tuple(
        TaskContainer(
            name=container.name,
            arn=identity.container_arn(region, account, cluster, task_id),
            image=container.image,
            essential=container.essential,
            cpu=container.cpu,
            memory=container.memory,
            memory_reservation=container.memory_reservation,
            log_stream=log_stream(container, definition.family, task_id),
        )
        for container in definition.container_definitions
    )
