"""A task as a value: how it is changed, and what it comes to."""

import pytest

from emulator.model.task import TaskStatus
from tests.builders import container, task


def test_a_change_makes_another_task_of_the_same_kind_and_leaves_the_first() -> None:
    before = task(container("app"))
    after = before.changed(last_status=TaskStatus.RUNNING, version=2)
    assert (before.last_status, before.version) == (TaskStatus.PROVISIONING, 1)
    assert (after.last_status, after.version) == (TaskStatus.RUNNING, 2)
    assert after != before
    assert after.changed(last_status=TaskStatus.PROVISIONING, version=1) == before


def test_a_change_of_what_there_is_not_is_refused() -> None:
    with pytest.raises(TypeError, match=r"^Task has no lastStatus, state$"):
        task(container("app")).changed(lastStatus="RUNNING", state=1, version=2)
