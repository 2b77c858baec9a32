"""The report on a directory of roots: what each outcome is, and what is not a root."""

from pathlib import Path

from benchmarks.roots import Outcome, measure, report, roots_of
from tests.definitions.terraform.roots import write

RULE = """\
resource "aws_cloudwatch_event_rule" "r" {
  name                = "r"
  schedule_expression = SCHEDULE
}
resource "aws_cloudwatch_event_target" "r" {
  rule = aws_cloudwatch_event_rule.r.name
  arn  = "arn:aws:ecs:us-east-1:123456789012:cluster/jobs"
  ecs_target {
    task_definition_arn = aws_ecs_task_definition.d.arn
  }
}
resource "aws_ecs_task_definition" "d" {
  family                = "d"
  container_definitions = CONTAINERS
}
"""
CONTAINERS = 'jsonencode([{ name = "main", image = "alpine:3.20", memory = 64 }])'
BOTH = """\
    launch_type = "EC2"
    capacity_provider_strategy {
      capacity_provider = "spot"
    }
"""


def _root(schedule: str = '"rate(1 hour)"', containers: str = CONTAINERS) -> str:
    return RULE.replace("SCHEDULE", schedule).replace("CONTAINERS", containers)


def test_each_root_has_an_outcome_and_a_called_module_is_none(tmp_path: Path) -> None:
    files = {
        "error/main.tf": _root(containers='"{"'),
        "file/main.tf": _root(containers='file("absent.json")'),
        "known/envs/prod/main.tf": 'module "m" {\n  source = "../../task"\n}\n',
        "known/task/main.tf": _root(),
        "rejected/main.tf": _root().replace("  ecs_target {", f"  ecs_target {{\n{BOTH}"),
        "nothing/main.tf": 'resource "aws_vpc" "v" {\n}\n',
        "unknown/main.tf": _root(schedule="data.external.e.result.schedule")
        + 'data "external" "e" {\n}\n',
        "variable/main.tf": _root(schedule="var.schedule") + 'variable "schedule" {\n}\n',
    }
    write(tmp_path, files)
    roots = [measure(root, repository) for root, repository in roots_of(tmp_path)]
    assert {r.path.relative_to(tmp_path).as_posix(): r.outcome for r in roots} == {
        "error": Outcome.ERROR,
        "file": Outcome.FILE,
        "known/envs/prod": Outcome.COMPLETE,
        "nothing": Outcome.NOTHING,
        "rejected": Outcome.REJECTED,
        "unknown": Outcome.AWS_ONLY,
        "variable": Outcome.VARIABLE,
    }
    assert report(roots).splitlines()[-1] == (
        "8 files read; resolved apart from what the user alone can say: 4 of 6 roots, 67%"
    )
