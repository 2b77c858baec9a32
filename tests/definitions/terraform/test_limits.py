"""Hostile roots end in an error with its place: never a traceback, never without an end."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emulator.definitions import load
from emulator.definitions.terraform import telling
from emulator.definitions.terraform.budget import Budget
from emulator.definitions.terraform.grammar import parse_file, parse_template
from emulator.definitions.terraform.json_syntax import parse_json_file
from emulator.errors import DefinitionError, Problem
from tests.definitions.terraform.hostile import HOSTILE
from tests.definitions.terraform.roots import write


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_root_ends_in_an_error_with_its_place(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "Budget", lambda: Budget(steps=100_000, characters=8_000_000))
    files, message = HOSTILE[name]
    write(tmp_path, files)
    (tmp_path / "device").symlink_to("/dev/zero")
    try:
        problems = load([tmp_path], directory=tmp_path, environ={}).problems
    except DefinitionError as error:
        problems = error.problems
    assert all(problem.source is not None for problem in problems)
    assert any(message in problem.message for problem in problems) or not message


def test_a_link_does_not_lead_out_of_the_project(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret", "utf-8")
    project = tmp_path / "project"
    text = (
        'module "outside" {\n  source = "./link"\n}\n'
        'locals {\n  x = file("../secret.txt")\n}\n'
        'resource "aws_cloudwatch_event_rule" "r" {\n'
        '  name = local.x\n  schedule_expression = file("text")\n}\n'
    )
    files = {"main.tf": text}
    write(project, files)
    write(tmp_path / "modules", {"main.tf": "locals {\n}\n"})
    (project / "link").symlink_to(tmp_path / "modules")
    (project / "text").symlink_to(tmp_path / "secret.txt")
    with pytest.raises(DefinitionError) as caught:
        load([project], directory=project, environ={})
    assert "'link' lies outside of the project" in str(caught.value)
    assert "'../secret.txt' lies outside of the project" in str(caught.value)
    assert "secret\n" not in str(caught.value)


WORDS = st.sampled_from(
    [
        *("resource", "locals", "variable", "module", "data", "dynamic", "for", "in", "if", "else"),
        *('"aws_ecs_task_definition"', '"aws_cloudwatch_event_rule"', '"a"', "a", "var", "local"),
        *("{", "}", "[", "]", "(", ")", "=", "=>", ":", ",", ".", "...", "?", "*", "[*]", "+", "-"),
        *("!", "==", "&&", '"', "${", "%{", "}", "~", "<<E\n", "<<-E\n", "\nE\n", "\n", "\n", " "),
        *("1", "0.5", "null", "true", "count", "for_each", "each", "source", '"./a"', "#", "/*"),
        *("jsonencode(", "file(", "templatefile(", "try(", "name", "family", "\\", "\0", "é", "::"),
    ]
)
TEXTS = st.lists(WORDS, max_size=40).map(" ".join) | st.lists(WORDS, max_size=30).map("".join)


def _problems(read: Callable[..., object], *given: str) -> tuple[Problem, ...]:
    """Return what is said of a text; anything but a `DefinitionError` fails the test."""
    try:
        read(*given, *(["x.tf"] if given else []))
    except DefinitionError as error:
        return error.problems
    return ()


@given(TEXTS)
def test_any_text_is_a_body_or_an_error_with_its_place(text: str) -> None:
    assert all(problem.source and problem.source.line for problem in _problems(parse_file, text))


@given(TEXTS)
def test_any_text_is_a_template_or_an_error_with_its_place(text: str) -> None:
    assert all(p.source and p.source.line for p in _problems(parse_template, text))


KEYS = st.sampled_from(
    [
        *("resource", "locals", "variable", "module", "data", "dynamic", "content", "lifecycle"),
        *("aws_cloudwatch_event_rule", "type", "default", "source", "for_each", "name", "//", "a"),
    ]
)
TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)


@given(TREES)
def test_any_json_is_a_body_or_an_error_with_its_place(tree: object) -> None:
    text = json.dumps(tree)
    assert all(p.source and p.source.line for p in _problems(parse_json_file, text))


@settings(max_examples=100)
@given(
    st.dictionaries(
        st.sampled_from(
            ["main.tf", "b.tf", "c.tf.json", "a/main.tf", "terraform.tfvars", "x.auto.tfvars.json"]
        ),
        TEXTS,
        min_size=1,
    ),
    TEXTS,
)
def test_any_root_is_a_model_or_errors(
    tmp_path_factory: pytest.TempPathFactory, files: Mapping[str, str], value: str
) -> None:
    root = {
        **files,
        "rule.tf": 'module "a" {\n  source = "./a"\n}\n'
        f'resource "aws_cloudwatch_event_rule" "r" {{\n  name = {value}\n}}\n',
    }
    directory = write(tmp_path_factory.mktemp("root"), root)
    environ = {"TF_VAR_a": value}
    problems = _problems(lambda: load([directory], directory=directory, environ=environ))
    assert all(str(problem) for problem in problems)
