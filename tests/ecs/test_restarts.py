"""Whether ECS starts a container that ended again."""

from datetime import timedelta
from typing import Any

import pytest

from emulator.ecs.restarts import may_restart
from emulator.engines.fake import FakeEngine, FakeProcess
from emulator.events import EventBus, Warned
from emulator.model.container_life import RestartPolicy
from emulator.model.task import StopCode
from tests.builders import NOON, TickingClock, container, task, workshop

POLICY = RestartPolicy(ignored_exit_codes=(0, 3), restart_attempt_period=60)


@pytest.mark.parametrize(
    ("changes", "restarted"),
    [
        ({}, True),
        ({"exit_code": 3}, False),
        ({"exit_code": None}, False),
        ({"now": NOON + timedelta(seconds=59)}, False),
        ({"stopping": True}, False),
        ({"policy": None}, False),
    ],
)
def test_a_restart_needs_a_policy_a_period_and_a_task_that_goes_on(
    changes: dict[str, Any], restarted: bool
) -> None:
    facts: dict[str, Any] = {
        "policy": POLICY,
        "exit_code": 1,
        "running_since": NOON,
        "now": NOON + timedelta(seconds=60),
        "stopping": False,
        **changes,
    }
    assert may_restart(facts.pop("policy"), **facts) is restarted


def test_a_container_is_restarted_in_place_until_its_exit_code_is_ignored() -> None:
    from emulator.ecs.task_run import TaskRun

    last = FakeProcess(exit_code=3)
    engine = FakeEngine({"app": FakeProcess(exit_code=1, then=FakeProcess(exit_code=1, then=last))})
    policy = RestartPolicy(ignored_exit_codes=(3,), restart_attempt_period=0)
    made = task(container(restart_policy=policy))
    bus, warnings = EventBus(), list[str]()
    bus.subscribe(Warned, lambda event: warnings.append(event.message))
    ended = TaskRun(made, workshop(engine, bus, clock=TickingClock())).execute()
    assert [call for call in engine.calls if call != "remove app"] == [
        "create app",
        "start app",
        "start app",
        "start app",
    ]
    assert (ended.containers[0].restart_count, ended.containers[0].exit_code) == (2, 3)
    assert ended.stop_code is StopCode.ESSENTIAL_CONTAINER_EXITED
    assert warnings == [
        f"task {made.id[:8]}: container app exited with 1 and is restarted (restart {count})"
        for count in (1, 2)
    ]
