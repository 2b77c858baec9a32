"""Definitions in, findings out: what the tests of lint share."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from emulator.definitions import read
from emulator.definitions.files import Project
from emulator.definitions.nodes import Problems
from emulator.definitions.origins import Origins
from emulator.definitions.reading import Reading
from emulator.errors import Problem
from emulator.lint import Facts, lint
from emulator.model.roles import Role

NOW = datetime(2026, 11, 24, 12, 0, 30, tzinfo=UTC)

TASK = """
taskDefinitions:
  batch:
    networkMode: bridge
    containerDefinitions:
    - name: main
      image: app:1
      memory: 64
"""


def rule(expression: str, *, name: str = "job", more: str = "", family: str = "batch") -> str:
    """Return a rule as an item of `rules`."""
    extra = "".join(f"\n  {line}" for line in more.splitlines())
    return (
        f"- name: {name}\n  scheduleExpression: {expression}\n  taskDefinition: {family}{extra}\n"
    )


def find(
    text: str,
    *,
    durations: Mapping[str, Sequence[timedelta]] | None = None,
    roles: Iterable[Role] = (),
    queues: Sequence[str] = (),
) -> list[Problem]:
    """Return everything that lint finds in an ecs-local.yaml."""
    with TemporaryDirectory() as directory:
        path = Path(directory) / "ecs-local.yaml"
        path.write_text(text, "utf-8")
        loaded = read([path], Reading(Project(Path(directory)), {}, Problems()))
    definitions = replace(
        loaded.definitions, roles={role.name: role for role in roles}, queues=tuple(queues)
    )
    origins = Origins(loaded.fragments)
    bare = origins.bare_families()
    return lint(Facts(definitions, NOW, durations or {}, origins.place, bare=bare))


def of(check: str, problems: Sequence[Problem]) -> list[str]:
    """Return what one check found, a line each: line number, severity, message."""
    return [
        f"{problem.source and problem.source.line} {problem.severity}: {problem.message}"
        for problem in problems
        if problem.rule == check
    ]
