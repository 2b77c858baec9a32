"""Tasks in a row leave nothing behind, in the engine or in this process."""

from pathlib import Path

from benchmarks.project import one_container, running
from benchmarks.soak import Holdings, in_a_row
from emulator.model.task_definition import NetworkMode

TASKS = 10
WARM_UP = 3


def test_ten_tasks_leave_no_container_thread_or_file(tmp_path: Path) -> None:
    family = one_container("date", ("date",), NetworkMode.AWSVPC)
    with running([family], tmp_path) as runner:
        in_a_row(runner, WARM_UP)
        before = Holdings.now(tmp_path / "state")
        in_a_row(runner, TASKS)
        after = Holdings.now(tmp_path / "state")
    assert after.in_engine == 0
    # One more may rest than before where two things were done at once: none is left of each task.
    assert after.threads - before.threads < TASKS
    assert after.files - before.files < TASKS
