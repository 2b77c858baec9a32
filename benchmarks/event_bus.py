"""How fast events find their rules, and whether a storm of them holds up a firing."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from benchmarks.figure import Figure, seconds
from emulator.app.live import Live
from emulator.app.serving import ServeOptions, Server
from emulator.app.settings import Settings
from emulator.cli import tune_process
from emulator.clock import system_clock
from emulator.ecs.run_task import RunTaskRequest, run_task
from emulator.engines.fake import FakeEngine
from emulator.eventbridge.missed import MissedPolicy
from emulator.eventbridge.service_events import envelope
from emulator.events import EventBus, FiringFired, TaskStateChanged
from emulator.model.definitions import Definitions
from emulator.model.event_rules import EventRule
from emulator.model.notification_targets import NotificationTarget, TargetKind
from emulator.model.rules import Rule, Target
from emulator.model.task_definition import ContainerDefinition, TaskDefinition
from emulator.patterns import PatternIndex, parse_pattern
from emulator.schedules import Schedule

RULES: Final = 100
EVENTS: Final = 50_000
STORM_SECONDS: Final = 12
PER_SECOND: Final = 1000


def measure(quick: bool) -> Iterator[Figure]:
    """Yield the figures of the event bus."""
    yield _matching(2_000 if quick else EVENTS)
    lasting = 3 if quick else STORM_SECONDS
    yield _storm("events", _put_event, lasting)
    yield _storm("task state changes", _change_task, lasting)


def _pattern(number: int) -> str:
    detail: dict[str, Any] = {"group": [f"family:job-{number}"], "lastStatus": ["STOPPED"]}
    match number % 4:
        case 0:
            detail["containers"] = {"exitCode": [0]}
        case 1:
            detail["containers"] = {"exitCode": [{"anything-but": 0}]}
        case 2:
            detail["stoppedReason"] = [{"prefix": "Essential"}]
        case _:
            detail["$or"] = [{"stopCode": ["TaskFailedToStart"]}, {"launchType": ["FARGATE"]}]
    return json.dumps({"source": ["aws.ecs"], "detail": detail})


def _event(number: int) -> dict[str, Any]:
    return envelope(
        source="aws.ecs",
        detail_type="ECS Task State Change",
        detail={
            "group": f"family:job-{number % RULES}",
            "lastStatus": ("RUNNING", "STOPPED")[number % 2],
            "stopCode": "EssentialContainerExited",
            "stoppedReason": "Essential container in task exited",
            "launchType": "FARGATE",
            "containers": [{"name": "app", "exitCode": number % 3}],
        },
        at=datetime(2026, 1, 1, tzinfo=UTC),
        region="ap-northeast-1",
        account="000000000000",
        resources=[],
    )


def _matching(count: int) -> Figure:
    index = PatternIndex([(n, parse_pattern(_pattern(n))) for n in range(RULES)])
    events = [_event(number) for number in range(count)]
    found = 0

    def match() -> None:
        nonlocal found
        for event in events:
            found += len(index.matching(event))

    taken = min(seconds(match) for _ in range(3))
    rate = count / taken
    return Figure(
        what=f"events against {RULES} rules with a pattern",
        ours=f"{rate:,.0f} a second",
        against=f"{found // 3:,} of {count:,} matched",
        value=rate,
        unit=" a second",
        target=50_000,
        better="higher",
    )


def _storm(what: str, send: Callable[[Live, EventBus, int], None], lasting: int) -> Figure:
    """Fire a rule each second while a thousand times a second something comes, to be told."""
    late: list[float] = []
    bus = EventBus()

    def fired(event: FiringFired) -> None:
        late.append((event.fired_at - event.scheduled_at).total_seconds())

    bus.subscribe(FiringFired, fired)
    tune_process()
    with TemporaryDirectory() as directory:
        settings = Settings(directory=Path(directory), state_dir=Path(directory) / "state")
        live = Live(settings, _definitions(), bus, system_clock, FakeEngine)
        with live:
            over = threading.Event()
            sent: list[int] = []
            sender = threading.Thread(target=_send, args=(partial(send, live, bus), over, sent))
            sender.start()
            _serve(live, bus, lasting)
            over.set()
            sender.join()
    worst = max(late)
    return Figure(
        what=f"latest of {len(late)} firings under {PER_SECOND} {what} a second",
        ours=f"{worst * 1000:.0f} ms",
        against=f"{len(sent):,} {what}",
        value=worst * 1000,
        unit=" ms",
        target=250,
    )


class _EverySecond(Schedule):
    """A schedule that is due at every full second, which no rule of AWS can be."""

    __slots__ = ("doubts", "expression", "timezone")

    def __init__(self) -> None:
        self.expression, self.timezone, self.doubts = "every second", "UTC", ()

    def next_after(self, instant: datetime) -> datetime | None:
        """Return the next full second."""
        return instant.replace(microsecond=0) + timedelta(seconds=1)


@cache
def _definitions() -> Definitions:
    job = TaskDefinition(
        family="job",
        container_definitions=(ContainerDefinition(name="app", image="alpine:latest"),),
    )
    topic = "arn:aws:sns:ap-northeast-1:000000000000:alerts"
    told = NotificationTarget(id="t", arn=topic, kind=TargetKind.SNS)
    rules = [
        EventRule(name=f"rule-{n}", event_pattern=_pattern(n), targets=(told,))
        for n in range(RULES - 1)
    ]
    all_of_them = '{"source": ["my.app"]}'
    rules.append(EventRule(name="all", event_pattern=all_of_them, targets=(told,)))
    return Definitions(task_definitions={"job": job}, event_rules=tuple(rules))


def _send(send: Callable[[int], None], over: threading.Event, sent: list[int]) -> None:
    """Send a thousand times a second, as evenly as a thread can."""
    begun = time.perf_counter()
    while not over.is_set():
        due = int((time.perf_counter() - begun) * PER_SECOND)
        while len(sent) < due:
            send(len(sent))
            sent.append(1)
        over.wait(0.002)


def _put_event(live: Live, _bus: EventBus, number: int) -> None:
    """Put an event that one rule matches, whose target is told."""
    live.router.put({**_event(number), "source": "my.app"})


def _change_task(_live: Live, bus: EventBus, _number: int) -> None:
    """Let a task be new: it is to be recorded, and an event for the rules of its bus."""
    request = RunTaskRequest(task_definition="job")
    (task,) = run_task(request, _definitions(), now=system_clock())
    with bus.together():
        bus.publish(TaskStateChanged(task=task, at=task.created_at))


def _serve(live: Live, bus: EventBus, lasting: int) -> None:
    target = Target(id="1", task_definition="job")
    rule = Rule(name="tick", schedule_expression="rate(1 minute)", targets=(target,))
    Server(
        live,
        {"tick": (rule, _EverySecond())},
        ServeOptions(until=system_clock() + timedelta(seconds=lasting)),
        bus=bus,
        clock=system_clock,
        policy=MissedPolicy.SKIP,
    ).serve()
