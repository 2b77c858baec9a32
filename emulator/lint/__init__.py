"""Would this run on AWS, and will it run here: pure checks of definitions.

To add a check: a function and a line in the table of its family's module, and a paragraph in
docs/lint.md. An id never changes its meaning.
"""

from collections.abc import Sequence
from typing import Final

from emulator.errors import Problem, Severity
from emulator.lint import environment, events, images, local, logs, roles, schedules, targets, tasks
from emulator.lint.checks import Check, Facts
from emulator.lint.reading import READING

__all__ = ["CHECKS", "Facts", "describe", "lint", "rule_ids"]

CHECKS: Final[tuple[Check, ...]] = (
    *schedules.CHECKS,
    *targets.CHECKS,
    *events.CHECKS,
    *roles.CHECKS,
    *logs.CHECKS,
    *tasks.CHECKS,
    *environment.CHECKS,
    *images.CHECKS,
    *local.CHECKS,
)

_ORDER: Final = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}


def lint(facts: Facts) -> list[Problem]:
    """Return what is wrong, in the order of the files; problems of reading come with it.

    `facts.definitions.problems` are what reading found.
    """
    found = list(facts.definitions.problems)
    for check in CHECKS:
        for finding in check.find(facts):
            severity = finding.severity or check.severity
            found.append(Problem(finding.message, finding.source, finding.hint, severity, check.id))
    return in_order(found)


def in_order(problems: Sequence[Problem]) -> list[Problem]:
    """Return problems by file and line, the graver ones of a line first, each of them once."""

    def place(problem: Problem) -> tuple[str, int, int]:
        source = problem.source
        line = 0 if source is None else source.line or 0
        return ("" if source is None else source.path, line, _ORDER[problem.severity])

    return sorted(dict.fromkeys(problems), key=place)


def rule_ids() -> dict[str, str]:
    """Return every id with what it means."""
    return {check.id: check.summary for check in CHECKS} | READING


def describe(rule: str) -> str:
    """Return what an id means."""
    return rule_ids().get(rule, "")
