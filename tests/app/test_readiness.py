"""Images of rules are looked for before they are due, and brought when they are missing."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from emulator.app.live import Live
from emulator.app.readiness import LOOK_EVERY, NeededImage, Readiness, needed_images
from emulator.app.settings import Settings
from emulator.engines.fake import FakeEngine
from emulator.events import EventBus, Progressed, Warned
from emulator.model.definitions import Definitions, Local
from emulator.model.environment import SecretSource
from emulator.model.image_builds import ImageBuild, LocalImage
from emulator.timers import SimulatedTimers
from tests.builders import NOON, container, definitions, event_rule, rule, task_definition

NIGHTLY = NeededImage("registry/app:1", None, "nightly", container(image="registry/app:1"))


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
    first, second = container(image="aws/app:1"), container("b", image="redis:7")
    own = LocalImage(image="app:dev", platform="linux/arm64")
    known = definitions(task_definition(first, second), local=Local(images={"aws/app:1": own}))
    assert needed_images([rule("a"), event_rule("b")], known) == [
        NeededImage("app:dev", "linux/arm64", "a", first, own),
        NeededImage("redis:7", None, "a", second),
    ]


def test_the_images_of_tasks_that_events_start_are_needed_too() -> None:
    known = definitions(task_definition(container()))
    assert needed_images([event_rule("after")], known) == [
        NeededImage("alpine:latest", None, "after", container())
    ]


def test_a_missing_image_is_pulled_before_anything_is_due(tmp_path: Path) -> None:
    engine = FakeEngine(registry=frozenset({"registry/app:1"}))
    said: list[str] = []
    with _live(tmp_path, engine, said) as live:
        readiness = Readiness(live, [NIGHTLY], Local(), {})
        readiness.look()
        readiness.look()
    assert engine.calls == ["pull registry/app:1"]
    assert said == ["pulling registry/app:1", "pulled registry/app:1"]


def test_an_image_that_cannot_be_had_is_told_once_and_looked_for_again(tmp_path: Path) -> None:
    engine = FakeEngine()
    said: list[str] = []
    with _live(tmp_path, engine, said) as live:
        readiness = Readiness(live, [NIGHTLY], Local(), {})
        readiness.look()
        readiness.look()
    assert engine.calls == ["pull registry/app:1"] * 2
    (warning,) = [text for text in said if not text.startswith("pulling")]
    problem, hint = warning.splitlines()
    assert problem == (
        "nightly: its tasks would not start: manifest for registry/app:1 not found: "
        "manifest unknown"
    )
    assert hint.startswith("  hint: registry/app:1 can have a stand-in")


def test_of_an_engine_that_is_away_it_is_said_that_tasks_wait_for_it(tmp_path: Path) -> None:
    engine = FakeEngine()
    said: list[str] = []
    with _live(tmp_path, engine, said) as live:
        engine.fall_silent()
        Readiness(live, [NIGHTLY], Local(), {}).look()
        engine.come_back()
    (told,) = said
    reason = "no container engine answers: it has disappeared"
    assert told == f"nightly: its tasks would wait for the engine: {reason}"


def test_it_looks_again_and_again_until_it_is_to_end(tmp_path: Path) -> None:
    with _live(tmp_path, FakeEngine(), []) as live:
        readiness = Readiness(live, [NIGHTLY], Local(), {})
        readiness.begin()
        timers = live.timers
        assert isinstance(timers, SimulatedTimers)
        assert timers.step(NOON + LOOK_EVERY)
        readiness.end()
        assert timers.step(NOON + 2 * LOOK_EVERY)
        assert not timers.step(NOON + 9 * LOOK_EVERY)


def test_an_image_that_is_built_is_built_before_anything_is_due(tmp_path: Path) -> None:
    engine = FakeEngine()
    said: list[str] = []
    own = LocalImage(build=ImageBuild(context="/src/app"))
    with _live(tmp_path, engine, said) as live:
        Readiness(live, [replace(NIGHTLY, own=own)], Local(), {}).look()
    assert engine.calls == ["build /src/app"]
    assert said == ["building from /src/app"]


def test_credentials_of_a_registry_are_used_ahead_of_time_or_missed_in_words(
    tmp_path: Path,
) -> None:
    engine = FakeEngine(registry=frozenset({"registry/app:1"}))
    said: list[str] = []
    mine = replace(NIGHTLY, container=container(repository_credentials="login"))
    known = Local(secrets={"login": SecretSource(value='{"username": "u", "password": "p"}')})
    with _live(tmp_path, engine, said) as live:
        Readiness(live, [mine], Local(), {}).look()
        assert engine.calls == []
        assert said[0].startswith("nightly: its tasks would not start: ")
        assert "local.secrets" in said[0]
        Readiness(live, [mine], known, {}).look()
    assert engine.calls == ["pull registry/app:1 as u"]
