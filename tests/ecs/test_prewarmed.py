"""Namespaces that stand before their tasks: given to them, or taken down, and never in the way."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from emulator.ecs.cluster import Cluster
from emulator.ecs.endpoints import Endpoints
from emulator.ecs.identity import TASK_ID_LABEL
from emulator.ecs.prewarmed import MOST, Prewarmed
from emulator.ecs.run_task import RunTaskRequest, accept
from emulator.ecs.task_credentials import TaskCredentials
from emulator.ecs.workshop import Workshop
from emulator.engines.base import EngineRefusedError, NetworkAddress
from emulator.engines.fake import FakeEngine
from emulator.engines.spec import CONTAINER_NAME_LABEL, PAUSE_CONTAINER, ContainerSpec
from emulator.errors import EngineUnavailableError
from emulator.events import EventBus, TaskStateChanged
from emulator.model.definitions import Definitions
from emulator.model.task import Task
from emulator.model.task_definition import NetworkMode
from emulator.workers import begin_thread
from tests.builders import NOON, container, definitions, task_definition, workshop

PATIENCE = 60.0
AWSVPC = definitions(task_definition(container(), network_mode=NetworkMode.AWSVPC))
REQUEST = RunTaskRequest(task_definition="job", rule="nightly", scheduled_at=NOON)


class _Watched:
    """A cluster whose tasks may have namespaces ahead, on an engine that says what is in it."""

    def __init__(self, engine: FakeEngine, shop: Workshop, prewarmed: Prewarmed) -> None:
        self.engine, self.shop, self.prewarmed = engine, shop, prewarmed
        self.cluster = Cluster(shop, prewarmed=prewarmed)
        self.ended: list[Task] = []
        shop.bus.subscribe(TaskStateChanged, self._on_task)

    def prepare(self, request: RunTaskRequest = REQUEST, known: Definitions = AWSVPC) -> list[str]:
        """Prepare a request, and return the tasks of all pause containers that stand."""
        generation = self.prewarmed.generation
        self.prewarmed.prepare(request, known, self.shop, NOON, generation=generation)
        return self.standing()

    def standing(self) -> list[str]:
        found = self.engine.find_containers({CONTAINER_NAME_LABEL: PAUSE_CONTAINER})
        return [container.labels[TASK_ID_LABEL] for container in found]

    def run(self, request: RunTaskRequest = REQUEST) -> list[str]:
        """Run tasks to their end; return their ids."""
        tasks = self.prewarmed.new_tasks(request, accept(request, AWSVPC), now=NOON)
        for task in tasks:
            self.cluster.submit(task)
        assert self.cluster.wait_idle(PATIENCE)
        return [task.id for task in tasks]

    def pauses_made(self) -> int:
        return sum(call.startswith("create ") and "pause" in call for call in self.engine.calls)

    def _on_task(self, event: TaskStateChanged) -> None:
        if event.task.stopped:
            self.ended.append(event.task)


@contextmanager
def _watched(
    engine: FakeEngine | None = None, endpoints: Endpoints | None = None
) -> Iterator[_Watched]:
    engine, prewarmed = engine or FakeEngine(), Prewarmed()
    watched = _Watched(engine, workshop(engine, EventBus(), endpoints=endpoints), prewarmed)
    yield watched
    prewarmed.close()
    assert engine.find_containers({}) == []


def test_a_task_gets_the_namespace_that_was_made_for_it() -> None:
    with _watched() as watched:
        (ahead,) = watched.prepare()
        made = watched.pauses_made()
        assert watched.run() == [ahead]
        assert watched.pauses_made() == made == 1
        assert [task.succeeded for task in watched.ended] == [True]
        assert watched.standing() == []


def test_only_the_firing_it_was_made_for_gets_it_and_once() -> None:
    with _watched() as watched:
        (ahead,) = watched.prepare()
        other = RunTaskRequest(
            task_definition="job", rule="nightly", scheduled_at=NOON + timedelta(minutes=1)
        )
        assert watched.run(other) != [ahead]
        assert watched.standing() == [ahead]
        assert [watched.run(), watched.run() == [ahead]] == [[ahead], False]


def test_a_request_for_more_tasks_than_stand_starts_the_rest_cold() -> None:
    with _watched() as watched:
        many = RunTaskRequest(task_definition="job", count=10, rule="nightly", scheduled_at=NOON)
        ahead = watched.prepare(many)
        assert len(ahead) == MOST
        ids = watched.run(many)
        assert ids[:MOST] == ahead
        assert len(set(ids)) == len(watched.ended) == 10


def test_what_no_task_comes_for_is_taken_down() -> None:
    with _watched() as watched:
        watched.prepare()
        watched.prewarmed.give_up("nightly", NOON + timedelta(minutes=1))
        watched.prewarmed.give_up("weekly", NOON)
        assert len(watched.standing()) == 1
        watched.prewarmed.give_up("nightly", NOON)
        _gone(watched)
        watched.prepare()
        watched.prewarmed.discard()
        _gone(watched)
        assert watched.run() != []


def test_what_is_discarded_while_it_is_made_never_stands() -> None:
    class _Discarding(FakeEngine):
        def create(self, spec: object) -> str:
            watched.prewarmed.discard()
            return super().create(spec)  # type: ignore[arg-type]

    with _watched(_Discarding()) as watched:
        watched.prepare()
        _gone(watched)


class _Slow(FakeEngine):
    """Creates containers when it is let: one that is `at_it` waits for that."""

    def __init__(self) -> None:
        super().__init__()
        self.at_it, self.let = threading.Event(), threading.Event()

    def create(self, spec: ContainerSpec) -> str:
        self.at_it.set()
        assert self.let.wait(PATIENCE)
        return super().create(spec)


def test_what_is_given_up_while_it_is_made_never_stands() -> None:
    engine = _Slow()
    with _watched(engine) as watched:
        making = begin_thread(watched.prepare, "prewarming")
        assert engine.at_it.wait(PATIENCE)
        watched.prewarmed.give_up("nightly", NOON)
        engine.let.set()
        making.join(PATIENCE)
        _gone(watched)


def test_what_is_made_at_the_end_is_waited_for_and_taken_down() -> None:
    engine = _Slow()
    with _watched(engine) as watched:
        begin_thread(watched.prepare, "prewarming")
        assert engine.at_it.wait(PATIENCE)
        closing = begin_thread(watched.prewarmed.close, "closing")
        closing.join(0.05)
        assert closing.is_alive()
        engine.let.set()
        closing.join(PATIENCE)
        assert engine.calls[-1] == f"remove {PAUSE_CONTAINER}"


def test_the_end_waits_no_longer_than_its_patience_for_an_engine_that_does_not_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    engine = _Slow()
    with _watched(engine) as watched, monkeypatch.context() as impatient:
        impatient.setattr("emulator.ecs.prewarmed.CLOSE_PATIENCE_SECONDS", 0.01)
        making = begin_thread(watched.prepare, "prewarming")
        assert engine.at_it.wait(PATIENCE)
        closing = begin_thread(watched.prewarmed.close, "closing")
        closing.join(PATIENCE)
        assert not closing.is_alive()
        engine.let.set()
        making.join(PATIENCE)
        _gone(watched)


def test_what_is_made_by_definitions_that_others_have_replaced_never_stands() -> None:
    with _watched() as watched:
        old = watched.prewarmed.generation
        watched.prewarmed.discard()
        watched.prewarmed.prepare(REQUEST, AWSVPC, watched.shop, NOON, generation=old)
        assert watched.pauses_made() == 0
        assert len(watched.prepare()) == 1


def test_nothing_is_made_after_the_end_and_what_was_given_is_taken_down() -> None:
    with _watched() as watched:
        (ahead,) = watched.prepare()
        (task,) = watched.prewarmed.new_tasks(REQUEST, accept(REQUEST, AWSVPC), now=NOON)
        assert task.id == ahead
        watched.prewarmed.close()
        assert watched.standing() == []
        assert watched.prepare() == []


def test_an_engine_that_refuses_leaves_the_reason_to_the_task() -> None:
    class _Refusing(FakeEngine):
        def start(self, container_id: str) -> None:
            if self._get(container_id).spec.labels[CONTAINER_NAME_LABEL] == PAUSE_CONTAINER:
                raise EngineRefusedError("no address is left")
            super().start(container_id)

    with _watched(_Refusing()) as watched:
        assert watched.prepare() == []
        watched.run()
        (task,) = watched.ended
        assert "no address is left" in (task.containers[0].reason or "")


def test_a_namespace_that_went_down_meanwhile_is_made_anew() -> None:
    with _watched() as watched:
        (ahead,) = watched.prepare()
        (container,) = watched.engine.find_containers({})
        watched.engine.remove(container.id)
        assert watched.run() == [ahead]
        assert watched.pauses_made() == 2
        assert [task.succeeded for task in watched.ended] == [True]


def test_one_that_an_engine_on_its_way_out_keeps_goes_with_its_task_that_makes_another() -> None:
    class _OnItsWayOut(FakeEngine):
        silent = 0

        def address(self, container_id: str) -> NetworkAddress:
            self._answer_or_not()
            return super().address(container_id)

        def remove(self, container_id: str) -> None:
            self._answer_or_not()
            super().remove(container_id)

        def _answer_or_not(self) -> None:
            if self.silent:
                self.silent -= 1
                raise EngineUnavailableError("no container engine answers: broken pipe")

    engine = _OnItsWayOut()
    with _watched(engine) as watched:
        (ahead,) = watched.prepare()
        engine.silent = 2
        assert watched.run() == [ahead]
        assert [task.succeeded for task in watched.ended] == [True]
        assert (engine.silent, watched.pauses_made()) == (0, 2)


def test_the_endpoint_of_a_prepared_task_is_its_own_and_goes_with_it(tmp_path: Path) -> None:
    directory = tmp_path / "endpoints"
    endpoints = Endpoints(directory, TaskCredentials(None, lambda: NOON), lambda: NOON, owner="me")
    with _watched(endpoints=endpoints) as watched:
        (ahead,) = watched.prepare()
        assert (directory / ahead / "owner").read_text() == "me"
        watched.run()
        assert [path.name for path in directory.iterdir()] == ["key"]


def _gone(watched: _Watched) -> None:
    for thread in threading.enumerate():
        if thread.name == "prewarmed":
            thread.join(PATIENCE)
    assert watched.standing() == []


@pytest.mark.parametrize("mode", [NetworkMode.BRIDGE, NetworkMode.HOST])
def test_a_task_without_a_shared_network_is_not_prepared(mode: NetworkMode) -> None:
    with _watched() as watched:
        assert watched.prepare(known=definitions(task_definition(network_mode=mode))) == []
