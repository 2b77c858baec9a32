"""Which engine runs containers: Docker, or the fake one with what its script says."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from emulator.app.settings import ENGINES, STATE_DIRECTORY, Settings
from emulator.clock import Clock
from emulator.errors import UsageError
from emulator.model.task import FAKE_ENGINE
from emulator.timers import Timers, WallTimers

if TYPE_CHECKING:
    from emulator.engines.base import ContainerEngine
    from emulator.engines.fake_script import FakeScript
    from emulator.model.definitions import Definitions


def wall_timers(settings: Settings, clock: Clock) -> WallTimers:
    """Return the timers of a machine on a wall clock, which are its engine's as well."""
    if settings.engine != FAKE_ENGINE:
        return WallTimers(clock)
    from emulator.steady_timers import SteadyTimers

    return SteadyTimers(clock)


def engine_factory(
    settings: Settings,
    timers: Timers,
    tell: Callable[[str], None] = lambda _text: None,
    definitions: "Definitions | None" = None,
) -> "Callable[[], ContainerEngine]":
    """Return what makes the engine of settings on timers; else as `simulated_engine`."""
    make = simulated_engine(settings, tell, definitions)
    return lambda: make(timers)


def simulated_engine(
    settings: Settings, tell: Callable[[str], None], definitions: "Definitions | None" = None
) -> "Callable[[Timers], ContainerEngine]":
    """Return what makes the engine of settings on timers. Raises `UsageError`.

    `tell` is called with what a person should know of the engine, and of what its script says of
    containers that the definitions have not.
    """
    if settings.engine not in ENGINES:
        message = f"no engine {settings.engine!r}"
        raise UsageError(message, hint=f"engines: {', '.join(ENGINES)}")
    if settings.engine == FAKE_ENGINE:
        if settings.fake_time:
            message = "no container of the fake engine sees a clock"
            raise UsageError(message, hint="leave --fake-time or --engine fake out")
        script = None if settings.engine_script is None else _read(settings.engine_script)

        def make(timers: Timers) -> "ContainerEngine":
            # Now, when somebody listens.
            if script is not None and definitions is not None:
                tell_gaps(script, definitions, tell)
            return fake_engine(timers, script)

        return make
    if settings.engine_script is not None:
        message = "an engine script is for the fake engine"
        raise UsageError(message, hint="add --engine fake")
    own = _own(settings.state_dir)
    if settings.fake_time:
        return lambda timers: _on_another_clock(timers, tell, own)
    return lambda _timers: _docker(own)


def tell_gaps(
    script: "FakeScript", definitions: "Definitions", tell: Callable[[str], None]
) -> None:
    """Tell of patterns of a script that fit nothing."""
    from emulator.app.script_gaps import script_gaps

    for warning in script_gaps(script, definitions):
        tell(warning)


def fake_engine(timers: Timers, script: "FakeScript | None") -> "ContainerEngine":
    """Return a fake engine on timers; without a script every container exits 0 at once."""
    from emulator.engines.fake import FakeEngine

    if script is None:
        return FakeEngine(images=None, clock=timers.now, timers=timers)
    images = None if script.images is None else frozenset(script.images)
    return FakeEngine(choose=script.process, images=images, clock=timers.now, timers=timers)


def _read(path: Path) -> "FakeScript":
    from emulator.app.engine_script import read_script_file

    return read_script_file(path)


def _own(state_dir: Path) -> Path:
    """Return the directory of all that ecs-local writes here: what each test keeps lies in one."""
    upwards = (state_dir, *state_dir.parents)
    return next((path for path in upwards if path.name == STATE_DIRECTORY), state_dir)


def _docker(own: Path) -> "ContainerEngine":
    from emulator.engines.docker import DockerEngine

    return DockerEngine(left_out=own)


def _on_another_clock(timers: Timers, tell: Callable[[str], None], own: Path) -> "ContainerEngine":
    from emulator.engines.docker_faked_clock import FakedClockEngine

    return FakedClockEngine(timers.now, tell, left_out=own)
