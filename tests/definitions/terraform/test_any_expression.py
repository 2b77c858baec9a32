"""Expressions made up at random have the value that Terraform itself gives them.

Runs where the `terraform` command is: no provider, no network. More of them, and others each time:
`TERRAFORM_EXPRESSIONS=500`.
"""

import json
import os
import shutil
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from emulator.definitions.terraform.budget import Budget
from emulator.definitions.terraform.root import Root
from emulator.definitions.terraform.values import EvaluationError
from emulator.errors import DefinitionError
from tests.definitions.terraform.expressions import expressions
from tests.definitions.terraform.record_console import ask
from tests.definitions.terraform.roots import exactly, plain, root_of, value_of
from tests.definitions.terraform.tricky_expressions import tricky

ROUNDS: Final = int(os.environ.get("TERRAFORM_EXPRESSIONS", "0"))
TERRAFORM: Final = shutil.which("terraform")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Root:
    return root_of(tmp_path_factory.mktemp("empty"))


def ours(expression: str, root: Root) -> Any:
    """Return the value as JSON has it; None where the expression is refused."""
    root.budget = Budget()
    try:
        return plain(value_of(expression, root), root)
    except (EvaluationError, DefinitionError):
        return None


def theirs(asked: list[str], directory: Path) -> list[Any]:
    """Return what Terraform says of several expressions, in one question."""
    each = ", ".join(f"try(jsonencode({expression}), null)" for expression in asked)
    texts = json.loads(ask(f"[{each}]", directory))
    return [None if text is None else exactly(text) for text in texts]


def same(one: Any, other: Any) -> bool:
    """Return whether two values are equal to the last digit, and of the same type."""
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


@pytest.mark.skipif(TERRAFORM is None, reason="there is no terraform command to compare with")
@settings(
    max_examples=ROUNDS or 12,
    derandomize=not ROUNDS,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),  # What differs is told as it is.
)
@given(asked=st.lists(expressions() | tricky(3), min_size=10, max_size=20))
def test_any_expression_has_the_value_that_terraform_gives_it(asked: list[str], root: Root) -> None:
    found = zip(asked, theirs(asked, root.directory), strict=True)
    different = {e: (ours(e, root), t) for e, t in found if not same(ours(e, root), t)}
    assert not different
