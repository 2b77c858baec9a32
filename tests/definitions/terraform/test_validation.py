"""A variable is checked by the rules that its own block has."""

from pathlib import Path

from emulator.definitions import load
from emulator.errors import DefinitionError
from tests.definitions.terraform.roots import write

RULES = """\
variable "hours" {
  type = number
  validation {
    condition     = var.hours > 0 && var.hours <= var.most
    error_message = "時間は ${var.most} まで: ${var.hours}"
  }
}
variable "most" {
  default = 24
}
resource "aws_cloudwatch_event_rule" "r" {
  name                = "r"
  schedule_expression = "rate(${var.hours} hours)"
}
"""


def told(directory: Path, *, hours: str | None = None, text: str = RULES) -> list[str]:
    """Return the errors that reading a root module tells, with their places."""
    write(directory, {"main.tf": text})
    given = {} if hours is None else {"hours": hours}
    try:
        load([directory], directory=directory, environ={}, variables=given)
    except DefinitionError as error:
        return [f"{problem.source}: {problem.message}" for problem in error.problems]
    return []


def test_a_value_that_the_rule_takes_is_taken(tmp_path: Path) -> None:
    assert told(tmp_path, hours="3") == []


def test_a_value_that_the_rule_refuses_is_told_in_its_words(tmp_path: Path) -> None:
    assert told(tmp_path, hours="30") == [
        "--var: aws_cloudwatch_event_rule.r: var.hours: 時間は 24 まで: 30"
    ]


def test_a_value_that_nothing_asks_for_is_checked_as_well(tmp_path: Path) -> None:
    text = RULES.partition("resource")[0]
    assert told(tmp_path, hours="-1", text=text + "locals {}\n") == [
        "--var: the root module: var.hours: 時間は 24 まで: -1"
    ]


def test_a_rule_is_not_asked_about_a_variable_that_is_missing(tmp_path: Path) -> None:
    assert told(tmp_path) == []


def test_a_rule_that_cannot_be_computed_is_told_with_its_place(tmp_path: Path) -> None:
    text = RULES.replace("var.hours > 0", "var.hour > 0")
    (problem,) = told(tmp_path, hours="3", text=text)
    assert "var.hour is not declared" in problem


def test_a_rule_without_a_message_is_told(tmp_path: Path) -> None:
    text = "".join(line for line in RULES.splitlines(True) if "error_message" not in line)
    (problem,) = told(tmp_path, hours="3", text=text)
    assert problem.endswith("a validation has a condition and an error_message")
