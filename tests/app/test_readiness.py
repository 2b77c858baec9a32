"""Images of rules are looked for before they are due, and brought when they are missing."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from emulator.app.live import Live
from emulator.app.readiness import LOOK_EVERY, NeededImage, Readiness, needed_images
from emulator.app.settings import Settings
from emulator.engines.fake import FakeEngine
from emulator.events import EventBus, Progressed, Warned
from emulator.model.definitions import Definitions, Local, LocalImage
from emulator.timers import SimulatedTimers
from tests.builders import NOON, container, definitions, rule, task_definition

NIGHTLY = NeededImage("registry/app:1", None, "nightly")


@contextmanager
def _live(path: Path, engine: FakeEngine, said: list[str]) -> Iterator[Live]:
    bus = EventBus()
    bus.subscribe(Warned, lambda event: said.append(event.message))
    bus.subscribe(Progressed, lambda event: said.append(event.message))
    timers = SimulatedTimers(NOON)
    settings = Settings(directory=path, state_dir=path / "state")
    with Live(settings, Definitions(), bus, timers.now, lambda: engine, timers=timers) as live:
        yield live


def test_the_images_of_rules_are_those_this_machine_runs_each_once() -> None:
    known = definitions(
        task_definition(container(image="aws/app:1"), container("b", image="redis:7")),
        local=Local(images={"aws/app:1": LocalImage(image="app:dev")}),
    )
    assert needed_images([rule("a"), rule("b")], known) == [
        NeededImage("app:dev", None, "a", LocalImage(image="app:dev")),
        NeededImage("redis:7", None, "a"),
    ]


def test_a_missing_image_is_pulled_before_anything_is_due(tmp_path: Path) -> None:
    engine = FakeEngine(registry=frozenset({"registry/app:1"}))
    said: list[str] = []
    with _live(tmp_path, engine, said) as live:
        readiness = Readiness(live, [NIGHTLY])
        readiness.look()
        readiness.look()
    assert engine.calls == ["pull registry/app:1"]
    assert said == ["pulling registry/app:1", "pulled registry/app:1"]


def test_an_image_that_cannot_be_had_is_told_once_and_looked_for_again(tmp_path: Path) -> None:
    engine = FakeEngine()
    said: list[str] = []
    with _live(tmp_path, engine, said) as live:
        readiness = Readiness(live, [NIGHTLY])
        readiness.look()
        readiness.look()
    assert engine.calls == ["pull registry/app:1"] * 2
    warnings = [text for text in said if not text.startswith("pulling")]
    assert warnings == [
        (
            "nightly: its tasks would not start: manifest for registry/app:1 not found: "
            "manifest unknown"
        )
    ]


def test_it_looks_again_and_again_until_it_is_to_end(tmp_path: Path) -> None:
    with _live(tmp_path, FakeEngine(), []) as live:
        readiness = Readiness(live, [NIGHTLY])
        readiness.begin()
        timers = live.timers
        assert isinstance(timers, SimulatedTimers)
        assert timers.step(NOON + LOOK_EVERY)
        readiness.end()
        assert timers.step(NOON + 2 * LOOK_EVERY)
        assert not timers.step(NOON + 9 * LOOK_EVERY)
