"""Where the output of tasks goes while somebody has their hands in the same directory."""

import shutil
from dataclasses import replace
from pathlib import Path

from emulator.app.log_sink import LogSink
from emulator.events import EventBus, LogEventsReceived, TaskStateChanged, Warned
from emulator.logs.directory import LogDirectory
from emulator.model.log_position import LogPosition, Place
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


def test_a_log_group_that_could_not_be_made_is_made_once_there_is_room(tmp_path: Path) -> None:
    bus, directory = EventBus(), LogDirectory(tmp_path / "logs")
    sink = LogSink(directory, bus, {})
    pending = replace(task(container(log_configuration=awslogs())), last_status=TaskStatus.PENDING)
    stream = pending.containers[0].log_stream
    assert stream is not None
    folder = directory.root / stream.log_group.removeprefix("/")
    (folder / ".log-group.json").mkdir(parents=True)
    says = LogEventsReceived(
        task=pending, container=pending.containers[0], at=NOON, messages=[b"word"]
    )
    bus.publish(TaskStateChanged(task=pending, at=NOON))
    bus.publish(says)
    assert sink.lost_bytes == len(b"word")
    (folder / ".log-group.json").rmdir()
    bus.publish(says)
    sink.close()
    (group,) = LogDirectory(directory.root).groups()
    assert (group.name, group.path) == (stream.log_group, folder)
    (name, path) = next(directory.streams(group))
    assert name == stream.log_stream
    assert path.read_bytes().endswith(b" word\n")


def test_a_log_whose_file_is_removed_goes_on_in_a_new_one_and_says_so(tmp_path: Path) -> None:
    bus, directory, warnings = EventBus(), LogDirectory(tmp_path / "logs"), list[str]()
    bus.subscribe(Warned, lambda event: warnings.append(event.message))
    sink = LogSink(directory, bus, {})
    running = replace(task(container(log_configuration=awslogs())), last_status=TaskStatus.PENDING)
    stream = running.containers[0].log_stream
    assert stream is not None
    bus.publish(TaskStateChanged(task=running, at=NOON))
    path = directory.stream_path(stream.log_group, stream.log_stream)

    def say(number: int) -> None:
        bus.publish(
            LogEventsReceived(
                task=running,
                container=running.containers[0],
                at=NOON,
                messages=[f"{number} 行".encode()],
                position=LogPosition(Place(number, 6 * number)),
            )
        )

    say(1)
    shutil.rmtree(directory.root)
    say(2)
    say(3)
    sink.close()
    assert [group.name for group in LogDirectory(directory.root).groups()] == [stream.log_group]
    assert [line.split(" ", 1)[1] for line in path.read_text("utf-8").splitlines()] == [
        "2 行",
        "3 行",
    ]
    (warning,) = warnings
    assert warning.startswith(f"{path}: it was removed while its container ran; its log goes on")
    # What is left can still be gone on with by whoever comes after a kill.
    position = LogSink(directory, EventBus(), {}).take_up(stream)
    assert position == LogPosition(Place(3, 18))
    assert (sink.failure, sink.lost_bytes) == (None, 0)
