"""Findings of lint as text, JSON, annotations of GitHub Actions, or SARIF."""

import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from emulator import __version__
from emulator.cli import screen
from emulator.cli.workflow_commands import Level, annotation, in_repository
from emulator.errors import Problem, Severity, SourceRef

_COLOURS: Final = {
    Severity.ERROR: screen.RED,
    Severity.WARNING: screen.YELLOW,
    Severity.NOTE: screen.DIM,
}
_GITHUB: Final[dict[Severity, Level]] = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.NOTE: "notice",
}


def as_text(problems: Sequence[Problem]) -> str:
    """Return findings for a person: place, severity, message, id, and what to do.

    A line is as long as what it says, on a terminal too, which breaks it at its edge without a
    break in what is copied: so do the errors of every command.
    """
    return "\n".join([*map(_finding, problems), _summary(problems)])


def _finding(problem: Problem) -> str:
    place = screen.printable(f"{problem.source}: ") if problem.source else ""
    severity = screen.paint(f"{problem.severity}:", _COLOURS[problem.severity])
    rule = screen.paint(f"[{problem.rule}]", screen.DIM)
    first, *more = screen.printable(problem.message).split("\n")
    hint = [f"  hint: {screen.printable(problem.hint)}"] if problem.hint else []
    return "\n".join([f"{place}{severity} {first} {rule}", *more, *hint])


def _summary(problems: Sequence[Problem]) -> str:
    if not problems:
        return "nothing found"
    counts = [
        (sum(problem.severity is severity for problem in problems), severity.value)
        for severity in Severity
    ]
    return ", ".join(f"{n} {word}{'' if n == 1 else 's'}" for n, word in counts if n)


def as_json(problems: Sequence[Problem]) -> str:
    """Return findings as a list of rule, severity, message, hint and source."""
    document = [
        {
            "rule": problem.rule,
            "severity": problem.severity.value,
            "message": problem.message,
            "hint": problem.hint,
            "source": None if problem.source is None else str(problem.source),
        }
        for problem in problems
    ]
    return json.dumps(document, ensure_ascii=False, indent=2)


def as_github(problems: Sequence[Problem]) -> str:
    """Return findings as workflow commands, one a line (GitHub: "Workflow commands")."""
    return "\n".join(_annotation(problem) for problem in problems)


def _annotation(problem: Problem) -> str:
    hint = f"\nhint: {problem.hint}" if problem.hint else ""
    title = f"ecs-local {problem.rule}"
    source = _in_repository(problem)
    return annotation(_GITHUB[problem.severity], title, problem.message + hint, source)


def _in_repository(problem: Problem) -> SourceRef | None:
    if problem.source is None:
        return None
    return in_repository(problem.source, os.environ, Path.cwd())


def as_sarif(problems: Sequence[Problem]) -> str:
    """Return findings as a SARIF 2.1.0 log of one run (OASIS)."""
    from emulator.lint import rule_ids

    summaries = rule_ids()
    used = sorted({problem.rule for problem in problems})
    driver = {
        "name": "ecs-local",
        "version": __version__,
        "rules": [
            {"id": rule, "shortDescription": {"text": summaries.get(rule, rule)}} for rule in used
        ],
    }
    results = [_result(problem, used.index(problem.rule)) for problem in problems]
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
        ],
    }
    return json.dumps(log, ensure_ascii=False, indent=2)


def _result(problem: Problem, index: int) -> dict[str, Any]:
    hint = f"\nhint: {problem.hint}" if problem.hint else ""
    result: dict[str, Any] = {
        "ruleId": problem.rule,
        "ruleIndex": index,
        "level": problem.severity.value,
        "message": {"text": problem.message + hint},
    }
    source = _in_repository(problem)
    if source is not None:
        location: dict[str, Any] = {"artifactLocation": {"uri": quote(source.path)}}
        if source.line is not None:
            location["region"] = {"startLine": source.line}
        result["locations"] = [{"physicalLocation": location}]
    return result


FORMATS: Final[dict[str, Callable[[Sequence[Problem]], str]]] = {
    "text": as_text,
    "json": as_json,
    "github": as_github,
    "sarif": as_sarif,
}
