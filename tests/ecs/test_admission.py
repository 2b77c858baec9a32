"""Tasks start in the order in which they came, as many at once as there are places."""

from dataclasses import dataclass, replace

from emulator.ecs.admission import Admission
from emulator.model.task import Task
from tests.builders import container, task


@dataclass
class _Run:
    name: str
    stop_asked: bool = False

    @property
    def task(self) -> Task:
        return replace(task(container()), id=self.name)


def _admission(limit: int | None, *names: str) -> tuple[Admission[_Run], dict[str, _Run]]:
    admission = Admission[_Run](limit)
    runs = {name: _Run(name) for name in names}
    for run in runs.values():
        admission.wait(run)
    return admission, runs


def _admitted(admission: Admission[_Run]) -> list[str]:
    names = []
    while (run := admission.next()) is not None:
        names.append(run.name)
    return names


def test_without_a_limit_all_start_in_their_order() -> None:
    admission, _ = _admission(None, "a", "b", "c")
    assert not admission.full
    assert _admitted(admission) == ["a", "b", "c"]


def test_one_that_leaves_makes_a_place_for_the_next() -> None:
    admission, runs = _admission(2, "a", "b", "c", "d")
    assert _admitted(admission) == ["a", "b"]
    admission.leave(runs["a"])
    assert _admitted(admission) == ["c"]


def test_who_waits_takes_a_place_though_it_has_not_begun() -> None:
    admission, _ = _admission(2, "a")
    assert not admission.full
    admission.wait(_Run("b"))
    assert admission.full


def test_one_that_has_begun_elsewhere_has_a_place_whatever_the_limit() -> None:
    admission, _ = _admission(1, "a")
    other = _Run("other")
    admission.place(other)
    assert _admitted(admission) == []
    admission.leave(other)
    assert _admitted(admission) == ["a"]


def test_one_that_is_to_stop_needs_no_place() -> None:
    admission, runs = _admission(1, "a", "b", "c")
    assert _admitted(admission) == ["a"]
    runs["c"].stop_asked = True
    assert _admitted(admission) == ["c"]


def test_a_limit_may_rise_while_tasks_wait() -> None:
    admission, _ = _admission(1, "a", "b")
    assert _admitted(admission) == ["a"]
    admission.limit = 2
    assert _admitted(admission) == ["b"]


def test_one_that_could_not_begin_gives_its_place_back_and_is_first_again() -> None:
    admission, runs = _admission(1, "a", "b")
    assert _admitted(admission) == ["a"]
    admission.wait_again(runs["a"])
    assert _admitted(admission) == ["a"]
