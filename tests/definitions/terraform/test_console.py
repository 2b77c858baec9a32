"""Expressions and templates come out as Terraform says: its answers are recorded beside this."""

import shutil
from typing import Any

import pytest

from emulator.definitions.terraform.root import Root
from emulator.definitions.terraform.values import EvaluationError
from emulator.errors import DefinitionError
from tests.definitions.terraform.record_console import RECORD, REFUSED, ROOT
from tests.definitions.terraform.roots import exactly, plain, root_of, value_of

RECORDED: dict[str, dict[str, Any]] = exactly(RECORD.read_text("utf-8"))


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Root:
    directory = tmp_path_factory.mktemp("console") / "root"
    shutil.copytree(ROOT, directory)
    for number, text in enumerate(RECORDED["templates"]):
        (directory / f"{number}.tftpl").write_bytes(text.encode())
    return root_of(directory)


def answer(expression: str, root: Root) -> Any:
    """Return the value, or that it is refused."""
    try:
        return plain(value_of(expression, root), root)
    except (EvaluationError, DefinitionError):
        return {REFUSED: True}


@pytest.mark.parametrize("expression", RECORDED["expressions"])
def test_an_expression_has_the_value_that_terraform_gives_it(expression: str, root: Root) -> None:
    assert answer(expression, root) == RECORDED["expressions"][expression]


@pytest.mark.parametrize("number", range(len(RECORDED["templates"])))
def test_a_template_renders_as_terraform_renders_it(number: int, root: Root) -> None:
    expected = list(RECORDED["templates"].values())[number]
    assert answer(f'templatefile("{number}.tftpl", local.names)', root) == expected


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ('list("a", "b")', ["a", "b"]),
        ("list()", []),
        ('map("a", "1", "b", "2")', {"a": "1", "b": "2"}),
        ('map("a")', {REFUSED: True}),
    ],
)
def test_what_terraform_had_until_0_14_is_still_understood(
    expression: str, value: object, root: Root
) -> None:
    assert answer(expression, root) == value
