"""Terraform on the command line: variables, what is left out, and the book's job."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from emulator.app.emulator import Emulator
from emulator.app.settings import Settings
from emulator.definitions import load
from emulator.errors import DefinitionError, UsageError
from emulator.model.definitions import Definitions
from tests.definitions.terraform.roots import write

ROOT = Path(__file__).resolve().parents[3]
FILES = {
    "main.tf": """\
variable "schedule" {}

resource "aws_ecs_task_definition" "batch" {
  family                = "batch"
  container_definitions = jsonencode([{ name = "main", image = "alpine:latest", memory = 64 }])
}

resource "aws_cloudwatch_event_rule" "nightly" {
  name                = "nightly"
  schedule_expression = var.schedule
}

resource "aws_cloudwatch_event_target" "nightly" {
  rule = aws_cloudwatch_event_rule.nightly.name
  arn  = "arn:aws:ecs:ap-northeast-1:123456789012:cluster/jobs"

  ecs_target {
    task_definition_arn = aws_ecs_task_definition.batch.arn
  }
}
"""
}


@pytest.fixture
def emulator(tmp_path: Path) -> Callable[..., Emulator]:
    write(tmp_path, FILES)

    def make(**given: Any) -> Emulator:
        return Emulator(Settings(directory=tmp_path, state_dir=tmp_path / ".ecs-local", **given))

    return make


def test_a_variable_is_given_on_the_command_line(emulator: Callable[..., Emulator]) -> None:
    rules = emulator(variables={"schedule": "rate(2 hours)"}).rules(["nightly"])
    assert [rule.schedule_expression for rule in rules] == ["rate(2 hours)"]


def test_a_variable_is_given_in_a_file(emulator: Callable[..., Emulator], tmp_path: Path) -> None:
    (tmp_path / "prod.tfvars").write_text('schedule = "rate(3 hours)"\n', "utf-8")
    rules = emulator(variable_files=(tmp_path / "prod.tfvars",)).rules()
    assert [rule.schedule_expression for rule in rules] == ["rate(3 hours)"]


def test_a_rule_that_is_left_out_says_why_when_it_is_asked_for(
    emulator: Callable[..., Emulator],
) -> None:
    with pytest.raises(UsageError) as caught:
        emulator().rules(["nightly"])
    assert str(caught.value) == (
        "main.tf:8: rule nightly is left out: it needs the variable schedule, not given\n"
        "  hint: give it with --var schedule=…, --var-file FILE, or in terraform.tfvars"
    )


def test_a_variable_that_no_root_declares_is_an_error(emulator: Callable[..., Emulator]) -> None:
    with pytest.raises(DefinitionError) as caught:
        emulator(variables={"schedul": "x"}).rules()
    expected = "no Terraform variable 'schedul'\n  hint: did you mean 'schedule'?"
    assert expected in str(caught.value)


def test_of_a_root_that_cannot_be_read_no_variable_is_missed(
    emulator: Callable[..., Emulator], tmp_path: Path
) -> None:
    (tmp_path / "main.tf").write_text('variable "schedule" {\n', "utf-8")
    with pytest.raises(DefinitionError) as caught:
        emulator(variables={"schedule": "x"}).rules()
    assert str(caught.value) == "main.tf:2: the block variable of line 1 has no }"


def test_a_variable_file_that_is_not_there_is_an_error(
    emulator: Callable[..., Emulator], tmp_path: Path
) -> None:
    with pytest.raises(DefinitionError, match=r"none\.tfvars: there is no such file"):
        emulator(variable_files=(tmp_path / "none.tfvars",)).rules()


def test_a_file_of_a_root_means_the_root(emulator: Callable[..., Emulator], tmp_path: Path) -> None:
    given = {"variables": {"schedule": "rate(1 hour)"}, "files": (tmp_path / "main.tf",)}
    assert [rule.name for rule in emulator(**given).rules()] == ["nightly"]


def _without_what_only_one_format_says(definitions: Definitions) -> Definitions:
    rules = [
        replace(
            rule,
            targets=tuple(
                replace(
                    target,
                    cluster=None,
                    role_arn=None,
                    platform_version=None,
                    network_configuration=None,
                )
                for target in rule.targets
            ),
        )
        for rule in definitions.rules
    ]
    return replace(definitions, rules=tuple(rules), roles={}, cluster="", problems=(), files=())


def test_the_job_deployed_with_terraform_is_the_job_of_the_project_file() -> None:
    terraform = load([ROOT / "sample_jobs/terraform"], directory=ROOT, environ={})
    project = load([ROOT / "ecs-local.yaml"], directory=ROOT, environ={})
    assert {target.cluster for rule in terraform.rules for target in rule.targets} == {
        project.cluster
    }
    assert _without_what_only_one_format_says(terraform) == _without_what_only_one_format_says(
        project
    )
