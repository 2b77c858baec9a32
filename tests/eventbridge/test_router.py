"""The event bus: what an event starts and tells, and where a chain ends."""

import json
import threading
from datetime import datetime
from typing import Any

import pytest

from emulator.ecs.cluster import Cluster
from emulator.engines.fake import FakeEngine, FakeProcess
from emulator.eventbridge.delivery import Delivery
from emulator.eventbridge.notification import Notification
from emulator.eventbridge.occasion import matched
from emulator.eventbridge.router import MakeEvent, Router, subject_of
from emulator.eventbridge.service_events import Event, envelope
from emulator.eventbridge.telling import Telling
from emulator.eventbridge.undelivered import Undelivered
from emulator.events import (
    ChainLinked,
    ChainStopped,
    EventBus,
    EventMatched,
    InvocationFailed,
    TaskStateChanged,
)
from emulator.model.definitions import Local
from emulator.model.delivery import InputTransformer
from emulator.model.event_rules import EventRule
from emulator.model.notification_targets import NotificationTarget, TargetKind
from emulator.model.rules import Rule, RuleState, Target
from emulator.model.task import Task, TaskStatus
from emulator.timers import SimulatedTimers
from tests.builders import NOON, container, definitions, event_rule, rule, task_definition, workshop

PATIENCE = 60.0
TOPIC = "arn:aws:sns:ap-northeast-1:000000000000:alerts"


def put(**fields: Any) -> Event:
    """Return an event of an application."""
    return envelope(
        **{
            "source": "my.app",
            "detail_type": "order",
            "detail": {},
            "at": NOON,
            "region": "ap-northeast-1",
            "account": "000000000000",
            "resources": [],
            **fields,
        }
    )


def after(family: str, *, exit_code: int = 0) -> str:
    """Return the pattern of a task of a family that ended so."""
    return json.dumps(
        {
            "source": ["aws.ecs"],
            "detail": {
                "group": [f"family:{family}"],
                "lastStatus": ["STOPPED"],
                "containers": {"exitCode": [exit_code]},
            },
        }
    )


def told(**fields: Any) -> NotificationTarget:
    """Return a topic as a target."""
    return NotificationTarget(**{"id": "t", "arn": TOPIC, "kind": TargetKind.SNS, **fields})


class _Bus:
    """A router on a fake engine, in which the containers `bad` fail."""

    def __init__(
        self, *rules: EventRule, limit: int = 1, chain: bool = True, counts: bool = True
    ) -> None:
        self.ended: list[Task] = []
        self.matched: list[EventMatched] = []
        self.stopped: list[ChainStopped] = []
        self.refused: list[InvocationFailed] = []
        self.told: list[Notification] = []
        self.recorded: list[MakeEvent] = []
        self.letters: list[str] = []
        self._lock = threading.Lock()
        bus = self.bus = EventBus()
        bus.subscribe(TaskStateChanged, self._on_task)
        bus.subscribe(EventMatched, self.matched.append)
        bus.subscribe(ChainStopped, self.stopped.append)
        bus.subscribe(InvocationFailed, self.refused.append)
        engine = FakeEngine({"bad": FakeProcess(exit_code=1)})
        known = definitions(
            task_definition(),
            task_definition(container("main"), family="other"),
            task_definition(container("bad"), family="failing"),
            event_rules=rules,
            local=Local(chain_limit=limit),
        )
        self.cluster = Cluster(workshop(engine, bus))
        timers = SimulatedTimers(NOON)
        undelivered = Undelivered(known, bus, timers.now, self._keep)
        telling = Telling(bus, timers, undelivered, self.told.append)
        self.delivery = Delivery(known, self.cluster, bus, timers, undelivered, telling)
        self.router = Router(
            known,
            self.delivery,
            bus,
            timers,
            telling,
            record=self.recorded.append,
            chain=chain,
            counts=lambda _: counts,
        )

    def fire(self, fired: Rule) -> list[str]:
        """Fire a rule and return the rules of all tasks, in the order in which they ended."""
        self.delivery.fire(fired, NOON)
        return self.end()

    def end(self) -> list[str]:
        assert self.cluster.wait_idle(PATIENCE)
        return [str(each.rule) for each in self.ended]

    def _keep(self, queue: str, message: dict[str, Any], _at: datetime) -> str:
        self.letters.append(f"{queue}: {message['Body']}")
        return queue

    def _on_task(self, event: TaskStateChanged) -> None:
        if event.task.last_status is TaskStatus.STOPPED:
            with self._lock:
                self.ended.append(event.task)


def test_job_b_starts_when_job_a_succeeded_and_who_waits_waits_for_both() -> None:
    other = (Target(id="1", task_definition="other"),)
    bus = _Bus(event_rule("b", after("job"), targets=other))
    assert bus.fire(rule("a")) == ["a", "b"]
    assert bus.ended[1].cause == ("a", "b")
    assert (bus.ended[1].started_by, bus.ended[1].scheduled_at) == ("events-rule/b", None)
    (matched,) = bus.matched
    assert matched.subject == f"job task {bus.ended[0].id[:8]} is STOPPED"


def test_job_b_does_not_start_when_job_a_failed() -> None:
    bus = _Bus(event_rule("b", after("failing")))
    assert bus.fire(rule("a", targets=(Target(id="1", task_definition="failing"),))) == ["a"]
    assert bus.matched == []


def test_a_chain_fans_out_and_goes_on() -> None:
    first = event_rule("b", after("failing", exit_code=1))
    second = event_rule(
        "c",
        after("failing", exit_code=1),
        targets=(Target(id="1", task_definition="other", task_count=2),),
    )
    third = event_rule("d", after("job"), targets=(Target(id="1", task_definition="other"),))
    bus = _Bus(first, second, third)
    ended = bus.fire(rule("a", targets=(Target(id="1", task_definition="failing"),)))
    assert sorted(ended) == ["a", "b", "c", "c", "d"]
    assert {each.cause for each in bus.ended if each.rule == "d"} == {("a", "b", "d")}


def test_a_rule_that_sets_itself_off_is_stopped_and_the_chain_told() -> None:
    bus = _Bus(event_rule("again", after("job")))
    assert bus.fire(rule("a")) == ["a", "again"]
    (stopped,) = bus.stopped
    assert stopped.cause == ("a", "again", "again")
    assert stopped.reason.startswith(
        "would start for the 2nd time in one chain (a > again > again), because of job task "
    )


@pytest.mark.parametrize(
    ("times", "ordinal"),
    [
        *((2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (12, "12th"), (13, "13th")),
        *((20, "20th"), (21, "21st"), (23, "23rd"), (111, "111th"), (122, "122nd")),
    ],
)
def test_it_is_told_for_the_how_manieth_time_a_rule_would_start(times: int, ordinal: str) -> None:
    again = event_rule("again", after("job"))
    bus = _Bus(again, limit=times - 1)
    bus.router.resume(matched(again, put(), ("again",) * (times - 1), definitions()))
    (stopped,) = bus.stopped
    assert stopped.reason.startswith(f"would start for the {ordinal} time in one chain (")
    assert bus.end() == []


def test_an_attempt_that_another_follows_leads_to_nothing_and_is_recorded() -> None:
    bus = _Bus(event_rule("b", after("job")), counts=False)
    assert bus.fire(rule("a")) == ["a"]
    assert bus.stopped == []
    assert "STOPPED" in [subject_of(make()).split()[-1] for make in bus.recorded]


@pytest.mark.parametrize(
    ("detail_type", "source", "subject"),
    [
        ("ECS Task State Change", "aws.ecs", "job task 01234567 is STOPPED"),
        ("ECS Task State Change", "my.app", "ECS Task State Change from my.app"),
        ("ECS Service Action", "aws.ecs", "ECS Service Action from aws.ecs"),
    ],
)
def test_the_subject_is_the_task_where_the_event_is_ecss_own_about_one(
    detail_type: str, source: str, subject: str
) -> None:
    arn = "arn:aws:ecs:ap-northeast-1:000000000000:task/default/0123456789abcdef"
    detail = {"group": "family:job", "taskArn": arn, "lastStatus": "STOPPED"}
    assert subject_of({"detail-type": detail_type, "source": source, "detail": detail}) == subject


def test_a_circle_of_two_rules_ends_after_as_many_rounds_as_are_allowed() -> None:
    other = (Target(id="1", task_definition="other"),)
    ping, pong = event_rule("ping", after("job"), targets=other), event_rule("pong", after("other"))
    bus = _Bus(ping, pong, limit=2)
    assert bus.fire(rule("a")) == ["a", "ping", "pong", "ping", "pong"]
    assert [each.rule for each in bus.stopped] == ["ping"]


def test_a_pattern_that_is_too_wide_does_not_fill_the_machine() -> None:
    bus = _Bus(event_rule("wide", '{"source": ["aws.ecs"]}'))
    # Each of the five changes of the task matches.
    assert sorted(bus.fire(rule("a"))) == ["a", *["wide"] * 5]
    assert len(bus.stopped) == 1


def test_without_chain_no_event_starts_a_task_but_targets_are_told() -> None:
    bus = _Bus(event_rule(targets=(Target(id="1", task_definition="job"), told())), chain=False)
    assert bus.router.put(put()) == 1
    assert bus.end() == []
    assert [each.name for each in bus.told] == ["alerts"]


def test_nothing_starts_once_all_is_to_stop() -> None:
    bus = _Bus(event_rule(targets=(Target(id="1", task_definition="job"), told())))
    bus.router.stop()
    bus.router.put(put())
    assert bus.end() == []
    assert bus.stopped[0].reason.endswith("ecs-local is stopping: nothing is started")
    assert len(bus.told) == 1


def test_a_disabled_rule_and_one_of_another_bus_match_nothing() -> None:
    bus = _Bus(event_rule("off", state=RuleState.DISABLED), event_rule("far", event_bus="mine"))
    assert bus.router.put(put()) == 0
    assert bus.router.put(put(), event_bus="mine") == 1
    assert bus.end() == ["far"]


def test_a_firing_of_a_rule_is_an_event_and_one_of_the_scheduler_is_none() -> None:
    pattern = '{"detail-type": ["Scheduled Event"]}'
    bus = _Bus(event_rule("on-schedule", pattern, targets=(told(input_path="$.resources[0]"),)))
    bus.delivery.fire(rule("nightly", dialect="scheduler"), NOON)
    assert sorted(bus.fire(rule("a"))) == ["a", "nightly"]
    assert [each.text for each in bus.told] == [
        '"arn:aws:events:ap-northeast-1:000000000000:rule/a"'
    ]


def test_a_target_is_told_the_event_or_what_is_made_of_it() -> None:
    transformer = InputTransformer(
        input_template='"<who> が失敗しました"', input_paths_map={"who": "$.detail.who"}
    )
    bus = _Bus(
        event_rule(
            targets=(
                told(id="1"),
                told(id="2", input='{"a": 1}'),
                told(id="3", input_path="$.detail"),
                told(id="4", input_transformer=transformer),
                told(id="5", input_path="$.nothing"),
            )
        )
    )
    event = put(detail={"who": '夜間"バッチ'})
    bus.router.put(event)
    bus.end()
    assert bus.matched == []
    texts = [each.text for each in bus.told]
    assert json.loads(texts[0]) == event
    assert texts[1:] == [
        '{"a": 1}',
        '{"who": "夜間\\"バッチ"}',
        '"夜間\\"バッチ が失敗しました"',
        "",
    ]


def test_a_target_that_cannot_be_told_is_a_dead_letter() -> None:
    broken = told(input_path="detail", dead_letter_arn="arn:aws:sqs:x:0:lost")
    bus = _Bus(event_rule(targets=(broken,)))
    bus.router.put(put())
    bus.end()
    assert [each.target_id for each in bus.refused] == ["t"]
    assert bus.letters[0].startswith('lost: {"version": "0"')


def test_every_event_is_recorded_whether_a_rule_matches_or_not() -> None:
    bus = _Bus()
    bus.router.put(put())
    bus.fire(rule("a"))
    made = [make() for make in bus.recorded]
    assert [subject_of(event).split()[-1] for event in made] == [
        "my.app",
        "aws.events",
        "PROVISIONING",
        "PENDING",
        "RUNNING",
        "DEPROVISIONING",
        "STOPPED",
    ]


def test_what_another_process_has_routed_starts_the_targets_of_the_rule_by_now() -> None:
    other = (Target(id="1", task_definition="other"),)
    before = _Bus(event_rule("b", after("job"), targets=other))
    links: list[ChainLinked] = []
    before.bus.subscribe(ChainLinked, links.append)
    before.fire(rule("a"))
    bus = _Bus(event_rule("b", after("job"), targets=other))
    assert bus.router.resume(links[0].occasion)
    assert bus.end() == ["b"]
    assert bus.ended[0].match == before.ended[1].match == links[0].occasion.match
    assert not _Bus().router.resume(links[0].occasion)


def test_what_is_cleared_away_starts_nothing_and_what_follows_does() -> None:
    other = (Target(id="1", task_definition="other"),)
    bus = _Bus(event_rule("b", after("job"), targets=other))
    with bus.router.unchained():
        assert bus.fire(rule("a")) == ["a"]
    assert bus.fire(rule("a")) == ["a", "a", "b"]


def test_an_event_that_comes_while_the_run_ends_is_told_of_though_nothing_starts() -> None:
    other = (Target(id="1", task_definition="other"),)
    bus = _Bus(event_rule("b", after("job"), targets=other))
    links: list[ChainLinked] = []
    bus.bus.subscribe(ChainLinked, links.append)
    bus.router.stop()
    assert bus.fire(rule("a")) == ["a"]
    assert [(each.occasion.rule, each.begun) for each in links] == [("b", False)]
