"""The order of the layers, and who alone may import or call what: read from the source itself."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parent.parent
PACKAGE: Final = ROOT / "emulator"

LAYERS: Final = (
    ("pytest_plugin",),
    ("pytest_support",),
    ("pytest_settings",),
    ("api", "cli"),
    ("app",),
    ("daemon",),
    ("eventbridge",),
    ("ecs", "pictures"),
    ("definitions", "engines", "lint", "logs", "state"),
    ("events",),
    ("model",),
    ("steady_timers", "virtual_time"),
    ("patterns", "schedules", "timers", "waiting"),
    ("activity", "clock", "errors", "quantity", "together"),
    ("values", "whole_files", "workers"),
)
"""From the front ends down; a layer imports what stands below it, never beside or above."""

ONLY: Final = {
    "docker": ("engines/docker",),
    "requests": ("engines/docker",),
    "apscheduler": ("daemon/alarm.py",),
    "croniter": ("schedules/",),
    "sqlite3": ("state/",),
    "yaml": ("definitions/",),
    "prometheus_client": ("app/metrics.py",),
}
"""Third parties that one place alone may know, by the beginning of its path."""

TREE: Final = tuple(
    f"definitions/terraform/{name}.py"
    for name in ("root", "modules", "module_calls", "expanded", "resources", "documents")
)
"""A root holds modules, which hold calls and resources, and each knows what holds it: these modules
alone name each other, where types are checked."""


@dataclass(frozen=True, slots=True)
class _Import:
    path: str
    line: int
    module: str


def _modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def _relative(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def _imports(path: Path) -> Iterator[_Import]:
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield _Import(_relative(path), node.lineno, alias.name)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative import"
            yield _Import(_relative(path), node.lineno, node.module or "")


def _layer_of(path: str) -> str:
    return path.split("/")[0].removesuffix(".py")


def _rank(name: str) -> int | None:
    return next((rank for rank, names in enumerate(LAYERS) if name in names), None)


def _violations(imports: Iterator[_Import]) -> Iterator[str]:
    for found in imports:
        parts = found.module.split(".")
        own = _layer_of(found.path)
        if parts[0] != "emulator" or len(parts) < 2 or parts[1] == own:
            continue
        rank, other = _rank(own), _rank(parts[1])
        if rank is None:
            continue
        if other is None:
            yield f"{found.path}:{found.line} imports {found.module}, which has no layer"
        elif other <= rank:
            yield f"{found.path}:{found.line} imports {found.module}, which is not below it"


def test_every_module_has_a_layer() -> None:
    outside = {
        _relative(path)
        for path in _modules()
        if _rank(_layer_of(_relative(path))) is None
        and _relative(path) not in ("__init__.py", "__main__.py")
    }
    assert outside == set()


def test_imports_go_downwards_only() -> None:
    found = [text for path in _modules() for text in _violations(_imports(path))]
    assert found == []


def test_an_import_that_goes_upwards_is_found() -> None:
    upwards = _Import("model/task.py", 3, "emulator.ecs.plan")
    sideways = _Import("logs/writer.py", 4, "emulator.state.history")
    downwards = _Import("app/live.py", 5, "emulator.engines.base")
    assert list(_violations(iter([upwards, sideways, downwards]))) == [
        "model/task.py:3 imports emulator.ecs.plan, which is not below it",
        "logs/writer.py:4 imports emulator.state.history, which is not below it",
    ]


def _imported(path: Path) -> Iterator[str]:
    """Yield the modules that a module imports, wherever in it and whatever for."""
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                inner, outer = (
                    ROOT / f"{name.replace('.', '/')}.py"
                    for name in (f"{node.module}.{alias.name}", f"{node.module}")
                )
                found = inner if inner.exists() else outer
                if found.exists():
                    yield _relative(found)


def _circle(imports: Mapping[str, Iterable[str]]) -> list[str] | None:
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        return list(error.args[1])
    return None


def test_no_modules_import_each_other_in_a_circle() -> None:
    imports = {_relative(path): set(_imported(path)) for path in _modules()}
    for path in TREE:
        imports[path] -= {*TREE, "definitions/terraform/policy_documents.py"}
    assert _circle(imports) is None


def test_a_circle_of_imports_is_found() -> None:
    assert _circle({"a.py": ["b.py"], "b.py": ["c.py"], "c.py": ["a.py"]}) is not None
    assert _circle({"a.py": ["b.py", "c.py"], "b.py": ["c.py"]}) is None


@pytest.mark.parametrize("library", sorted(ONLY))
def test_a_third_party_is_known_in_one_place_only(library: str) -> None:
    strangers = [
        f"{found.path}:{found.line}"
        for path in _modules()
        for found in _imports(path)
        if found.module.split(".")[0] == library and not found.path.startswith(ONLY[library])
    ]
    assert strangers == []


def test_only_the_command_line_prints() -> None:
    printing = [
        f"{_relative(path)}:{node.lineno}"
        for path in _modules()
        if not _relative(path).startswith("cli/")
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("print", "input")
    ]
    assert printing == []


def test_only_the_clock_reads_the_wall_clock() -> None:
    forbidden = {("datetime", "now"), ("datetime", "utcnow"), ("time", "time"), ("date", "today")}
    reading = [
        f"{_relative(path)}:{node.lineno}"
        for path in _modules()
        if _relative(path) != "clock.py"
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and (node.value.id, node.attr) in forbidden
    ]
    assert reading == []


def test_the_contributing_page_draws_the_same_layers() -> None:
    drawn = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    picture = "\n".join(" | ".join(layer) for layer in LAYERS)
    assert picture in drawn
