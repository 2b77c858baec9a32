"""Recipe: every rule is a test of its own, and nothing in the definitions is in doubt."""

from pathlib import Path

import pytest

from emulator import Emulator

INFRA = Path(__file__).parents[2] / "sample_jobs" / "three-rules"

# Tests are collected before any fixture: what there is to run is read here.
with Emulator(INFRA, engine="fake") as known:
    RULES = known.rules()

pytestmark = pytest.mark.ecs_local(engine="fake")


@pytest.fixture
def ecs_local_files() -> Path:
    return INFRA


@pytest.mark.parametrize("rule", RULES)
def test_its_job_succeeds(ecs_local: Emulator, rule: str) -> None:
    result = ecs_local.invoke(rule)

    assert result.started, result
    assert result.succeeded, result


def test_nothing_is_left_out(ecs_local: Emulator) -> None:
    assert ecs_local.warnings == []
