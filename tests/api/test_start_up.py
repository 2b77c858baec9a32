"""What an emulator does not need it does not import: a first test waits for all of that."""

import subprocess
import sys
from collections.abc import Iterable
from importlib.util import find_spec
from typing import Final

import pytest

PLAIN: Final = """
rules:
- {name: job, scheduleExpression: rate(1 hour), taskDefinition: job}
taskDefinitions:
  job:
    networkMode: bridge
    containerDefinitions:
    - {name: app, image: "alpine:latest", memory: 64, command: [date]}
"""
"""A rule with one container and nothing else."""

RUN: Final = """
import sys
from emulator import Emulator
with Emulator(text={text!r}, engine="fake", scratch={scratch}) as ecs:
    assert ecs.invoke("job").exit_code == 0
print(*sorted(sys.modules))
"""

OTHERS: Final = (
    "apscheduler",
    "asyncio",
    "concurrent",
    "croniter",
    "docker",
    "requests",
    "sqlite3",
)
OURS: Final = (
    *("app.forsaken", "app.other_processes", "app.recorded_task", "app.upkeep"),
    *("cli", "daemon"),
    *("definitions.api_types", "definitions.container_environment"),
    *("definitions.container_limits", "definitions.document", "definitions.event_patterns"),
    *("definitions.fargate_checks", "definitions.json_text", "definitions.local"),
    *("definitions.log_groups", "definitions.override_fields", "definitions.put_events"),
    *("definitions.shapes", "definitions.task_override", "definitions.terraform.root"),
    *("ecs.adoption", "ecs.container_statistics", "ecs.endpoint_server", "ecs.endpoints"),
    *("ecs.environment_files", "ecs.further_attempt", "ecs.log_groups", "ecs.plan_volumes"),
    *("ecs.pulling", "ecs.secret_files", "ecs.secret_values", "ecs.take_over"),
    *("ecs.task_credentials", "ecs.task_endpoint", "ecs.task_secrets"),
    *("engines.docker", "engines.fake_script"),
    *("eventbridge.context", "eventbridge.dead_letters", "eventbridge.dispatch"),
    *("eventbridge.failures", "eventbridge.notification", "eventbridge.outlet"),
    *("eventbridge.sinks", "lint", "logs.reader", "logs.retention"),
    *("model.awslogs", "model.log_pattern"),
    *("model.container_override", "model.delivery", "model.describe", "model.environment"),
    *("model.event_rules", "model.go_values", "model.image_builds", "model.linux"),
    *("model.networking", "model.notification_targets", "model.placement", "model.roles"),
    *("model.secret_names", "model.sinks", "model.transform", "model.volumes"),
    *("patterns", "pictures", "schedules.corrections", "schedules.cron", "schedules.days"),
    *("schedules.fields", "schedules.timeline", "schedules.zones", "state.database"),
    *("state.firings", "state.promises", "state.pruning", "state.snapshot"),
)
"""What only other definitions need, or a real engine, or a history that somebody reads."""

UNWANTED: Final = (*OTHERS, *(f"emulator.{name}" for name in OURS))


OF_HISTORY: Final = (
    *("sqlite3", "emulator.definitions.document", "emulator.definitions.shapes"),
    *("emulator.model.describe", "emulator.state.database", "emulator.state.firings"),
    *("emulator.state.promises", "emulator.state.snapshot"),
)
"""What of it is needed where the history is kept: nothing that makes more of the model."""

OF_DOCKER: Final = (
    *("emulator.engines.docker_build", "emulator.engines.docker_buildkit"),
    *("emulator.engines.docker_health", "emulator.engines.docker_pull"),
    *("emulator.model.image_builds", "emulator.model.linux", "emulator.model.networking"),
)
"""What the engine itself needs for some containers only."""


def modules_after(program: str) -> list[str]:
    """Return the modules that a program says it has imported."""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return done.stdout.split()


def found(modules: list[str], unwanted: Iterable[str]) -> list[str]:
    """Return the modules that are unwanted, or belong to an unwanted package."""
    return [m for m in modules if any(m == name or m.startswith(f"{name}.") for name in unwanted)]


@pytest.fixture(scope="module")
def modules() -> list[str]:
    return modules_after(RUN.format(text=PLAIN, scratch=True))


def test_a_plain_invocation_imports_nothing_for_what_it_has_none_of(modules: list[str]) -> None:
    assert found(modules, UNWANTED) == []


def test_a_history_that_is_kept_needs_no_more_of_the_model() -> None:
    kept = modules_after(RUN.format(text=PLAIN, scratch=False))
    assert set(found(kept, OF_HISTORY)) >= set(OF_HISTORY)
    assert found(kept, set(UNWANTED) - set(OF_HISTORY)) == []


def test_the_docker_engine_imports_nothing_for_what_few_containers_have() -> None:
    modules = modules_after("import sys, emulator.engines.docker; print(*sys.modules)")
    assert "docker" in modules
    assert found(modules, OF_DOCKER) == []


def test_what_may_not_be_imported_is_there_to_be_imported() -> None:
    assert [name for name in (*UNWANTED, *OF_DOCKER) if find_spec(name) is None] == []


@pytest.mark.parametrize("name", ["emulator.ecs.task_run", "emulator.engines.fake", "yaml"])
def test_what_it_needs_is_seen_by_this_test(name: str, modules: list[str]) -> None:
    assert name in modules
