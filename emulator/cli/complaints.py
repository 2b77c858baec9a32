"""Errors, and problems of definitions, as a person reads them on stderr."""

import sys

from emulator.cli import screen
from emulator.errors import (
    DefinitionError,
    EcsLocalError,
    Problem,
    ScheduleExpressionError,
    Severity,
)
from emulator.quantity import counted


def report_error(error: EcsLocalError) -> int:
    """Print an error to stderr, without a traceback, and return its exit code."""
    if isinstance(error, DefinitionError):
        report_warnings(error.problems)
        count = sum(problem.severity is Severity.ERROR for problem in error.problems)
        text = f"{counted(count, 'error')} in the definitions"
        if not screen.logged("error", type(error).__name__, text):
            screen.aside(f"ecs-local: {text}")
        return error.exit_code
    text = str(error)
    if isinstance(error, ScheduleExpressionError):
        from emulator.schedules import with_caret

        text = with_caret(error)
    if screen.logged("error", type(error).__name__, text):
        return error.exit_code
    screen.aside(
        f"{screen.paint('ecs-local: error:', screen.RED, sys.stderr)} {screen.bounded(text)}"
    )
    return error.exit_code


def report_problems(problems: tuple[Problem, ...]) -> None:
    """Print problems of definitions to stderr, each with its place and what to do."""
    colours = {
        Severity.ERROR: screen.RED,
        Severity.WARNING: screen.YELLOW,
        Severity.NOTE: screen.DIM,
    }
    levels = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "info"}
    for problem in _by_place(problems):
        about = {"source": str(problem.source) if problem.source else None, "id": problem.rule}
        if screen.logged(levels[problem.severity], "Problem", str(problem), about):
            continue
        label = screen.paint(f"{problem.severity}:", colours[problem.severity], sys.stderr)
        screen.aside(f"{label} {screen.bounded(str(problem))}")


def report_warnings(problems: tuple[Problem, ...]) -> None:
    """Print what is wrong or in doubt to stderr, and how many notes there are: `lint` lists those.

    A note says what has no effect here, on every run the same: it would hide the others.
    """
    report_problems(tuple(p for p in problems if p.severity is not Severity.NOTE))
    count = sum(problem.severity is Severity.NOTE for problem in problems)
    if count:
        screen.note(f"{counted(count, 'note')} on these definitions: `ecs-local lint` tells")


def report_left_out(problems: tuple[Problem, ...]) -> None:
    """Print which rules are left out to stderr, beside an answer that is silent about them."""
    report_problems(tuple(problem for problem in problems if problem.rule == "left-out"))


def _by_place(problems: tuple[Problem, ...]) -> list[Problem]:
    """Return problems file by file, in the order of the lines."""
    files: dict[str, int] = {}
    for problem in problems:
        files.setdefault(problem.source.path if problem.source else "", len(files))

    def place(problem: Problem) -> tuple[int, int]:
        source = problem.source
        return (files[source.path], source.line or 0) if source else (files[""], 0)

    return sorted(problems, key=place)
