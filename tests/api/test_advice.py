"""Hints of definitions, as callers of `Emulator` can act upon them."""

from pathlib import Path

import pytest

from emulator import Emulator
from emulator.api.advice import for_callers
from emulator.errors import (
    DefinitionError,
    Problem,
    Severity,
    StateDirectoryError,
    UsageError,
)

NO_RULES = "taskDefinitions: {job: {containerDefinitions: [{name: main, image: alpine}]}}"
VARIABLE_RULE = """
variable "cron" {}
resource "aws_cloudwatch_event_rule" "sales" {
  name                = "sales"
  schedule_expression = var.cron
}
"""


@pytest.mark.parametrize(
    ("hint", "advised"),
    [
        (
            "give it with --var cron=…, --var-file FILE",
            'give it with `variables={"cron": "…"}`, `variable_files=[FILE]`',
        ),
        (
            "give --param Env=VALUE --param Tag=VALUE",
            'give `parameters={"Env": "…", "Tag": "…"}`',
        ),
        (
            "write an ecs-local.yaml (`ecs-local init`), or name files with -f",
            "write an ecs-local.yaml (`ecs-local init`), or name files",
        ),
        ("choose another with --state-dir, or none", "choose another as `state_dir`, or none"),
        ("or choose another --state-dir", "or choose another `state_dir`"),
        ("such as by `iconv -f CP932 -t UTF-8`", "such as by `iconv -f CP932 -t UTF-8`"),
        (None, None),
    ],
)
def test_options_of_the_command_line_are_told_as_arguments(
    hint: str | None, advised: str | None
) -> None:
    (problem,) = for_callers([Problem("wrong", hint=hint)])
    assert problem.hint == advised


def test_a_rule_that_lacks_a_variable_is_warned_of_and_refused_in_words_of_python(
    tmp_path: Path,
) -> None:
    (tmp_path / "main.tf").write_text(VARIABLE_RULE, "utf-8")
    with Emulator(directory=tmp_path, engine="fake") as ecs:
        (warning,) = ecs.warnings
        with pytest.raises(UsageError) as refused:
            ecs.invoke("sales")
    assert warning.startswith("main.tf:3: rule sales is left out: it needs the variable cron")
    assert warning.partition("hint: ")[2].startswith('give it with `variables={"cron": "…"}`')
    assert str(refused.value) == warning


def test_errors_of_definitions_come_before_warnings_and_without_notes() -> None:
    levels = (Severity.NOTE, Severity.WARNING, Severity.ERROR)
    problems = tuple(Problem(f"a {level}", severity=level) for level in levels)
    error = DefinitionError(problems)
    assert str(error) == "a error\nwarning: a warning"
    assert error.problems == problems


def test_of_a_state_directory_that_cannot_be_used_the_argument_is_named(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    with (
        pytest.raises(StateDirectoryError, match="choose another as `state_dir`"),
        Emulator(text=NO_RULES, engine="fake", state_dir=file),
    ):
        raise AssertionError
