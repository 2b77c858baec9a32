"""What a command does not need it does not import: start-up is what the user waits for."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = (
    *("apscheduler", "asyncio", "croniter", "docker", "hcl2", "logging", "re2", "requests"),
    *("socket", "sqlite3", "ssl", "subprocess", "tempfile", "unittest", "urllib.request", "uuid"),
    *("wcwidth", "zoneinfo"),
    *("emulator.activity", "emulator.daemon", "emulator.ecs", "emulator.engines"),
    *("emulator.eventbridge.sinks", "emulator.logs", "emulator.state", "emulator.timers"),
)
"""What running tasks needs, and asking what would run does not."""

RARE_MODEL = (
    *("container_life", "container_override", "delivery", "durations", "environment"),
    *(
        "event_rules",
        "health",
        "image_builds",
        "linux",
        "networking",
        "overrides",
        "placement",
        "roles",
    ),
    *("sinks", "task", "task_policies", "transform", "volumes"),
)
RARE = (
    *(f"emulator.model.{name}" for name in RARE_MODEL),
    *("emulator.definitions.cloudformation", "emulator.definitions.copilot"),
    *("emulator.definitions.container_environment", "emulator.definitions.container_limits"),
    *("emulator.definitions.dependency_checks", "emulator.definitions.event_patterns"),
    *("emulator.definitions.jsonnet_text", "emulator.definitions.local"),
    *("emulator.definitions.notification_targets", "emulator.definitions.override_checks"),
    *("emulator.definitions.document", "emulator.definitions.override_fields"),
    *("emulator.definitions.put_events", "emulator.definitions.task_override"),
    *("emulator.definitions.rendering", "emulator.definitions.sinks"),
    *("emulator.definitions.terraform.root", "emulator.patterns"),
    *("emulator.schedules.at", "emulator.schedules.bounded", "emulator.schedules.corrections"),
    *("emulator.schedules.flexible", "emulator.schedules.rate"),
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


def test_next_imports_nothing_for_what_no_definition_says(tmp_path: Path) -> None:
    modules = modules_after("next", "--state-dir", str(tmp_path / "state"))
    assert found(modules, RARE) == []


def test_what_may_not_be_imported_is_there_to_be_imported() -> None:
    ours = [name for name in (*HEAVY, *RARE) if name.startswith("emulator.")]
    assert [name for name in ours if find_spec(name) is None] == []


@pytest.mark.parametrize("name", ["emulator.model.task_definition", "yaml"])
def test_what_the_sample_needs_is_seen_by_this_test(name: str, tmp_path: Path) -> None:
    assert name in modules_after("next", "--state-dir", str(tmp_path / "state"))
