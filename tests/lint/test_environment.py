"""Secrets and environment files that are not here."""

from pathlib import Path

from emulator.app.emulator import Emulator
from emulator.app.settings import Settings

TEXT = """\
taskDefinitions:
  batch:
    networkMode: bridge
    containerDefinitions:
    - name: main
      image: app:1
      memory: 64
      environmentFiles:
      - {type: s3, value: arn:aws:s3:::bucket/app.env}
      - {type: s3, value: arn:aws:s3:::bucket/there.env}
      secrets:
      - {name: HERE, valueFrom: here}
      - {name: GONE, valueFrom: /prod/gone}
local:
  secrets: {here: hunter2}
  envFiles: {"arn:aws:s3:::bucket/there.env": there.env}
"""


def test_what_has_no_value_here_is_found_and_no_value_told(tmp_path: Path) -> None:
    (tmp_path / "ecs-local.yaml").write_text(TEXT, "utf-8")
    (tmp_path / "there.env").write_text("A=1\n", "utf-8")
    emulator = Emulator(Settings(directory=tmp_path, state_dir=tmp_path / "state"))
    found = emulator.lint(select=["secret-unresolvable", "environment-file-missing"])
    assert [f"{problem.source and problem.source.line} {problem.message}" for problem in found] == [
        (
            "9 environment file arn:aws:s3:::bucket/app.env of container main is not here: "
            "its task "
            "does not start"
        ),
        "13 secret GONE of container main has no value here: its task does not start",
    ]
    assert "hunter2" not in "".join(map(str, found))


TERRAFORM = """\
resource "aws_ecs_task_definition" "batch" {
  family = "batch"
  container_definitions = jsonencode([{
    name    = "main"
    image   = "app:1"
    memory  = 64
    secrets = [for key in split("", "ABCDEFGHIJKL") : { name = key, valueFrom = "/prod/${key}" }]
  }])
}
"""


def test_secrets_that_a_loop_writes_are_one_finding(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(TERRAFORM, "utf-8")
    emulator = Emulator(Settings(directory=tmp_path, state_dir=tmp_path / "state"))
    (found,) = emulator.lint(select=["secret-unresolvable"])
    assert found.message == (
        "secrets A, B, C, D, E, F, G, H, I, J and 2 more of container main have no value here: "
        "its task does not start"
    )
    assert found.hint is not None
    assert '"/prod/A": VALUE' in found.hint
    assert found.hint.endswith(", and the others likewise")
