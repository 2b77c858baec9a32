"""Hints of definitions, as callers of `Emulator` can act upon them."""

import argparse
import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

import emulator
from emulator import Emulator
from emulator.api.advice import for_callers, in_python
from emulator.cli.commands import COMMANDS, configure
from emulator.errors import (
    DefinitionError,
    Problem,
    Severity,
    StateDirectoryError,
    UsageError,
)

PACKAGE: Final = Path(emulator.__file__).parent
OF_COMMANDS: Final = (
    *("cli/", "pytest_plugin.py", "pytest_support.py", "definitions/put_events.py"),
    *("app/doctor.py", "app/engine_choice.py", "app/metrics_outlets.py", "app/serving.py"),
    *("app/simulating.py", "app/simulation_place.py"),
)
"""Who speaks to users of the command line, or of pytest, only."""

OTHER_PROGRAMS: Final = re.compile(r"`[^`]*`|\b(?:aws|curl) .*")
"""What is quoted to be typed, or stands in a definition."""

NO_RULES = "taskDefinitions: {job: {containerDefinitions: [{name: main, image: alpine}]}}"
VARIABLE_RULE = """
variable "cron" {}
resource "aws_cloudwatch_event_rule" "sales" {
  name                = "sales"
  schedule_expression = var.cron
}
"""


@pytest.mark.parametrize(
    ("hint", "advised"),
    [
        (
            "give it with --var cron=…, --var-file FILE",
            'give it with `variables={"cron": "…"}`, `variable_files=[FILE]`',
        ),
        (
            "give --param Env=VALUE --param Tag=VALUE",
            'give `parameters={"Env": "…", "Tag": "…"}`',
        ),
        (
            "write an ecs-local.yaml (`ecs-local init`), or name files with -f",
            "write an ecs-local.yaml (`ecs-local init`), or name files",
        ),
        ("choose another with --state-dir, or none", "choose another as `state_dir`, or none"),
        ("or choose another --state-dir", "or choose another `state_dir`"),
        ("such as by `iconv -f CP932 -t UTF-8`", "such as by `iconv -f CP932 -t UTF-8`"),
        (None, None),
    ],
)
def test_options_of_the_command_line_are_told_as_arguments(
    hint: str | None, advised: str | None
) -> None:
    (problem,) = for_callers([Problem("wrong", hint=hint)])
    assert problem.hint == advised


def options() -> frozenset[str]:
    """Return all options of all commands."""
    parser = argparse.ArgumentParser(conflict_handler="resolve")
    for command in COMMANDS:
        configure(parser, command)
    return frozenset(option for action in parser._actions for option in action.option_strings)


def texts(source: str) -> Iterator[tuple[int, str]]:
    """Yield the texts of a module with their lines, but for docstrings; values stand as NAME."""
    tree = ast.parse(source)
    parts: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr):
            parts.add(node.value)
        elif isinstance(node, ast.JoinedStr):
            parts.update(part for part in ast.walk(node) if part is not node)
            said = (p.value if isinstance(p, ast.Constant) else "NAME" for p in node.values)
            yield node.lineno, "".join(map(str, said))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in parts:
            yield node.lineno, node.value


def untold(text: str, known: frozenset[str]) -> list[str]:
    """Return the options in a text that callers of `Emulator` are not told as arguments."""
    told = OTHER_PROGRAMS.sub("", in_python(text)) if " " in text else ""
    return [word for word in re.findall(r"(?<![\w-])--?[a-z][a-z-]*", told) if word in known]


def test_all_options_that_callers_are_advised_of_are_told_as_arguments() -> None:
    known = options()
    found = [
        f"{path.relative_to(PACKAGE)}:{line}: {option}"
        for path in sorted(PACKAGE.rglob("*.py"))
        if not path.relative_to(PACKAGE).as_posix().startswith(OF_COMMANDS)
        for line, text in texts(path.read_text("utf-8"))
        for option in untold(text, known)
    ]
    assert found == []


def test_an_option_that_is_not_told_as_an_argument_is_found() -> None:
    source = '"""See --lenient."""\nhint = f"go on with --lenient {name}, or -f {path}"\n'
    ((line, text),) = texts(source)
    assert (line, untold(text, options())) == (2, ["--lenient", "-f"])


def test_a_rule_that_lacks_a_variable_is_warned_of_and_refused_in_words_of_python(
    tmp_path: Path,
) -> None:
    (tmp_path / "main.tf").write_text(VARIABLE_RULE, "utf-8")
    with Emulator(directory=tmp_path, engine="fake") as ecs:
        (warning,) = ecs.warnings
        with pytest.raises(UsageError) as refused:
            ecs.invoke("sales")
    assert warning.startswith("main.tf:3: rule sales is left out: it needs the variable cron")
    assert warning.partition("hint: ")[2].startswith('give it with `variables={"cron": "…"}`')
    assert str(refused.value) == warning


def test_errors_of_definitions_come_before_warnings_and_without_notes() -> None:
    levels = (Severity.NOTE, Severity.WARNING, Severity.ERROR)
    problems = tuple(Problem(f"a {level}", severity=level) for level in levels)
    error = DefinitionError(problems)
    assert str(error) == "a error\nwarning: a warning"
    assert error.problems == problems


def test_of_a_state_directory_that_cannot_be_used_the_argument_is_named(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    with (
        pytest.raises(StateDirectoryError, match="choose another as `state_dir`"),
        Emulator(text=NO_RULES, engine="fake", state_dir=file),
    ):
        raise AssertionError


def test_a_warning_of_what_happened_names_the_argument(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "ecs").touch()
    with Emulator(text=NO_RULES, engine="fake", state_dir=tmp_path) as ecs:
        ecs.run_task("job")
        (warning,) = ecs.warnings
    assert warning.endswith("hint: choose another `state_dir`; the container runs on meanwhile")
