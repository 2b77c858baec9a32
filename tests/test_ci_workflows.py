"""The workflows of docs/ci.md: every step that a shell can do is done, on a daily batch."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

ROOT: Final = Path(__file__).parents[1]
PAGE: Final = (ROOT / "docs" / "ci.md").read_text("utf-8")
GITHUB, GITLAB = map(
    yaml.safe_load, re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
)
INSTALL: Final = "pip install ecs-local"
"""What the test does not do: the program under test is there already."""

NEEDS_DOCKER: Final = "ecs-local doctor"


def github_steps() -> list[str]:
    """Return the scripts of the job's steps, as a runner hands them to bash."""
    return [step["run"] for step in GITHUB["jobs"]["batches"]["steps"] if "run" in step]


def gitlab_steps() -> list[str]:
    """Return the job's script, which one shell runs until a line fails."""
    job = GITLAB["batches"]
    return ["\n".join((*job["before_script"], *job["script"]))]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    shutil.copy(ROOT / "batch_container_definitions.json", tmp_path)
    sample = (ROOT / "ecs-local.yaml").read_text("utf-8")
    (tmp_path / "ecs-local.yaml").write_text(sample.replace("*/2 * * *", "0 18 * *"), "utf-8")
    return tmp_path


def run(steps: list[str], project: Path, **environment: str) -> Iterator[int]:
    """Run steps by bash, as both runners do, on the fake engine; yield the exit codes."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    for step in steps:
        script = "\n".join(
            line for line in step.splitlines() if line not in (INSTALL, NEEDS_DOCKER)
        )
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
            cwd=project,
            env={**os.environ, "PATH": path, "ECS_LOCAL_ENGINE": "fake", **environment},
            capture_output=True,
            check=False,
        )
        yield done.returncode


def kept_by_github() -> list[str]:
    upload: Mapping[str, Any] = GITHUB["jobs"]["batches"]["steps"][-1]["with"]
    return list(upload["path"].split())


def kept_by_gitlab() -> list[str]:
    artifacts = GITLAB["batches"]["artifacts"]
    return [*artifacts["paths"], *artifacts["reports"]["junit"]]


@pytest.mark.parametrize(
    ("steps", "kept"),
    [(github_steps(), kept_by_github()), (gitlab_steps(), kept_by_gitlab())],
    ids=["GitHub", "GitLab"],
)
def test_every_step_succeeds_on_a_project_that_is_well_and_writes_what_is_kept(
    steps: list[str], kept: list[str], project: Path
) -> None:
    assert set(run(steps, project)) == {0}
    assert (project / "february.xml").read_text("utf-8").count("<testcase ") == 29
    for pattern in kept:
        assert list(project.glob(pattern)), pattern


@pytest.mark.parametrize("steps", [github_steps(), gitlab_steps()], ids=["GitHub", "GitLab"])
def test_a_step_fails_on_a_definition_that_aws_would_refuse(
    steps: list[str], project: Path
) -> None:
    file = project / "ecs-local.yaml"
    file.write_text(file.read_text("utf-8").replace("0 18 * * ? *", "0 18 * * * *"), "utf-8")
    assert 2 in run(steps, project)
