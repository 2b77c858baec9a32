"""The engine of an emulator: by its name with a script, or the caller's own."""

from collections.abc import Callable, Mapping
from typing import Any, Literal

from emulator.api.arguments import Files, script_of
from emulator.app.engine_choice import fake_engine, simulated_engine, tell_gaps
from emulator.app.settings import Settings
from emulator.app.simulation import SimulatedEngine
from emulator.engines.fake_script import FakeScript
from emulator.errors import UsageError
from emulator.model.definitions import Definitions

Engine = Literal["docker", "fake"] | SimulatedEngine
Script = Files | Mapping[str, Any] | FakeScript | None


def engine_of(
    engine: Engine,
    script: Script,
    settings: Settings,
    definitions: Definitions,
    warn: Callable[[str], None],
) -> SimulatedEngine:
    """Return what makes the engine. Raises `UsageError` for a script where none is obeyed."""
    make = simulated_engine(settings, warn) if isinstance(engine, str) else engine
    if script is None:
        return make
    if engine != "fake":
        message = "a script is for the fake engine"
        raise UsageError(message, hint='add engine="fake"')
    read = script_of(script)
    tell_gaps(read, definitions, warn)
    return lambda timers: fake_engine(timers, read)
