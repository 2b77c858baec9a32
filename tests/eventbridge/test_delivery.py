"""A due rule becomes RunTask requests, and what cannot be is told."""

import itertools

from emulator.ecs.cluster import Cluster
from emulator.engines.fake import FakeEngine, FakeProcess
from emulator.eventbridge.delivery import Delivery, requests_for
from emulator.events import (
    EventBus,
    FiringFired,
    FiringOverlapped,
    InvocationFailed,
    TaskStateChanged,
)
from emulator.model.definitions import Local, LocalRule, Overlap
from emulator.model.rules import ContainerOverride, Target, TaskOverride
from emulator.model.task import TaskStatus
from emulator.model.task_definition import LaunchType
from tests.builders import NOON, TickingClock, definitions, rule, workshop

PATIENCE = 30.0


class _Delivered:
    """A delivery on a fake engine, with everything it tells."""

    def __init__(self, overlap: Overlap = Overlap.ALLOW) -> None:
        self.told: list[str] = []
        self.refused: list[InvocationFailed] = []
        bus = EventBus()
        bus.subscribe(FiringFired, lambda event: self.told.append(f"{event.rule} fired"))
        bus.subscribe(FiringOverlapped, self._on_overlap)
        bus.subscribe(InvocationFailed, self.refused.append)
        bus.subscribe(TaskStateChanged, self._on_task)
        engine = FakeEngine({"app": FakeProcess(duration=None)})
        self.cluster = Cluster(workshop(engine, bus))
        local = Local(rules={"nightly": LocalRule(overlap=overlap)})
        self.delivery = Delivery(definitions(local=local), self.cluster, bus, TickingClock())

    def end(self) -> None:
        self.cluster.stop_all("Task stopped by user")
        assert self.cluster.wait_idle(PATIENCE)
        self.cluster.close()

    def _on_overlap(self, event: FiringOverlapped) -> None:
        self.told.append(f"{event.rule} overlaps {event.running}, skipped {event.skipped}")

    def _on_task(self, event: TaskStateChanged) -> None:
        if event.task.last_status is TaskStatus.PROVISIONING:
            self.told.append(f"{event.task.rule} task")


def test_each_target_is_a_request_with_what_the_rule_says() -> None:
    overrides = TaskOverride(container_overrides=(ContainerOverride(name="app"),))
    targets = (
        Target(id="a", task_definition="job", task_count=2, overrides=overrides, group="g"),
        Target(id="b", task_definition="other:3", launch_type=LaunchType.FARGATE),
    )
    (id_a, first), (id_b, second) = requests_for(rule(targets=targets), NOON)
    assert (id_a, first.task_definition, first.count, first.overrides, first.group) == (
        "a",
        "job",
        2,
        overrides,
        "g",
    )
    assert (id_b, second.task_definition, second.launch_type) == (
        "b",
        "other:3",
        LaunchType.FARGATE,
    )
    assert {each.started_by for each in (first, second)} == {"events-rule/nightly"}
    assert {each.scheduled_at for each in (first, second)} == {NOON}


def test_a_schedule_of_eventbridge_scheduler_starts_tasks_in_its_own_name() -> None:
    ((_, request),) = requests_for(rule(dialect="scheduler"), NOON)
    assert request.started_by == "chronos-schedule/nightly"


def test_a_firing_is_told_before_its_tasks_which_know_their_due_instant() -> None:
    delivered = _Delivered()
    targets = (Target(id="1", task_definition="job", task_count=2),)
    tasks = delivered.delivery.fire(rule(targets=targets), NOON)
    delivered.end()
    assert delivered.told == ["nightly fired", "nightly task", "nightly task"]
    assert {each.scheduled_at for each in tasks} == {NOON}


def test_a_rule_whose_task_still_runs_starts_another_and_says_so() -> None:
    delivered = _Delivered()
    for _ in itertools.repeat(None, 2):
        delivered.delivery.fire(rule(), NOON)
    delivered.end()
    assert delivered.told[2:] == [
        "nightly overlaps 1, skipped False",
        "nightly fired",
        "nightly task",
    ]


def test_a_rule_that_must_not_overlap_is_skipped_while_its_task_runs() -> None:
    delivered = _Delivered(Overlap.SKIP)
    delivered.delivery.fire(rule(), NOON)
    assert delivered.delivery.fire(rule(), NOON) == []
    assert delivered.delivery.fire(rule("hourly"), NOON)
    delivered.end()
    assert delivered.told[2:] == ["nightly overlaps 1, skipped True", "hourly fired", "hourly task"]


def test_a_target_that_is_refused_does_not_keep_the_others_from_starting() -> None:
    delivered = _Delivered()
    targets = (Target(id="bad", task_definition="gone"), Target(id="good", task_definition="job"))
    tasks = delivered.delivery.fire(rule(targets=targets), NOON)
    delivered.end()
    (refused,) = delivered.refused
    assert (refused.target_id, refused.scheduled_at) == ("bad", NOON)
    assert refused.reason.startswith("ClientException: TaskDefinition not found: gone.")
    assert len(tasks) == 1
