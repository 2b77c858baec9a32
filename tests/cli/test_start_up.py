"""What a command does not need it does not import: start-up is what the user waits for."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = (
    *("apscheduler", "asyncio", "croniter", "docker", "re2", "requests", "socket", "sqlite3"),
    *("subprocess", "unittest", "urllib.request", "uuid"),
    *("emulator.daemon", "emulator.ecs", "emulator.engines", "emulator.logs", "emulator.state"),
)
"""What running tasks needs, and asking what would run does not."""

RARE = (
    *("emulator.model.environment", "emulator.model.health", "emulator.model.networking"),
    *("emulator.model.task", "emulator.model.volumes", "emulator.definitions.cloudformation"),
    *("emulator.definitions.copilot", "emulator.definitions.jsonnet_text"),
    *("emulator.definitions.rendering", "emulator.definitions.terraform.root"),
)
"""What the sample's definitions have none of."""

LAST = "from emulator.cli import main; import sys; main(sys.argv[1:]); print(*sorted(sys.modules))"


def modules_after(*words: str) -> list[str]:
    """Return the modules that are imported once a command line has answered."""
    done = subprocess.run(
        [sys.executable, "-c", LAST, *words], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return done.stdout.splitlines()[-1].split()


def found(modules: list[str], unwanted: tuple[str, ...]) -> list[str]:
    """Return the modules that are unwanted, or belong to an unwanted package with code."""
    return [
        module
        for module in modules
        if any(module == name or module.startswith(f"{name}.") for name in unwanted)
    ]


def test_the_help_imports_what_reads_arguments_and_nothing_else() -> None:
    modules = modules_after("--help")
    ours = [module for module in modules if module.split(".")[0] == "emulator"]
    assert ours == ["emulator", "emulator.cli", "emulator.cli.commands"]
    assert found(modules, (*HEAVY, "dataclasses", "datetime", "pathlib", "typing", "yaml")) == []


def test_next_imports_nothing_that_runs_tasks(tmp_path: Path) -> None:
    modules = modules_after("next", "--state-dir", str(tmp_path / "state"))
    allowed = ("emulator.state", "emulator.state.directory")
    assert [name for name in found(modules, HEAVY) if name not in allowed] == []


def test_next_imports_no_part_of_the_model_that_no_definition_uses(tmp_path: Path) -> None:
    modules = modules_after("next", "--state-dir", str(tmp_path / "state"))
    assert found(modules, RARE) == []


@pytest.mark.parametrize("name", ["emulator.model.task_definition", "yaml"])
def test_what_the_sample_needs_is_seen_by_this_test(name: str, tmp_path: Path) -> None:
    assert name in modules_after("next", "--state-dir", str(tmp_path / "state"))
