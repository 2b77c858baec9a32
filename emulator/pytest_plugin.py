"""The pytest plugin: fixtures with an emulator of a test's own, and why its tasks failed.

Loaded in every session of a machine that has ecs-local: what only some tests need is imported
where they need it.
"""

from __future__ import annotations

import gc
import sys
from contextlib import ExitStack, contextmanager
from importlib.machinery import PathFinder
from typing import TYPE_CHECKING, Any, Final, Literal, cast

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping, Sequence
    from importlib.machinery import ModuleSpec
    from pathlib import Path
    from types import ModuleType

    from emulator import Emulator
    from emulator.api.engines import Engine
    from emulator.pytest_support import Files

ENGINES: Final = ("docker", "fake")
_EMULATOR: Final = pytest.StashKey["Emulator"]()
_OURS: Final = "emulator."


class _AsWritten:
    """Finds our modules before pytest does, which rewrites asserts of all that brings a plugin.

    No test looks at those of the program, and pytest takes a third of its imports to look for them.
    """

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return where one of our modules is; None of any other, which others find."""
        return PathFinder.find_spec(name, path, target) if name.startswith(_OURS) else None


_AS_WRITTEN: Final = _AsWritten()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options, and their equivalents for configuration files."""
    group = parser.getgroup("ecs-local", "scheduled ECS tasks (ecs-local)")
    group.addoption(
        "--ecs-local-engine",
        choices=ENGINES,
        help="what runs the containers of ecs_local: docker, or fake, which really runs nothing "
        "(default: ecs_local_engine of the configuration file, else docker)",
    )
    group.addoption(
        "--ecs-local-keep",
        action="store_true",
        default=None,
        help="keep each test's logs and history in .ecs-local/pytest/TEST, and say where",
    )
    parser.addini("ecs_local_engine", "engine of ecs_local: docker or fake", default="docker")
    parser.addini("ecs_local_keep", "as --ecs-local-keep", type="bool", default=False)


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker, see to our imports, and refuse an engine there is none of."""
    sys.meta_path.insert(0, _AS_WRITTEN)
    config.add_cleanup(lambda: sys.meta_path.remove(_AS_WRITTEN))
    config.addinivalue_line(
        "markers",
        "ecs_local(**settings): what the fixture ecs_local is made with: engine, start, script, "
        "clock, lenient, variables and everything else that emulator.Emulator takes",
    )
    chosen = config.getini("ecs_local_engine")
    if chosen not in ENGINES:
        message = f"ecs_local_engine is {chosen!r}; engines are {', '.join(ENGINES)}"
        raise pytest.UsageError(message)


@pytest.fixture(scope="session")
def ecs_local_engine(pytestconfig: pytest.Config) -> Literal["docker", "fake"]:
    """What runs containers: docker or fake, as the command line or the configuration file says.

    For emulators that fixtures of a wider scope make. Override it for another engine of a test
    file or a directory, such as a function from timers to an engine.
    """
    chosen = pytestconfig.getoption("--ecs-local-engine") or pytestconfig.getini("ecs_local_engine")
    return cast("Literal['docker', 'fake']", chosen)


@pytest.fixture
def ecs_local_files(pytestconfig: pytest.Config) -> Files:
    """What `ecs_local` reads: the definitions of pytest's root directory.

    Override it to return a path, several, or the text of an `ecs-local.yaml`: a `str` of more than
    one line is text, any other one a path. Paths count from the root directory.
    """
    return pytestconfig.rootpath


@pytest.fixture
def ecs_local_settings() -> Mapping[str, Any]:
    """What `ecs_local` is made with besides: none, unless a test or conftest.py overrides it.

    Override it to return arguments of `Emulator` by name that another fixture knows, such as
    `{"local": {"networks": [network]}}`. A marker stands before it.
    """
    return {}


@pytest.fixture
def ecs_local(
    request: pytest.FixtureRequest,
    ecs_local_engine: Engine,
    ecs_local_files: Files,
    ecs_local_settings: Mapping[str, Any],
    tmp_path: Path,
) -> Iterator[Emulator]:
    """An `emulator.Emulator` of the test's own, on a clock that the test moves.

    Its state directory lies below `tmp_path`, and its containers carry the path of it as a label,
    so that tests that run at once never touch each other's.
    """
    with ExitStack() as stack:
        with _no_search_for_garbage():
            from emulator.pytest_support import Asked, emulator_for

            asked = Asked(ecs_local_engine, ecs_local_files, ecs_local_settings)
            made = emulator_for(request.node, asked, tmp_path)
            emulator = stack.enter_context(made)
        request.node.stash[_EMULATOR] = emulator
        yield emulator


@contextmanager
def _no_search_for_garbage() -> Iterator[None]:
    """Do what imports hundreds of modules without going through all of them again and again.

    There is no garbage in them, and the session has many more.
    """
    searching = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if searching:
            gc.enable()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add to the report of a test that failed, or a fixture of it, how its tasks went.

    What it asked wrongly is shown at its own line.
    """
    emulator = item.stash.get(_EMULATOR, None)
    if call.excinfo is not None and "emulator.api" in sys.modules:
        # A test may well have made its emulator itself.
        from emulator.pytest_support import leave_us_out

        leave_us_out(item.config, call.excinfo.value)
    report = yield
    if emulator is not None and (report.when == "call" or report.failed):
        from emulator.pytest_support import add_section, sections

        for title, text in sections(item.config, emulator, failed=report.failed):
            add_section(report, title, text)
    return report
