"""Builders of model values that fill in all but what a test is about."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from emulator.clock import system_clock
from emulator.ecs.host_ports import HostPorts
from emulator.ecs.images import ImageStore
from emulator.ecs.notices import Notices
from emulator.ecs.outage import Outage
from emulator.ecs.plan import Host
from emulator.ecs.run_task import RunTaskRequest, run_task
from emulator.ecs.workshop import Workshop
from emulator.engines.base import ContainerEngine
from emulator.events import EventBus, Warned
from emulator.model.container_life import ContainerDependency, DependencyCondition
from emulator.model.definitions import Definitions, Local
from emulator.model.event_rules import EventRule
from emulator.model.pull_policy import PullPolicy
from emulator.model.rules import Rule, Target
from emulator.model.task import Task
from emulator.model.task_definition import ContainerDefinition, LogConfiguration, TaskDefinition
from emulator.timers import WallTimers

NOON: Final = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


class TickingClock:
    """A clock that moves on by a millisecond each time it is read, so that order shows."""

    def __init__(self, start: datetime = NOON) -> None:
        self._now = start

    def __call__(self) -> datetime:
        self._now += timedelta(milliseconds=1)
        return self._now


def container(name: str = "app", **fields: Any) -> ContainerDefinition:
    """Return a container definition of alpine."""
    return ContainerDefinition(**{"name": name, "image": "alpine:latest", **fields})


def depends_on(**conditions: str) -> tuple[ContainerDependency, ...]:
    """Return a `dependsOn` from container names to conditions."""
    return tuple(
        ContainerDependency(container_name=name, condition=DependencyCondition(condition))
        for name, condition in conditions.items()
    )


def awslogs(
    group: str = "/jobs/nightly", prefix: str = "batch", **options: str
) -> LogConfiguration:
    """Return a log configuration for awslogs."""
    return LogConfiguration(
        log_driver="awslogs",
        options={
            "awslogs-group": group,
            "awslogs-stream-prefix": prefix,
            "awslogs-region": "ap-northeast-1",
            **options,
        },
    )


def task_definition(*containers: ContainerDefinition, **fields: Any) -> TaskDefinition:
    """Return a task definition of family `job`, of one container unless others are given."""
    return TaskDefinition(
        **{
            "family": "job",
            "container_definitions": containers or (container(),),
            **fields,
        }
    )


def definitions(*known: TaskDefinition, **fields: Any) -> Definitions:
    """Return resolved definitions of these task definitions, or of one."""
    by_family = {each.family: each for each in known or (task_definition(),)}
    return Definitions(**{"task_definitions": by_family, "region": "ap-northeast-1", **fields})


def rule(name: str = "nightly", **fields: Any) -> Rule:
    """Return a rule with one target of family `job`."""
    return Rule(
        **{
            "name": name,
            "schedule_expression": "rate(1 minute)",
            "targets": (Target(id="1", task_definition="job"),),
            **fields,
        }
    )


def event_rule(
    name: str = "after", pattern: str = '{"source": ["my.app"]}', **fields: Any
) -> EventRule:
    """Return a rule that matches events, with one target of family `job`."""
    return EventRule(
        **{
            "name": name,
            "event_pattern": pattern,
            "targets": (Target(id="1", task_definition="job"),),
            **fields,
        }
    )


def task(*containers: ContainerDefinition, task_id: str = "0" * 31 + "1", **fields: Any) -> Task:
    """Return a PROVISIONING task of these containers; `fields` go to the task definition."""
    known = definitions(task_definition(*containers, **fields))
    (made,) = run_task(
        RunTaskRequest(task_definition="job", rule="nightly", scheduled_at=NOON),
        known,
        now=NOON,
        new_id=lambda: task_id,
    )
    return made


def workshop(
    engine: ContainerEngine,
    bus: EventBus | None = None,
    *,
    local: Local | None = None,
    pull: PullPolicy = PullPolicy.MISSING,
    labels: Mapping[str, str] | None = None,
    **fields: Any,
) -> Workshop:
    """Return what tasks work with, on an engine."""
    bus = bus or EventBus()
    timers = fields.pop("timers", None) or WallTimers(system_clock)

    def say(text: str) -> None:
        bus.publish(Warned(message=text))

    return Workshop(
        **{
            "engine": engine,
            "images": ImageStore(engine, pull, bus),
            "bus": bus,
            "clock": TickingClock(),
            "local": local or Local(),
            "host": Host(cpus=2, labels=labels or {}),
            "ports": HostPorts("127.0.0.1", say),
            "notices": Notices(say),
            "timers": timers,
            "outage": Outage(engine, timers, say, patience=timedelta(0)),
            **fields,
        }
    )
