"""What a task's record notes, and when."""

from datetime import datetime, timedelta

from emulator.ecs.task_record import TaskRecord
from emulator.events import EventBus, TaskStateChanged
from emulator.model.health import HealthStatus
from emulator.model.task import StopCode, TaskStatus
from tests.builders import NOON, TickingClock, container, task

SECOND = timedelta(seconds=1)


def test_a_task_does_not_end_before_it_began_where_the_clock_is_set_back_meanwhile() -> None:
    shown = [NOON + SECOND]
    bus, published = EventBus(), list[datetime]()
    bus.subscribe(TaskStateChanged, lambda event: published.append(event.at))
    record = TaskRecord(task().changed(created_at=NOON), bus, lambda: shown[-1])
    record.advance(TaskStatus.RUNNING, started_at=record.now())
    shown.append(NOON - timedelta(hours=2))
    record.container_stopped("app", exit_code=0)
    record.decide(StopCode.ESSENTIAL_CONTAINER_EXITED, "Essential container in task exited")
    record.advance(TaskStatus.STOPPED, stopped_at=record.now())
    assert record.task.started_at == NOON + SECOND
    assert record.task.execution_stopped_at == record.task.stopped_at == NOON + SECOND
    assert published == [NOON + SECOND] * 2


def _two() -> TaskRecord:
    made = task(container("app"), container("second"), container("side", essential=False))
    return TaskRecord(made, EventBus(), TickingClock())


def test_what_is_found_of_one_container_is_noted_of_that_one() -> None:
    record = _two()
    record.health_changed("second", HealthStatus.HEALTHY)
    assert [c.health_status for c in record.task.containers] == [
        HealthStatus.UNKNOWN,
        HealthStatus.HEALTHY,
        HealthStatus.UNKNOWN,
    ]


def test_the_execution_of_a_task_stops_with_the_first_essential_container() -> None:
    record = _two()
    record.container_stopped("side", exit_code=0)
    assert record.task.execution_stopped_at is None
    record.container_stopped("app", exit_code=0)
    stopped = record.task.execution_stopped_at
    assert stopped is not None
    assert stopped == record.container("app").stopped_at
    record.container_stopped("second", exit_code=0)
    assert record.task.execution_stopped_at == stopped
