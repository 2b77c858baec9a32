"""A conditional whose condition only AWS knows goes on with the result that has a value."""

from pathlib import Path

import pytest

from emulator.definitions.terraform.root import Root
from emulator.definitions.terraform.values import EvaluationError
from tests.definitions.terraform.roots import root_of, value_of, write

MAIN = """\
data "aws_subnets" "private" {
}
locals {
  none = []
  guessed = length(data.aws_subnets.private.ids) > 0 ? 1 : 2
  by_way  = [local.guessed]
}
"""
KNOWN_TO_AWS = "length(data.aws_subnets.private.ids) > 0"


@pytest.fixture
def root(tmp_path: Path) -> Root:
    return root_of(write(tmp_path, {"main.tf": MAIN}))


@pytest.mark.parametrize(
    ("results", "word"), [("local.none[0] : 1", "false"), ("1 : local.none[0]", "true")]
)
def test_a_result_that_fails_is_what_the_condition_guards(
    results: str, word: str, root: Root
) -> None:
    assert value_of(f"{KNOWN_TO_AWS} ? {results}", root).content == 1
    (warning,) = root.problems.found
    assert warning.message == f"{KNOWN_TO_AWS} is known on AWS only; taken as {word}"


def test_where_both_results_fail_the_first_one_says_why(root: Root) -> None:
    with pytest.raises(EvaluationError, match="no element 0 of 0"):
        value_of(f'{KNOWN_TO_AWS} ? local.none[0] : tonumber("x")', root)


@pytest.mark.parametrize("expression", ["false ? local.guessed : 3", "true ? 3 : local.by_way[0]"])
def test_what_is_guessed_in_a_result_that_is_not_taken_is_not_told(
    expression: str, root: Root
) -> None:
    assert value_of(expression, root).content == 3
    assert not root.problems.found


def test_what_is_guessed_is_told_where_a_value_is_used_that_was_not_taken_before(
    root: Root,
) -> None:
    value_of("true ? 3 : local.by_way[0]", root)
    value_of("local.by_way", root)
    value_of("local.guessed", root)
    (warning,) = root.problems.found
    assert warning.message == f"{KNOWN_TO_AWS} is known on AWS only; taken as true"
