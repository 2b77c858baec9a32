"""What an emulator does not need it does not import: a first test waits for all of that."""

import subprocess
import sys
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

RUN: Final = f"""
import sys
from emulator import Emulator
with Emulator(text={PLAIN!r}, engine="fake") as ecs:
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


@pytest.fixture(scope="module")
def modules() -> list[str]:
    done = subprocess.run([sys.executable, "-c", RUN], capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_a_plain_invocation_imports_nothing_for_what_it_has_none_of(modules: list[str]) -> None:
    found = [m for m in modules if any(m == name or m.startswith(f"{name}.") for name in UNWANTED)]
    assert found == []


def test_what_may_not_be_imported_is_there_to_be_imported() -> None:
    assert [name for name in UNWANTED if find_spec(name) is None] == []


@pytest.mark.parametrize("name", ["emulator.ecs.task_run", "emulator.engines.fake", "yaml"])
def test_what_it_needs_is_seen_by_this_test(name: str, modules: list[str]) -> None:
    assert name in modules
