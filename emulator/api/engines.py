"""The engine of an emulator: by its name with a script, or the caller's own."""

import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal, Union, cast

from emulator.api.kinds import Files, is_no, path
from emulator.app.engine_choice import fake_engine, simulated_engine, tell_gaps
from emulator.app.settings import ENGINES, Settings
from emulator.app.simulation import SimulatedEngine
from emulator.definitions.nodes import one_of, some_of
from emulator.engines.base import ContainerEngine
from emulator.errors import UsageError
from emulator.model.definitions import Definitions

if TYPE_CHECKING:
    from emulator.engines.fake_script import FakeScript

Engine = Literal["docker", "fake"] | SimulatedEngine
Script = Union[Files, Mapping[str, Any], "FakeScript", None]


def engine(name: str, value: object) -> Engine:
    """Return the engine that is meant. Raises `UsageError`."""
    if isinstance(value, str):
        if value in ENGINES:
            return cast("Engine", value)
        message = f"`{name}`: there is no engine {value!r}"
        raise UsageError(message, hint=one_of("engines", value, ENGINES))
    if callable(value):
        return cast("SimulatedEngine", value)
    wanted = "'docker', 'fake' or a function from timers to an engine"
    hint = None if _lacking(value) else "`lambda timers: …` returns it"
    raise is_no(name, value, wanted, hint=hint)


def script(name: str, value: object) -> "FakeScript":
    """Return what the fake engine is to do: of a file, or of its content as a mapping.

    Raises `UsageError`.
    """
    from emulator.app.engine_script import read_script, read_script_file
    from emulator.engines.fake_script import FakeScript

    if isinstance(value, FakeScript):
        return value
    if isinstance(value, str | os.PathLike):
        return read_script_file(path(name, value))
    if isinstance(value, Mapping):
        return read_script(value, name)
    raise is_no(name, value, "a path, or a mapping", hint='{"containers": [{"exitCode": 1}]}')


def engine_of(
    chosen: Engine,
    does: "FakeScript | None",
    settings: Settings,
    definitions: Definitions,
    warn: Callable[[str], None],
) -> SimulatedEngine:
    """Return what makes the engine, which goes by a script's first starts."""
    if not isinstance(chosen, str):
        return lambda timers: _made(chosen(timers))
    if does is None:
        return simulated_engine(settings, warn)
    tell_gaps(does, definitions, warn)
    return lambda timers: fake_engine(timers, does.afresh())


def _made(made: ContainerEngine) -> ContainerEngine:
    """Return an engine that a caller's function made. Raises `UsageError` for what is none."""
    lacking = _lacking(made)
    if lacking:
        hint = f"it lacks {some_of(lacking)} of emulator.engines.base.ContainerEngine"
        raise is_no("engine(timers)", made, "an engine", hint=hint)
    return made


def _lacking(value: object) -> list[str]:
    """Return the methods of an engine that a value has not."""
    methods = (name for name in vars(ContainerEngine) if not name.startswith("_"))
    return [name for name in methods if not callable(getattr(value, name, None))]
