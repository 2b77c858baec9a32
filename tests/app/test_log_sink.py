"""Where the output of tasks goes while somebody has their hands in the same directory."""

import shutil
from dataclasses import replace
from pathlib import Path

from emulator.app.log_sink import LogSink
from emulator.events import EventBus, TaskStateChanged
from emulator.logs.directory import LogDirectory
from emulator.model.task import TaskStatus
from tests.builders import NOON, awslogs, container, task


def test_a_log_group_is_made_again_when_somebody_has_taken_the_directory_away(
    tmp_path: Path,
) -> None:
    bus, directory = EventBus(), LogDirectory(tmp_path / "logs")
    sink = LogSink(directory, bus, {})
    logged = container(log_configuration=awslogs("/jobs/夜間"))
    for number in "12":
        pending = replace(task(logged, task_id=number * 32), last_status=TaskStatus.PENDING)
        bus.publish(TaskStateChanged(task=pending, at=NOON))
        assert [group.name for group in LogDirectory(directory.root).groups()] == ["/jobs/夜間"]
        shutil.rmtree(directory.root)
    sink.close()
    assert sink.failure is None
