"""A due rule becomes RunTask requests, and what cannot be is told."""

import itertools
import json
import threading
from datetime import datetime, timedelta
from typing import Any

from emulator.ecs.cluster import Cluster
from emulator.ecs.run_task import RunTaskRequest
from emulator.engines.fake import FakeEngine, FakeProcess
from emulator.eventbridge.chaos import Chaos, Disturbance
from emulator.eventbridge.delivery import Delivery
from emulator.eventbridge.invocation import invocations, run_task_request
from emulator.eventbridge.notification import Notification
from emulator.eventbridge.occasion import due
from emulator.eventbridge.telling import Telling
from emulator.eventbridge.undelivered import Undelivered
from emulator.events import (
    DeadLettered,
    EventBus,
    FiringFired,
    FiringOverlapped,
    InvocationFailed,
    InvocationRetried,
    Promised,
    PromiseSettled,
    TaskStateChanged,
)
from emulator.model.container_override import ContainerOverride
from emulator.model.definitions import Local
from emulator.model.delivery import InputTransformer, RetryPolicy
from emulator.model.notification_targets import NotificationTarget, TargetKind
from emulator.model.rules import Rule, Target, TaskOverride
from emulator.model.task import TaskStatus
from emulator.model.task_definition import LaunchType
from emulator.model.task_policies import LocalRule, Overlap
from emulator.timers import SimulatedTimers
from tests.builders import NOON, definitions, rule, workshop

PATIENCE = 60.0


class Delivered:
    """A delivery on a fake engine, with everything it tells."""

    def __init__(
        self, overlap: Overlap = Overlap.ALLOW, *, chaos: tuple[Disturbance, ...] = ()
    ) -> None:
        self.told: list[str] = []
        self.refused: list[InvocationFailed] = []
        self.promised: dict[str, Any] = {}
        bus = EventBus()
        bus.subscribe(Promised, lambda event: self.promised.update({event.key: event.value}))
        bus.subscribe(PromiseSettled, self._on_settled)
        self.changed = threading.Condition()
        bus.subscribe(FiringFired, lambda event: self.told.append(f"{event.rule} fired"))
        bus.subscribe(FiringOverlapped, self._on_overlap)
        bus.subscribe(InvocationFailed, self.refused.append)
        bus.subscribe(TaskStateChanged, self._on_task)
        bus.subscribe(InvocationRetried, lambda e: self.told.append(f"{e.rule} retries"))
        self.retried: list[InvocationRetried] = []
        bus.subscribe(InvocationRetried, self.retried.append)
        bus.subscribe(DeadLettered, lambda e: self.told.append(f"{e.rule} in {e.path}"))
        engine = FakeEngine({"app": FakeProcess(duration=None)})
        self.cluster = Cluster(workshop(engine, bus))
        local = Local(rules={"nightly": LocalRule(overlap=overlap)})
        self.timers = SimulatedTimers(NOON)
        self.letters: list[tuple[str, dict[str, Any]]] = []
        undelivered = Undelivered(definitions(), bus, self.timers.now, self._keep)
        self.notified: list[Notification] = []
        self.delivery = Delivery(
            definitions(local=local),
            self.cluster,
            bus,
            self.timers,
            undelivered,
            Telling(bus, self.timers, undelivered, self.notified.append),
            chaos=Chaos(chaos),
            jitter=lambda: 1.0,
        )

    def end(self) -> None:
        self.cluster.stop_all("Task stopped by user")
        assert self.cluster.wait_idle(PATIENCE)

    def _keep(self, queue: str, message: dict[str, Any], _at: datetime) -> str:
        self.letters.append((queue, message))
        return f"{queue}.json"

    def _on_settled(self, event: PromiseSettled) -> None:
        with self.changed:
            del self.promised[event.key]
            self.changed.notify_all()

    def _on_overlap(self, event: FiringOverlapped) -> None:
        self.told.append(f"{event.rule} overlaps {event.running}, skipped {event.skipped}")

    def _on_task(self, event: TaskStateChanged) -> None:
        if event.task.last_status is TaskStatus.PROVISIONING:
            self.told.append(f"{event.task.rule} task")


def requests(of: Rule) -> list[RunTaskRequest]:
    """Return what RunTask is asked for when a rule is due."""
    occasion = due(of, NOON, definitions())
    return [run_task_request(each) for each in invocations(of.targets, occasion)]


def test_each_target_is_a_request_with_what_the_rule_says() -> None:
    overrides = TaskOverride(container_overrides=(ContainerOverride(name="app"),))
    targets = (
        Target(id="a", task_definition="job", task_count=2, overrides=overrides, group="g"),
        Target(id="b", task_definition="other:3", launch_type=LaunchType.FARGATE),
    )
    first, second = requests(rule(targets=targets))
    assert (first.task_definition, first.count, first.overrides, first.group) == (
        "job",
        2,
        overrides,
        "g",
    )
    assert (second.task_definition, second.launch_type) == ("other:3", LaunchType.FARGATE)
    assert {each.started_by for each in (first, second)} == {"events-rule/nightly"}
    assert {each.scheduled_at for each in (first, second)} == {NOON}


def test_a_schedule_of_eventbridge_scheduler_starts_tasks_in_its_own_name() -> None:
    (request,) = requests(rule(dialect="scheduler"))
    assert request.started_by == "chronos-schedule/nightly"


def test_a_firing_is_told_before_its_tasks_which_know_their_due_instant() -> None:
    delivered = Delivered()
    targets = (Target(id="1", task_definition="job", task_count=2),)
    tasks = delivered.delivery.fire(rule(targets=targets), NOON)
    delivered.end()
    assert delivered.told == ["nightly fired", "nightly task", "nightly task"]
    assert {each.scheduled_at for each in tasks} == {NOON}


def test_a_rule_whose_task_still_runs_starts_another_and_says_so() -> None:
    delivered = Delivered()
    for _ in itertools.repeat(None, 2):
        delivered.delivery.fire(rule(), NOON)
    delivered.end()
    assert delivered.told[2:] == [
        "nightly overlaps 1, skipped False",
        "nightly fired",
        "nightly task",
    ]


def test_a_rule_that_must_not_overlap_is_skipped_while_its_task_runs() -> None:
    delivered = Delivered(Overlap.SKIP)
    delivered.delivery.fire(rule(), NOON)
    assert delivered.delivery.fire(rule(), NOON) == []
    assert delivered.delivery.fire(rule("hourly"), NOON)
    delivered.end()
    assert delivered.told[2:] == ["nightly overlaps 1, skipped True", "hourly fired", "hourly task"]


def test_a_target_that_is_refused_does_not_keep_the_others_from_starting() -> None:
    delivered = Delivered()
    targets = (Target(id="bad", task_definition="gone"), Target(id="good", task_definition="job"))
    tasks = delivered.delivery.fire(rule(targets=targets), NOON)
    delivered.end()
    (refused,) = delivered.refused
    assert (refused.target_id, refused.scheduled_at) == ("bad", NOON)
    assert refused.reason.startswith("ClientException: TaskDefinition not found: gone.")
    assert len(tasks) == 1


def test_more_than_ten_tasks_are_asked_for_in_several_requests() -> None:
    targets = (Target(id="1", task_definition="job", task_count=23),)
    assert [request.count for request in requests(rule(targets=targets))] == [10, 10, 3]


def test_context_attributes_are_those_of_the_schedule_and_of_the_attempt() -> None:
    command = ("echo", "<aws.scheduler.scheduled-time>", "<aws.scheduler.attempt-number>")
    override = ContainerOverride(name="app", command=command)
    target = Target(
        id="1", task_definition="job", overrides=TaskOverride(container_overrides=(override,))
    )
    by_scheduler = rule(dialect="scheduler", targets=(target,), schedule_group="batch")
    occasion = due(by_scheduler, NOON, definitions())
    (invocation,) = invocations(by_scheduler.targets, occasion)
    request = run_task_request(invocation, attempt=2)
    assert request.overrides.container_overrides[0].command == ("echo", "2026-11-24T12:00:00Z", "2")
    assert occasion.rule_arn == (
        "arn:aws:scheduler:ap-northeast-1:000000000000:schedule/batch/nightly"
    )
    (as_rule,) = requests(rule(targets=(target,)))
    assert as_rule.overrides.container_overrides[0].command == command


def test_the_scheduled_time_of_a_firing_in_a_window_is_the_one_its_expression_says() -> None:
    command = ("echo", "<aws.scheduler.scheduled-time>")
    override = ContainerOverride(name="app", command=command)
    target = Target(
        id="1", task_definition="job", overrides=TaskOverride(container_overrides=(override,))
    )
    flexible = rule(dialect="scheduler", targets=(target,), maximum_window_in_minutes=60)
    delivered, late = Delivered(), NOON + timedelta(minutes=30)
    (task,) = delivered.delivery.fire(flexible, late, scheduled_time=NOON)
    delivered.end()
    assert task.scheduled_at == late
    assert task.overrides.container_overrides[0].command == ("echo", "2026-11-24T12:00:00Z")


def test_an_input_transformer_makes_the_overrides_of_the_event() -> None:
    template = (
        '{"containerOverrides": [{"name": "app", '
        '"environment": [{"name": "DUE", "value": "締切 <due>"}]}]}'
    )
    transformer = InputTransformer(input_template=template, input_paths_map={"due": "$.time"})
    target = Target(id="1", task_definition="job", input_transformer=transformer)
    (request,) = requests(rule(targets=(target,)))
    (override,) = request.overrides.container_overrides
    assert override.environment == {"DUE": "締切 2026-11-24T12:00:00Z"}


def test_a_transformer_that_makes_no_overrides_is_a_dead_letter_at_once() -> None:
    delivered = Delivered()
    transformer = InputTransformer(input_template="no JSON <aws.events.rule-name>")
    target = Target(
        id="1",
        task_definition="job",
        input_transformer=transformer,
        dead_letter_arn="arn:aws:sqs:ap-northeast-1:000000000000:lost",
    )
    assert delivered.delivery.fire(rule(targets=(target,)), NOON) == []
    delivered.end()
    assert delivered.told == ["nightly in lost.json", "nightly fired"]
    ((queue, letter),) = delivered.letters
    attributes = {k: v["StringValue"] for k, v in letter["MessageAttributes"].items()}
    assert queue == "lost"
    assert attributes["ERROR_CODE"] == "INVALID_JSON"
    assert attributes["RETRY_ATTEMPTS"] == "0"
    assert "EXHAUSTED_RETRY_CONDITION" not in attributes
    assert '"detail-type": "Scheduled Event"' in letter["Body"]


def test_overrides_that_a_transformer_makes_too_long_are_a_dead_letter_at_once() -> None:
    delivered = Delivered()
    template = '{"containerOverrides": [{"name": "app", "command": ["%s <name>"]}]}' % ("x" * 8130)
    target = Target(
        id="1",
        task_definition="job",
        input_transformer=InputTransformer(
            input_template=template, input_paths_map={"name": "$.detail-type"}
        ),
        dead_letter_arn="arn:aws:sqs:ap-northeast-1:000000000000:lost",
    )
    assert delivered.delivery.fire(rule(targets=(target,)), NOON) == []
    delivered.end()
    ((_, letter),) = delivered.letters
    attributes = {k: v["StringValue"] for k, v in letter["MessageAttributes"].items()}
    assert attributes["ERROR_CODE"] == "INVALID_PARAMETER"
    assert "Container Overrides length must be at most 8192" in attributes["ERROR_MESSAGE"]


def test_a_throttled_request_is_tried_again_after_its_delay() -> None:
    delivered = Delivered(chaos=(Disturbance.THROTTLE,))
    assert delivered.delivery.fire(rule(), NOON) == []
    assert not delivered.cluster.wait_idle(0)
    assert delivered.timers.next_instant() == NOON + timedelta(seconds=1)
    delivered.timers.step(NOON + timedelta(hours=1))
    delivered.end()
    assert delivered.told == ["nightly retries", "nightly fired", "nightly task"]
    (retried,) = delivered.retried
    assert (retried.target_id, retried.attempt) == ("1", 2)
    assert retried.next_at == NOON + timedelta(seconds=1)
    assert retried.reason.startswith("ThrottlingException: ")


def test_attempts_end_where_the_retry_policy_says() -> None:
    delivered = Delivered(chaos=(Disturbance.THROTTLE,))
    target = Target(
        id="1",
        task_definition="job",
        retry_policy=RetryPolicy(maximum_retry_attempts=0),
        dead_letter_arn="arn:aws:sqs:ap-northeast-1:000000000000:lost",
    )
    delivered.delivery.fire(rule(targets=(target,)), NOON)
    delivered.end()
    ((_, letter),) = delivered.letters
    attributes = letter["MessageAttributes"]
    assert attributes["EXHAUSTED_RETRY_CONDITION"]["StringValue"] == "MaximumRetryAttempts"
    assert attributes["ERROR_CODE"]["StringValue"] == "THROTTLING"


def test_the_dead_letter_of_a_schedule_holds_all_that_ecs_was_asked_for() -> None:
    delivered = Delivered(chaos=(Disturbance.THROTTLE,))
    container = ContainerOverride(name="app", command=("a",), environment={"A": "b"}, memory=64)
    target = Target(
        id="1",
        task_definition="job",
        overrides=TaskOverride(container_overrides=(container,), cpu=256, task_role_arn="arn:role"),
        retry_policy=RetryPolicy(maximum_retry_attempts=0),
        dead_letter_arn="arn:aws:sqs:ap-northeast-1:000000000000:lost",
    )
    delivered.delivery.fire(rule(dialect="scheduler", targets=(target,)), NOON)
    delivered.end()
    ((_, letter),) = delivered.letters
    assert json.loads(letter["Body"])["overrides"] == {
        "containerOverrides": [
            {
                "name": "app",
                "command": ["a"],
                "environment": [{"name": "A", "value": "b"}],
                "memory": 64,
            }
        ],
        "cpu": "256",
        "taskRoleArn": "arn:role",
    }


def test_what_waits_for_an_attempt_when_all_ends_is_told_and_not_waited_for() -> None:
    delivered = Delivered(chaos=(Disturbance.THROTTLE,))
    delivered.delivery.fire(rule(), NOON)
    delivered.delivery.stop()
    assert delivered.cluster.wait_idle(PATIENCE)
    assert not delivered.timers.step(NOON + timedelta(days=2))
    delivered.end()
    assert [each.rule for each in delivered.refused] == ["nightly"]


def test_chaos_delivers_some_events_twice() -> None:
    delivered = Delivered(chaos=(Disturbance.DUPLICATE,))
    counts = [len(delivered.delivery.fire(rule(), NOON)) for _ in range(4)]
    delivered.end()
    assert counts == [2, 1, 1, 2]


def topic(**fields: Any) -> NotificationTarget:
    """Return a topic as a target."""
    arn = "arn:aws:sns:us-east-1:000000000000:alerts"
    return NotificationTarget(**{"id": "t", "arn": arn, "kind": TargetKind.SNS, **fields})


def test_a_schedule_tells_its_targets_that_run_no_task() -> None:
    delivered = Delivered()
    delivered.delivery.fire(rule(targets=(), notification_targets=(topic(),)), NOON)
    (told,) = delivered.notified
    event = json.loads(told.text)
    assert (event["detail-type"], event["source"]) == ("Scheduled Event", "aws.events")
    assert (event["time"], event["detail"]) == ("2026-11-24T12:00:00Z", {})
    assert delivered.told == ["nightly fired"]
    delivered.end()


def test_scheduler_tells_its_own_event_or_the_input_with_its_context() -> None:
    delivered = Delivered()
    for input_ in (None, "at <aws.scheduler.scheduled-time>, try <aws.scheduler.attempt-number>"):
        targets = (topic(input=input_),)
        own = rule(dialect="scheduler", targets=(), notification_targets=targets)
        delivered.delivery.fire(own, NOON)
    default, given = (told.text for told in delivered.notified)
    event = json.loads(default)
    assert (event["source"], event["detail"]) == ("aws.scheduler", "{}")
    assert event["resources"] == [
        "arn:aws:scheduler:ap-northeast-1:000000000000:schedule/default/nightly"
    ]
    assert given == "at 2026-11-24T12:00:00Z, try 1"
    delivered.end()


def test_a_rules_input_is_no_place_for_schedulers_context() -> None:
    delivered = Delivered()
    text = "at <aws.scheduler.scheduled-time>"
    own = rule(targets=(), notification_targets=(topic(input=text),))
    delivered.delivery.fire(own, NOON)
    assert [told.text for told in delivered.notified] == [text]
    delivered.end()
