"""Another attempt at a task: same definition, overrides and due instant under a new id (pure)."""

from datetime import datetime

from emulator.ecs import identity
from emulator.ecs.run_task import new_containers
from emulator.model.task import Origin, Task


def further_attempt(
    task: Task,
    *,
    attempt: int,
    now: datetime,
    origin: Origin = Origin.RETRY,
) -> Task:
    """Return attempt number `attempt` at what a task was started for, PROVISIONING since `now`.

    All attempts are tied to the first, also those that follow upon a later one.
    """
    _, _, _, region, account, _ = task.arn.split(":", 5)
    cluster, task_id = task.cluster_arn, identity.new_id()
    definition = task.task_definition
    return Task(
        id=task_id,
        arn=identity.task_arn(region, account, cluster, task_id),
        cluster_arn=cluster,
        task_definition=definition,
        task_definition_arn=task.task_definition_arn,
        containers=new_containers(definition, region, account, cluster, task_id),
        overrides=task.overrides,
        created_at=now,
        launch_type=task.launch_type,
        group=task.group,
        started_by=task.started_by,
        rule=task.rule,
        scheduled_at=task.scheduled_at,
        event_id=task.event_id,
        cause=task.cause,
        origin=origin,
        attempt=attempt,
        retry_of=task.retry_of or task.id,
        availability_zone=task.availability_zone,
        cpu=task.cpu,
        memory=task.memory,
        tags=task.tags,
    )
