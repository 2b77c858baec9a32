"""The sample jobs are what a newcomer reads first: each must load without a complaint."""

from pathlib import Path
from typing import Final

import pytest

from emulator.definitions import load
from emulator.errors import Severity

SAMPLES: Final = Path(__file__).parents[1] / "sample_jobs"
NAMES: Final = sorted(path.name for path in SAMPLES.iterdir())


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_loads_without_problems(name: str) -> None:
    definitions = load([SAMPLES / name], directory=SAMPLES.parent, environ={})

    worse = [p for p in definitions.problems if p.severity is not Severity.NOTE]
    assert worse == []
    assert definitions.rules


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_says_how_to_run_it_in_three_lines(name: str) -> None:
    lines = (SAMPLES / name / "README.md").read_text(encoding="utf-8").splitlines()

    assert len(lines) == 3
    assert f"`ecs-local run -f sample_jobs/{name}`" in lines[1]
    assert f"`ecs-local invoke -f sample_jobs/{name} " in lines[1]


def test_the_first_sample_has_the_container_definitions_of_the_main_job() -> None:
    file = "batch_container_definitions.json"

    assert (SAMPLES / "date" / file).read_bytes() == (SAMPLES.parent / file).read_bytes()


def test_the_sample_of_overrides_gives_each_rule_its_own() -> None:
    definitions = load([SAMPLES / "three-rules"], directory=SAMPLES.parent, environ={})

    targets = [target for rule in definitions.rules for target in rule.targets]
    assert {target.task_definition for target in targets} == {"export"}
    assert len({str(target.overrides) for target in targets}) == 3
