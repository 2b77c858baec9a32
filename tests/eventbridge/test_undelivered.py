"""What is told, and kept, of an event that reached its target in no attempt."""

import json
from datetime import datetime
from typing import Any

from emulator.ecs.run_task import RunTaskRefusedError
from emulator.errors import StateDirectoryError
from emulator.eventbridge.failures import Exhausted, failure_of
from emulator.eventbridge.occasion import due
from emulator.eventbridge.undelivered import Undelivered
from emulator.events import DeadLettered, EventBus, InvocationFailed, Warned
from emulator.model.notification_targets import NotificationTarget, TargetKind
from emulator.model.rules import Target
from tests.builders import NOON, definitions, rule

QUEUE = "arn:aws:sqs:ap-northeast-1:000000000000:lost"
TOPIC = "arn:aws:sns:ap-northeast-1:000000000000:alerts"
THROTTLED = failure_of(RunTaskRefusedError("ThrottlingException", "Rate exceeded"))
OCCASION = due(rule("夜間"), NOON, definitions())
TASKS = Target(id="1", task_definition="job", dead_letter_arn=QUEUE)


class _Kept:
    """What cannot be delivered, with everything that is told of it."""

    def __init__(self, *, full: bool = False) -> None:
        self.failed: list[InvocationFailed] = []
        self.lettered: list[DeadLettered] = []
        self.warnings: list[str] = []
        self.letters: list[dict[str, Any]] = []
        self._full = full
        bus = EventBus()
        bus.subscribe(InvocationFailed, self.failed.append)
        bus.subscribe(DeadLettered, self.lettered.append)
        bus.subscribe(Warned, lambda event: self.warnings.append(event.message))
        self.undelivered = Undelivered(definitions(), bus, lambda: NOON, self._keep)

    def _keep(self, queue: str, message: dict[str, Any], at: datetime) -> str:
        assert (queue, at) == ("lost", NOON)
        if self._full:
            raise StateDirectoryError("no space left on the device")
        self.letters.append(message)
        return f"{queue}/1.json"

    def target_arns(self) -> list[str]:
        return [each["MessageAttributes"]["TARGET_ARN"]["StringValue"] for each in self.letters]


def test_the_limit_that_ended_the_attempts_is_told_where_there_was_one() -> None:
    kept = _Kept()
    kept.undelivered.add(TASKS, OCCASION, THROTTLED, attempts=3, exhausted=Exhausted.AGE)
    kept.undelivered.add(TASKS, OCCASION, THROTTLED)
    assert [each.reason for each in kept.failed] == [
        "ThrottlingException: Rate exceeded (after 3 attempts: MaximumEventAgeInSeconds)",
        "ThrottlingException: Rate exceeded",
    ]
    assert {(each.rule, each.target_id, each.scheduled_at) for each in kept.failed} == {
        ("夜間", "1", NOON)
    }
    assert [(each.queue, each.path) for each in kept.lettered] == [("lost", "lost/1.json")] * 2


def test_without_a_queue_it_is_told_and_not_kept() -> None:
    kept = _Kept()
    kept.undelivered.add(Target(id="1", task_definition="job"), OCCASION, THROTTLED)
    assert (len(kept.failed), kept.letters, kept.lettered) == (1, [], [])


def test_a_queue_that_cannot_be_written_is_told_of_and_nothing_lies_there() -> None:
    kept = _Kept(full=True)
    kept.undelivered.add(TASKS, OCCASION, THROTTLED)
    assert kept.warnings == ["夜間: no space left on the device"]
    assert (len(kept.failed), kept.lettered) == (1, [])


def test_the_target_is_the_cluster_of_a_task_and_else_the_target_itself() -> None:
    kept = _Kept()
    topic = NotificationTarget(id="t", arn=TOPIC, kind=TargetKind.SNS, dead_letter_arn=QUEUE)
    kept.undelivered.add(TASKS, OCCASION, THROTTLED)
    kept.undelivered.add(topic, OCCASION, THROTTLED)
    kept.undelivered.adopt(definitions(cluster="batch"))
    kept.undelivered.add(TASKS, OCCASION, THROTTLED)
    clusters = "arn:aws:ecs:ap-northeast-1:000000000000:cluster"
    assert kept.target_arns() == [f"{clusters}/default", TOPIC, f"{clusters}/batch"]
    assert json.loads(kept.letters[1]["Body"]) == OCCASION.event
    assert "夜間" in kept.letters[1]["Body"]
