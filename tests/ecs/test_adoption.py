"""A task that another process began: what is known of it, and by which clock it goes on."""

from dataclasses import replace
from datetime import timedelta

import pytest

from emulator.ecs.adoption import (
    Remains,
    clock_of,
    has_begun,
    not_begun,
    remains_of,
    was_stopping,
)
from emulator.ecs.identity import TASK_ID_LABEL
from emulator.engines.base import ContainerSummary
from emulator.engines.spec import CONTAINER_NAME_LABEL, PAUSE_CONTAINER
from emulator.model.log_position import LogPosition, Place
from emulator.model.networking import NetworkBinding
from emulator.model.task import ContainerStatus, StopCode, TaskStatus
from tests.builders import NOON, container, task

MINUTE = timedelta(minutes=1)


def test_a_task_that_is_taken_over_does_not_end_before_it_began() -> None:
    began = task().changed(created_at=NOON, started_at=NOON + MINUTE)
    assert clock_of(began, lambda: NOON - 60 * MINUTE)() == NOON + MINUTE
    assert clock_of(began, lambda: NOON + 2 * MINUTE)() == NOON + 2 * MINUTE


def _summary(name: str, *, of: str, never_started: bool = False) -> ContainerSummary:
    return ContainerSummary(
        id=f"id of {name}",
        name=f"ecs-job-1-{name}",
        running=not never_started,
        labels={TASK_ID_LABEL: of, CONTAINER_NAME_LABEL: name},
        never_started=never_started,
    )


def test_what_is_left_of_a_task_is_told_apart_by_its_labels() -> None:
    made = task(container("app"), container("side"))
    position = LogPosition(stdout=Place(lines=7))
    found = remains_of(
        made,
        [
            _summary("app", of=made.id),
            _summary("side", of=made.id, never_started=True),
            _summary(PAUSE_CONTAINER, of=made.id),
            _summary(f"{PAUSE_CONTAINER}~side", of=made.id),
            _summary("app", of="f" * 32),
        ],
        [f"ecs-{made.id}-data", "ecs-other-data"],
        lambda _: position,
    )
    assert {name: each.id for name, each in found.containers.items()} == {
        "app": "id of app",
        "side": "id of side",
    }
    assert found.pause == f"id of {PAUSE_CONTAINER}"
    assert found.own_pauses == {"side": f"id of {PAUSE_CONTAINER}~side"}
    assert found.volumes == (f"ecs-{made.id}-data",)
    assert found.positions == {"app": position}
    assert found.started("app") is not None
    assert (found.started("side"), found.started("other")) == (None, None)
    assert remains_of(made, [], [], lambda _: position) == Remains()


def test_a_task_has_begun_once_a_container_of_it_has_run() -> None:
    made = task(container("app"), container("side"))
    stopped = replace(made.containers[1], last_status=ContainerStatus.STOPPED)
    recorded = replace(made, containers=(made.containers[0], stopped))
    created = Remains(containers={"app": _summary("app", of=made.id, never_started=True)})
    started = Remains(containers={"app": _summary("app", of=made.id)})
    assert not has_begun(made, Remains())
    assert not has_begun(made, created)
    assert has_begun(made, started)
    assert has_begun(recorded, Remains())


def test_a_task_that_has_not_begun_is_again_as_it_was_asked_for_but_for_its_version() -> None:
    made = task()
    binding = NetworkBinding(bind_ip="127.0.0.1", container_port=80, host_port=8080)
    prepared = replace(
        made,
        last_status=TaskStatus.PENDING,
        version=4,
        connectivity_at=NOON,
        pull_started_at=NOON,
        pull_stopped_at=NOON,
        containers=(replace(made.containers[0], network_bindings=(binding,)),),
    )
    assert not_begun(prepared) == replace(made, version=5)


@pytest.mark.parametrize(
    ("code", "stopping"),
    [
        (None, False),
        (StopCode.USER_INITIATED, True),
        (StopCode.TERMINATION_NOTICE, True),
        (StopCode.ESSENTIAL_CONTAINER_EXITED, False),
    ],
)
def test_only_what_somebody_asked_to_stop_is_stopped_once_more(
    code: StopCode | None, stopping: bool
) -> None:
    assert was_stopping(replace(task(), stop_code=code)) is stopping
