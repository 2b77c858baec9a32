"""Rules that are due while schedulers die, and what must be so in the end whatever the step."""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from emulator.clock import system_clock
from emulator.engines.base import OutputChunk
from emulator.engines.fake import FakeEngine, FakeProcess
from emulator.engines.spec import PAUSE_CONTAINER
from emulator.eventbridge.chaos import Disturbance
from emulator.logs.directory import LogDirectory
from emulator.logs.reader import read_events
from emulator.state.history import History
from emulator.state.records import TaskRecord
from tests.app.crashing import AWAKE, Machine

SECOND: Final = timedelta(seconds=1)
LINES: Final = [f"line {number}" for number in range(1, 7)]
SAYS: Final = tuple(
    OutputChunk("stdout", "".join(f"{line}\n" for line in LINES[n : n + 3]).encode())
    for n in range(0, len(LINES), 3)
)
SHORT: Final = timedelta(milliseconds=20)
EXITED: Final = ("STOPPED", "EssentialContainerExited")
STOPPED: Final = ("STOPPED", "UserInitiated")


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """Rules that are due at once, and how many tasks each starts, further attempts aside.

    `attempts` is how many each task has in all. `told` are topics that are told of each task's end.
    """

    tasks: Mapping[str, Mapping[str, Any]]
    rules: Mapping[str, Mapping[str, Any]]
    starts: Mapping[str, int]
    attempts: int = 1
    local: Mapping[str, Any] = field(default_factory=dict)
    chaos: frozenset[Disturbance] = frozenset()
    told: tuple[str, ...] = ()

    def definitions(self, due: datetime) -> str:
        """Return the definition file: JSON is YAML, too."""
        awake = {AWAKE: {"taskDefinition": next(iter(self.tasks)), "at": due + timedelta(days=1)}}
        rules = [
            {"name": name, **_schedule(rule, due), **{k: v for k, v in rule.items() if k != "at"}}
            for name, rule in {**self.rules, **awake}.items()
        ]
        return json.dumps({"rules": rules, "taskDefinitions": self.tasks, "local": self.local})


def _schedule(rule: Mapping[str, Any], due: datetime) -> dict[str, str]:
    """Return a schedule that is due once: EventBridge Scheduler's has one target only."""
    if "eventPattern" in rule:
        return {}
    if "targets" in rule:
        return {"scheduleExpression": f"cron({due:%M %H %d %m ? %Y})"}
    return {
        "scheduleExpression": f"at({rule.get('at', due):%Y-%m-%dT%H:%M:%S})",
        "timezone": "UTC",
    }


def _container(name: str = "app", **fields: Any) -> dict[str, Any]:
    options = {"awslogs-group": "/jobs", "awslogs-region": "x", "awslogs-stream-prefix": "batch"}
    return {
        "name": name,
        "image": "alpine:latest",
        "memory": 32,
        "logConfiguration": {"logDriver": "awslogs", "options": options},
        **fields,
    }


def _job(*containers: Mapping[str, Any], **fields: Any) -> dict[str, Any]:
    return {"networkMode": "none", "containerDefinitions": list(containers), **fields}


def _stopped(family: str) -> dict[str, Any]:
    detail = {"lastStatus": ["STOPPED"], "group": [f"family:{family}"]}
    return {"source": ["aws.ecs"], "detail": detail}


SCENARIOS: Final = {
    "a task": Scenario(
        tasks={"job": _job(_container())},
        rules={"one": {"taskDefinition": "job"}},
        starts={"one": 1},
    ),
    "a task that fails and is tried again": Scenario(
        tasks={"job": _job(_container("fails"))},
        rules={"flaky": {"taskDefinition": "job"}},
        starts={"flaky": 1},
        attempts=2,
        local={"rules": {"flaky": {"retry": {"attempts": 2, "delay": "30ms"}}}},
    ),
    "a network, a volume, and a container that waits for another": Scenario(
        tasks={
            "job": _job(
                _container("first", essential=False),
                _container(
                    dependsOn=[{"containerName": "first", "condition": "COMPLETE"}],
                    mountPoints=[{"sourceVolume": "v", "containerPath": "/v"}],
                ),
                networkMode="awsvpc",
                volumes=[{"name": "v"}],
            )
        },
        rules={"pair": {"taskDefinition": "job"}},
        starts={"pair": 1},
    ),
    "three targets and another rule, one task at a time": Scenario(
        tasks={"job": _job(_container()), "second": _job(_container())},
        rules={
            "three": {
                "targets": [
                    {"taskDefinition": "job", "taskCount": 2},
                    {"taskDefinition": "second"},
                ]
            },
            "other": {"taskDefinition": "job"},
        },
        starts={"three": 3, "other": 1},
        local={"concurrency": 1},
    ),
    "firings by events that wait for their turn": Scenario(
        tasks={"job": _job(_container()), "second": _job(_container())},
        rules={
            "three": {"targets": [{"taskDefinition": "job", "taskCount": 3}]},
            "after": {"eventPattern": _stopped("job"), "taskDefinition": "second"},
        },
        starts={"three": 3, "after": 3},
        local={"rules": {"after": {"overlap": "queue"}}},
    ),
    "a RunTask that is throttled, and a topic that is told of the end": Scenario(
        tasks={"job": _job(_container())},
        rules={
            "throttled": {"targets": [{"taskDefinition": "job", "taskCount": 2}]},
            "tell": {
                "eventPattern": _stopped("job"),
                "targets": [{"arn": "arn:aws:sns:us-east-1:123456789012:ended"}],
            },
        },
        starts={"throttled": 2},
        chaos=frozenset({Disturbance.THROTTLE}),
        told=("ended",),
    ),
}


@contextmanager
def machine_of(scenario: Scenario, folder: Path) -> Iterator[Machine]:
    """Give a machine whose clock stands a second after the rules were due."""
    says = FakeProcess(output=SAYS, duration=SHORT)
    fails = FakeProcess(output=SAYS, duration=SHORT, exit_code=3)
    due = system_clock().replace(second=0, microsecond=0)
    behind = system_clock() - due - SECOND
    engine = FakeEngine(
        {"app": says, "first": says, "fails": fails}, clock=lambda: system_clock() - behind
    )
    machine = Machine(folder, engine, scenario.definitions(due), behind, scenario.chaos)
    machine.note_killed(due - SECOND)
    try:
        yield machine
    finally:
        machine.close()


class Found:
    """What is there when all schedulers are over."""

    def __init__(self, machine: Machine) -> None:
        database = machine.state_dir / "history.sqlite3"
        history = History(database)
        self.tasks: list[TaskRecord] = history.tasks()
        history.close()
        connection = sqlite3.connect(database)
        (self.integrity,) = connection.execute("PRAGMA integrity_check").fetchone()
        connection.close()
        self._logs = LogDirectory(machine.state_dir / "logs")
        self.machine = machine

    def lines(self, task: TaskRecord, container: str) -> list[str]:
        """Return what a container of a task has in its log."""
        streams = [(group, name) for own, group, name in task.streams if own == container]
        return [event.message for event in read_events(self._logs, streams)]


def violations(found: Found, scenario: Scenario, *, drained: bool = False) -> Iterator[str]:
    """Yield what must not be. Where somebody stopped a scheduler not everything has run."""
    if found.integrity != "ok":
        yield f"the history is broken: {found.integrity}"
    yield from (f"left in the engine: {name}" for name in found.machine.left())
    yield from _twice(found, scenario)
    yield from _wrong_logs(found, whole=not drained)
    if not drained:
        yield from _lost(found, scenario)
    yield from _untold(found, scenario)
    for task in found.tasks:
        outcome = task.last_status, task.stop_code
        if outcome not in (EXITED, STOPPED) or (outcome == STOPPED and not drained):
            yield f"a task of {task.rule} has not run: {outcome}, {task.stopped_reason}"


def _chains(found: Found, rule: str) -> Counter[str]:
    """Return the tasks of a rule with the number of their attempts."""
    return Counter(task.retry_of or task.task_id for task in found.tasks if task.rule == rule)


def _lost(found: Found, scenario: Scenario) -> Iterator[str]:
    for rule, expected in scenario.starts.items():
        chains = _chains(found, rule)
        if len(chains) < expected:
            yield f"rule {rule}: {len(chains)} tasks of {expected}"
        for count in chains.values():
            if count < scenario.attempts:
                yield f"rule {rule}: {count} attempts of {scenario.attempts}"


def _untold(found: Found, scenario: Scenario) -> Iterator[str]:
    """Yield topics that were told of less than what has ended: at least once, each."""
    for topic in scenario.told:
        ended = {task.task_id for task in found.tasks}
        path = found.machine.state_dir / "notifications" / "sns" / f"{topic}.jsonl"
        lines = path.read_text("utf-8").splitlines() if path.exists() else []
        events = [json.loads(json.loads(line)["message"]) for line in lines]
        told = {event["detail"]["taskArn"].rpartition("/")[2] for event in events}
        if told != ended:
            yield f"topic {topic} was told of {sorted(told)}, and {sorted(ended)} have ended"


def _twice(found: Found, scenario: Scenario) -> Iterator[str]:
    for rule, expected in scenario.starts.items():
        chains = _chains(found, rule)
        if len(chains) > expected or any(n > scenario.attempts for n in chains.values()):
            yield f"rule {rule}: tasks and their attempts {dict(chains)}"
    for (task_id, name), count in found.machine.starts.items():
        if count > 1 and name != PAUSE_CONTAINER:
            yield f"container {name} of task {task_id} ran {count} times"


def _wrong_logs(found: Found, *, whole: bool) -> Iterator[str]:
    for task in found.tasks:
        for name, _, _ in task.streams:
            lines = found.lines(task, name)
            if lines != (LINES if whole else LINES[: len(lines)]):
                yield f"the log of {name} of task {task.task_id} has {lines}"
