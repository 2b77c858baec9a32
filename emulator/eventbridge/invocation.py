"""What RunTask is asked for on an occasion: requests of at most ten tasks, and overrides (pure).

The overrides are the target's `Input`, with Scheduler's context attributes in it, or what its
input transformer makes of the event.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from emulator.ecs.identity import started_by
from emulator.ecs.run_task import MAXIMUM_COUNT, RunTaskRequest
from emulator.errors import EcsLocalError
from emulator.eventbridge.occasion import Occasion
from emulator.model.rules import Target, TaskOverride
from emulator.values import frozen


class InvalidInputError(EcsLocalError):
    """What a target is to be given is no TaskOverride, as with a transformer that misses."""

    exit_code = 2


@frozen
class Invocation:
    """One request that a target is to be started with: `count` tasks of it."""

    target: Target
    occasion: Occasion
    count: int


def invocations(targets: Sequence[Target], occasion: Occasion) -> Iterator[Invocation]:
    """Yield the requests of all targets; RunTask starts at most ten tasks at once."""
    for target in targets:
        for begun in range(0, target.task_count, MAXIMUM_COUNT):
            count = min(MAXIMUM_COUNT, target.task_count - begun)
            yield Invocation(target=target, occasion=occasion, count=count)


def run_task_request(
    invocation: Invocation, *, attempt: int = 1, now: datetime | None = None
) -> RunTaskRequest:
    """Return what RunTask is asked for, the `attempt`-th time. Raises `InvalidInputError`."""
    target, occasion = invocation.target, invocation.occasion
    overrides = _overrides(target, occasion, attempt, now or occasion.at)
    return RunTaskRequest(
        task_definition=target.task_definition,
        count=invocation.count,
        overrides=overrides,
        as_written=overrides == target.overrides,
        launch_type=target.launch_type,
        group=target.group,
        cluster=target.cluster,
        started_by=started_by(occasion.rule, occasion.dialect),
        rule=occasion.rule,
        scheduled_at=occasion.scheduled_at,
        event_id=occasion.event_id,
        cause=occasion.cause,
        origin=occasion.origin,
    )


def _overrides(target: Target, occasion: Occasion, attempt: int, now: datetime) -> TaskOverride:
    if target.input_transformer is not None:
        return _transformed(target, occasion, now)
    if occasion.dialect == "scheduler" and target.overrides.container_overrides:
        from emulator.eventbridge.context import in_context, scheduler_context

        context = scheduler_context(
            schedule_arn=occasion.rule_arn,
            scheduled_time=occasion.time_said,
            execution_id=occasion.execution_id,
            attempt=attempt,
        )
        return in_context(target.overrides, context)
    return target.overrides


def _transformed(target: Target, occasion: Occasion, now: datetime) -> TaskOverride:
    """Return the overrides that the input transformer's text says."""
    from emulator.definitions.task_override import parse_task_override
    from emulator.errors import DefinitionError
    from emulator.model.transform import TransformError, transform

    assert target.input_transformer is not None
    try:
        text = transform(
            target.input_transformer,
            occasion.event,
            rule=occasion.rule,
            rule_arn=occasion.rule_arn,
            received=now,
        )
        return parse_task_override(text, "InputTransformer")
    except TransformError as error:
        raise InvalidInputError(str(error)) from error
    except DefinitionError as error:
        raise InvalidInputError(str(error)) from error
