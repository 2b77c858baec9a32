"""What a task's record notes of time."""

from datetime import datetime, timedelta

from emulator.ecs.task_record import TaskRecord
from emulator.events import EventBus, TaskStateChanged
from emulator.model.task import StopCode, TaskStatus
from tests.builders import NOON, task

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
