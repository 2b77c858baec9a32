"""How long large definitions take to read, in a process of their own, as a command waits."""

import os
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

from benchmarks.figure import Figure, interleaved, milliseconds
from emulator.definitions.cache_place import VARIABLE

ROUNDS: Final = 10
FILES: Final = 100
COLD_SECONDS: Final = 2.0
WARM_SECONDS: Final = 0.3

_FILE: Final = """\
variable "schedule_N" {
  description = "when job N runs"
  type        = string
  default     = "cron(0 N/5 * * ? *)"
}

locals {
  env_N = { LOG_LEVEL = "info", JOB = "job-N" }
}

resource "aws_cloudwatch_log_group" "job_N" {
  name              = "/ecs/job-N"
  retention_in_days = 30
}

resource "aws_ecs_task_definition" "job_N" {
  family                   = "job-N"
  cpu                      = 256
  memory                   = 512
  network_mode             = "awsvpc"
  requires_compatibilities = ["FARGATE"]
  execution_role_arn       = "arn:aws:iam::123456789012:role/execution"
  container_definitions = jsonencode([{
    name        = "main"
    image       = "alpine:latest"
    command     = ["sh", "-c", "echo ${local.env_N.JOB}"]
    environment = [for name, value in local.env_N : { name = name, value = value }]
    logConfiguration = {
      logDriver = "awslogs"
      options = {
        "awslogs-group"         = aws_cloudwatch_log_group.job_N.name
        "awslogs-region"        = "ap-northeast-1"
        "awslogs-stream-prefix" = "job"
      }
    }
  }])
}

resource "aws_cloudwatch_event_rule" "job_N" {
  name                = "job-N"
  schedule_expression = replace(var.schedule_N, "/\\\\s+/", " ")
}

resource "aws_cloudwatch_event_target" "job_N" {
  rule     = aws_cloudwatch_event_rule.job_N.name
  arn      = "arn:aws:ecs:ap-northeast-1:123456789012:cluster/jobs"
  role_arn = "arn:aws:iam::123456789012:role/events"

  ecs_target {
    launch_type         = "FARGATE"
    task_count          = 1
    task_definition_arn = aws_ecs_task_definition.job_N.arn

    network_configuration {
      subnets = ["subnet-0a", "subnet-0b"]
    }
  }
}
"""


def measure(quick: bool) -> Iterator[Figure]:
    """Yield what `rules` takes on a Terraform root of many files."""
    script = str(Path(sys.executable).with_name("ecs-local"))
    with TemporaryDirectory(prefix="ecs-local-benchmark-") as name:
        root = Path(name) / "root"
        root.mkdir()
        for number in range(FILES):
            text = _FILE.replace("N/5", "0/5").replace("_N", f"_{number}")
            (root / f"job_{number}.tf").write_text(text.replace("-N", f"-{number}"), "utf-8")
        words = [script, "rules", "--state-dir", f"{name}/state", "-f", str(root)]
        run = partial(subprocess.run, words, cwd=name, stdout=subprocess.DEVNULL, check=True)
        contestants = {
            kept: partial(run, env={**os.environ, VARIABLE: directory})
            for kept, directory in (
                ("nothing kept from the last time", ""),
                ("nothing changed since the last time", f"{name}/cache"),
            )
        }
        taken = interleaved(3 if quick else ROUNDS, contestants)
    for (kept, times), target in zip(taken.items(), (COLD_SECONDS, WARM_SECONDS), strict=True):
        yield Figure(
            what=f"`ecs-local rules` on a Terraform root of {FILES} files",
            ours=milliseconds(median(times)),
            against=kept,
            value=median(times),
            unit="s",
            target=target,
        )
