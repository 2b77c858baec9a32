"""What the pytest plugin does once a test asks for an emulator."""

import fcntl
import hashlib
import os
import re
import reprlib
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Final, NamedTuple

import pytest

import emulator
from emulator.api import Emulator
from emulator.api.containers import harmless
from emulator.api.engines import Engine
from emulator.errors import (
    DefinitionError,
    EcsLocalError,
    EngineUnavailableError,
    LeftOutWarning,
    UsageError,
)
from emulator.pytest_settings import settings_of

Files = str | os.PathLike[str] | Sequence[str | os.PathLike[str]]
"""A path, several, or (a `str` of more than one line) the text of an `ecs-local.yaml`."""

KEPT: Final = Path(".ecs-local", "pytest")
_PACKAGE: Final = Path(emulator.__file__).parent
_ASKED: Final = _PACKAGE / "api"
_SWEPT: Final = pytest.StashKey[bool]()
_NO_NAME: Final = re.compile(r"[^\w.-]+")


class Asked(NamedTuple):
    """What the fixtures say: the engine, the definitions, and further settings by their names."""

    engine: Engine
    files: Files
    settings: Mapping[str, Any]


@contextmanager
def emulator_for(item: pytest.Item, asked: Asked, tmp_path: Path) -> Iterator[Emulator]:
    """Run an emulator for a test, as its marker and the session's options say.

    What a person can put right (definitions, options, an engine that does not answer) fails the
    test in a few words, without a traceback.
    """
    with ExitStack() as stack:
        try:
            emulator = stack.enter_context(_emulator(item, asked, tmp_path))
            _warn_of_what_is_left_out(item, emulator)
        except LeftOutWarning as warning:
            refused = str(warning)
        except DefinitionError as error:
            refused = f"{error}\n  of what ecs_local_files says: {_shown(asked.files)}"
        except EngineUnavailableError as error:
            refused = f"{error}\n  or run nothing really: --ecs-local-engine=fake"
        except EcsLocalError as error:
            refused = str(error)
        else:
            yield emulator
            return
    pytest.fail(f"ecs_local: {refused}", pytrace=False)


def _emulator(item: pytest.Item, asked: Asked, tmp_path: Path) -> Emulator:
    config = item.config
    settings = {"engine": asked.engine, **settings_of(item, asked.settings)}
    if settings["engine"] == "docker":
        _sweep(config)
    paths, text = _sources(asked.files, config.rootpath)
    return Emulator(
        *paths,
        text=text,
        state_dir=_state_dir(item, tmp_path),
        **{"directory": config.rootpath, "scratch": not keeps(config), **settings},
    )


def _warn_of_what_is_left_out(item: pytest.Item, emulator: Emulator) -> None:
    """Warn of rules that are missing: whatever a test says of all there are holds without them.

    Raises `LeftOutWarning` where the session makes warnings errors.
    """
    for problem in emulator.definitions.problems:
        if problem.rule == "left-out":
            item.warn(LeftOutWarning(str(problem)))


def sections(
    config: pytest.Config, emulator: Emulator, *, failed: bool
) -> Iterator[tuple[str, str]]:
    """Yield what is added to the report of a test."""
    result = emulator.happened()
    told = ""
    if failed and (result.firings or result.tasks or result.refused):
        told = result.explain()
        yield _title(emulator), told
    # What explains a task stands there.
    warnings = [each for each in map(harmless, emulator.warnings) if each not in told]
    if failed and warnings:
        yield "ecs-local warnings", "\n".join(warnings)
    if keeps(config):
        yield "ecs-local state", f"ecs-local tasks --state-dir {emulator.state_dir}"


def add_section(report: pytest.TestReport, title: str, text: str) -> None:
    """Add a section to what is told of a failure, where there is room: JUnit files have only that.

    Sections of the report itself are for the terminal, and `--show-capture=no` hides them.
    """
    add = getattr(report.longrepr, "addsection", None)
    if add is None:
        report.sections.append((title, text))
    else:
        add(title, text)


def _title(emulator: Emulator) -> str:
    return "ecs-local: fake engine, nothing was really run" if emulator.fake else "ecs-local"


def leave_us_out(config: pytest.Config, error: BaseException) -> None:
    """End at the test's own line the tracebacks of what it asked wrongly, unless all is shown.

    Errors that led to others are shown with them, and so their tracebacks end there as well.
    """
    if config.getoption("fulltrace"):
        return
    for each in _and_what_led_to(error):
        if isinstance(each, EcsLocalError) and _end_where_asked(each.__traceback__):
            _leave_out_what_led_within_us(each)


def _and_what_led_to(error: BaseException) -> list[BaseException]:
    """Return an error with those that it came from or holds, each once."""
    found: list[BaseException] = []
    ahead: list[BaseException | None] = [error]
    while ahead:
        each = ahead.pop()
        if each is None or any(each is known for known in found):
            continue
        found.append(each)
        ahead += [each.__cause__, each.__context__]
        if isinstance(each, BaseExceptionGroup):
            ahead += each.exceptions
    return found


def _leave_out_what_led_within_us(error: EcsLocalError) -> None:
    """Forget which of our own errors led to one: its message says what of them matters."""
    shown = error.__context__ if error.__cause__ is None else error.__cause__
    led = shown
    while led is not None and led.__traceback__ is not None and _is_ours(led.__traceback__):
        led = led.__context__ if led.__cause__ is None else led.__cause__
    if led is not shown:
        error.__cause__, error.__context__ = None, led
        error.__suppress_context__ = led is None


def _is_ours(frame: TracebackType) -> bool:
    return Path(frame.tb_frame.f_code.co_filename).is_relative_to(_PACKAGE)


def _end_where_asked(frame: TracebackType | None) -> bool:
    """End a traceback before the first of our frames, if it is one that tests call."""
    while frame is not None and (inner := frame.tb_next) is not None:
        if _is_ours(inner):
            if Path(inner.tb_frame.f_code.co_filename).is_relative_to(_ASKED):
                # pytest filters anew what it is given, but from the traceback itself.
                frame.tb_next = None
            return frame.tb_next is None
        frame = inner
    return False


def keeps(config: pytest.Config) -> bool:
    """Return whether state directories are kept."""
    return bool(config.getoption("--ecs-local-keep") or config.getini("ecs_local_keep"))


def _state_dir(item: pytest.Item, tmp_path: Path) -> Path:
    if not keeps(item.config):
        return tmp_path / _own_name(item.config)
    # A file's name has at most 255 bytes, of which a Japanese character takes three.
    readable = _NO_NAME.sub("-", item.nodeid).encode()[-150:].decode(errors="ignore").strip("-")
    digest = hashlib.sha256(item.nodeid.encode()).hexdigest()[:8]
    path = item.config.rootpath / KEPT / f"{readable}-{digest}"
    shutil.rmtree(path, ignore_errors=True)
    return path


def _own_name(config: pytest.Config) -> str:
    """Return the name of every state directory of this root directory's tests."""
    return f"ecs-local-{hashlib.sha256(bytes(config.rootpath)).hexdigest()[:12]}"


def _sources(files: Files, root: Path) -> tuple[list[Path], str | None]:
    if isinstance(files, str) and "\n" in files:
        return [], files
    listed = [files] if isinstance(files, str | os.PathLike) else files
    paths = list(listed) if isinstance(listed, Iterable) else []
    if not paths or not all(_is_path(path) for path in paths):
        message = f"ecs_local_files is {reprlib.repr(files)}"
        raise UsageError(message, hint="return a path, a list of them, or a text of several lines")
    return [root / path for path in paths], None


def _shown(files: Files) -> str:
    if isinstance(files, str) and "\n" in files:
        return "a text"
    return ", ".join(map(str, [files] if isinstance(files, str | os.PathLike) else files))


def _is_path(value: object) -> bool:
    """Whether a value names a file: an empty text would name the root directory in silence."""
    return isinstance(value, os.PathLike) or (
        isinstance(value, str) and value != "" and "\n" not in value
    )


def _sweep(config: pytest.Config) -> None:
    """Remove, once a session, what killed sessions of this root directory have left."""
    if config.stash.get(_SWEPT, False):
        return
    config.stash[_SWEPT] = True
    from emulator.app.forsaken import remove_forsaken
    from emulator.engines.docker import DockerEngine

    name, kept = _own_name(config), Path(os.path.realpath(config.rootpath / KEPT))
    # Workers of one session come here at once: one at a time, locked by the directory itself.
    directory = os.open(config.rootpath, os.O_RDONLY)
    try:
        fcntl.flock(directory, fcntl.LOCK_EX)
        remove_forsaken(DockerEngine, lambda path: path.name == name or path.parent == kept)
    finally:
        os.close(directory)
