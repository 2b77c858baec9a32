"""Which findings count."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from emulator.errors import Problem, SourceRef, UsageError
from emulator.lint import rule_ids
from emulator.lint.selection import chosen, ignored_lines, parse_ids

PROBLEMS = [
    Problem("a", SourceRef("x.yaml", 3), rule="image-moving"),
    Problem("b", SourceRef("x.yaml", 7), rule="role-undeclared"),
    Problem("c", None, rule="unreadable"),
]


def texts(problems: list[Problem]) -> str:
    return "".join(problem.message for problem in problems)


def test_selected_and_ignored_ids() -> None:
    assert texts(chosen(PROBLEMS)) == "abc"
    assert texts(chosen(PROBLEMS, select=["image-*", "unreadable"])) == "ac"
    assert texts(chosen(PROBLEMS, ignore=["image-*"])) == "bc"
    assert texts(chosen(PROBLEMS, select=["image-*"], ignore=["image-moving"])) == ""


@pytest.mark.parametrize(
    "comment",
    [
        "# ecs-local: ignore=image-moving",
        "#ecs-local:ignore=image-moving",
        "// ecs-local: ignore=role-undeclared, image-moving",
        "image = 1 # ecs-local: ignore=image-*  because",
    ],
)
def test_a_comment_holds_for_its_own_line_and_the_next(comment: str) -> None:
    for line in (2, 3):
        text = "\n" * (line - 1) + comment
        assert texts(chosen(PROBLEMS, comments={"x.yaml": ignored_lines(text)})) == "bc"
    for line in (1, 4):
        text = "\n" * (line - 1) + comment
        assert texts(chosen(PROBLEMS, comments={"x.yaml": ignored_lines(text)})) == "abc"


def test_a_comment_of_another_file_or_id_ignores_nothing() -> None:
    line = {3: ("image-moving",)}
    assert texts(chosen(PROBLEMS, comments={"y.yaml": line})) == "abc"
    assert texts(chosen(PROBLEMS, comments={"x.yaml": {3: ("image",)}})) == "abc"


def test_an_unknown_id_is_refused_with_a_suggestion() -> None:
    with pytest.raises(UsageError, match="no check 'image-movin'\n  hint: did you mean 'image-mo"):
        parse_ids("image-movin", rule_ids())
    with pytest.raises(UsageError, match=r"image-movin'\n.*\nno check 'x'\n  hint: docs/lint"):
        parse_ids("image-movin,image-*,x", rule_ids())
    assert parse_ids(" image-* , unreadable", rule_ids()) == ("image-*", "unreadable")
    assert parse_ids("", rule_ids()) == ()


_PIECES = st.sampled_from(
    [*"#/:=,* \n\r\x0b\u2028", "# ecs-local: ignore=", "//ecs-local:ignore=", "image-*", "夜間"]
)


@given(st.text() | st.lists(_PIECES, max_size=20).map("".join))
@example("# ecs-local: ignore=image-*,夜間\u2028// ecs-local:ignore=unreadable")
def test_any_text_may_hold_comments(text: str) -> None:
    lines = re.split("\r\n|[\n\r\x85\u2028\u2029]", text)
    for line, names in ignored_lines(text).items():
        assert "ecs-local:" in lines[line - 1]
        assert names
        assert all(name in lines[line - 1] for name in names)


def test_a_form_feed_begins_no_line() -> None:
    text = "a: 1\n# part two\x0c\nb: 2  # ecs-local: ignore=unreadable\n"
    assert ignored_lines(text) == {3: ("unreadable",)}


@pytest.mark.parametrize(
    ("path", "line"), [("main.tf", 2), ("main.tofu", 2), ("a.jsonnet", 2), ("a.yaml", 3)]
)
def test_a_line_separator_begins_a_line_in_yaml_only(path: str, line: int) -> None:
    text = "# part\u2028two\n# ecs-local: ignore=unreadable\r\n"
    assert ignored_lines(text, path) == {line: ("unreadable",)}


def test_no_text_without_a_comment_ignores_anything() -> None:
    assert ignored_lines("image: a\nignore=image-*\n# ecs-local\n") == {}
