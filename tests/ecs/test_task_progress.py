"""What a task takes in of its containers' reports, in orders that a whole life seldom has."""

from emulator.activity import Activity, Signal
from emulator.ecs.preparation import TaskResources
from emulator.ecs.task_containers import TaskContainers
from emulator.ecs.task_messages import Lost, Started
from emulator.ecs.task_progress import TaskProgress
from emulator.ecs.task_record import TaskRecord
from emulator.engines.fake import FakeEngine
from emulator.events import EventBus
from emulator.model.task import ContainerStatus
from tests.builders import TickingClock, container, task, workshop


def test_a_start_that_is_told_after_its_container_was_lost_changes_nothing() -> None:
    record = TaskRecord(task(container(), container("side")), EventBus(), TickingClock())
    shop = workshop(FakeEngine())
    resources = TaskResources(workshop=shop)
    containers = TaskContainers(record, shop, resources, report=lambda _: None)
    progress = TaskProgress(record, shop, resources, containers, deadline_came=lambda: None)
    progress.standings.launch("app")
    progress.take_in(Lost(name="app", reason="CannotStopContainerError: no"))
    lost, noted = record.task, Signal(Activity())
    progress.take_in(Started(name="app", container_id="1", noted=noted))
    assert noted.is_set()
    assert record.task == lost
    assert record.container("app").last_status is ContainerStatus.STOPPED
