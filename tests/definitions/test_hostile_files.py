"""Mutations of a project that is all right: a model or problems with places, nothing else."""

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emulator.definitions import load
from emulator.errors import DefinitionError

ROOT = Path(__file__).resolve().parents[2]
PROJECT = (ROOT / "ecs-local.yaml").read_text("utf-8")
CONTAINERS = (ROOT / "batch_container_definitions.json").read_text("utf-8")

HOSTILE = st.sampled_from(
    [
        *("null", "[]", "{}", "-1", "1e999", "true", "''", "[[]]", "{a: {b: c}}", "1.5", "~"),
        *("&x", "*x", "<<: *x", "\n", "  ", "- ", "..", "/../..", "%", ":", ",", '"', "'"),
        *("9" * 30, "9" * 5000, '"\\u0000"', '"\\ud800"', "\x1b[31m", "\u202e", "日本"),
        *('{{ env "A" }}', "{{", "0x1", "!!python/object:os.system x", "x" * 5000),
    ]
)
EDITS = st.lists(st.tuples(st.integers(0, 10_000), HOSTILE, st.booleans()), min_size=1, max_size=4)


def mutated(text: str, edits: list[tuple[int, str, bool]]) -> str:
    """Put each text before or in place of some word."""
    for position, hostile, replace in edits:
        words = list(re.finditer(r"[\w./-]+|\s+|[^\w\s]", text))
        word = words[position % len(words)]
        text = text[: word.start()] + hostile + text[word.end() if replace else word.start() :]
    return text


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edits=EDITS, in_json=st.booleans(), lenient=st.booleans())
def test_any_file_gives_a_model_or_problems_with_their_place(
    tmp_path: Path, edits: list[tuple[int, str, bool]], in_json: bool, lenient: bool
) -> None:
    project = PROJECT if in_json else mutated(PROJECT, edits)
    containers = mutated(CONTAINERS, edits) if in_json else CONTAINERS
    (tmp_path / "ecs-local.yaml").write_text(project, "utf-8")
    (tmp_path / "batch_container_definitions.json").write_text(containers, "utf-8")
    try:
        load([], directory=tmp_path, environ={}, lenient=lenient)
    except DefinitionError as error:
        problems = error.problems
    else:
        problems = ()
    assert all(problem.source is not None for problem in problems)
    assert all(str(problem).encode() for problem in problems)


def test_a_path_that_no_file_can_have_is_a_problem_and_no_crash(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match="cannot be read: File name too long"):
        load([tmp_path / ("x" * 300)], directory=tmp_path, environ={})
