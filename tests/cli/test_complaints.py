"""Errors and problems of definitions on stderr."""

import pytest

from emulator.cli import complaints
from emulator.errors import DefinitionError, Problem, Severity, SourceRef, UsageError


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


def test_notes_do_not_stand_between_the_errors(capsys: pytest.CaptureFixture[str]) -> None:
    place = SourceRef("a.yaml", 1)
    note = Problem("no effect on this machine", place, severity=Severity.NOTE)
    complaints.report_error(DefinitionError((note, Problem("wrong", SourceRef("a.yaml", 2)), note)))
    assert capsys.readouterr().err == (
        "error: a.yaml:2: wrong\n"
        "2 notes on these definitions: `ecs-local lint` tells\n"
        "ecs-local: 1 error in the definitions\n"
    )


def test_a_message_has_an_end(capsys: pytest.CaptureFixture[str]) -> None:
    complaints.report_error(UsageError("x" * 10_000_000 + "\x1b[2J"))
    assert len(capsys.readouterr().err) < 2000
