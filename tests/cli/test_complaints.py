"""Errors and problems of definitions on stderr."""

import pytest

from emulator.cli import complaints
from emulator.errors import DefinitionError, Problem, SourceRef, UsageError


def test_problems_are_told_file_by_file_in_the_order_of_lines(
    capsys: pytest.CaptureFixture[str],
) -> None:
    error = DefinitionError(
        (
            Problem("third", SourceRef("b.yaml", 1)),
            Problem("second", SourceRef("b.yaml", 9)),
            Problem("first", SourceRef("a.yaml", 2), "do that"),
            Problem("none of a file"),
        )
    )
    assert complaints.report_error(error) == 2
    assert capsys.readouterr().err == (
        "error: b.yaml:1: third\n"
        "error: b.yaml:9: second\n"
        "error: a.yaml:2: first\n"
        "  hint: do that\n"
        "error: none of a file\n"
        "ecs-local: 4 errors in the definitions\n"
    )


def test_a_message_has_an_end(capsys: pytest.CaptureFixture[str]) -> None:
    complaints.report_error(UsageError("x" * 10_000_000 + "\x1b[2J"))
    assert len(capsys.readouterr().err) < 2000
