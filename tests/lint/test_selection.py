"""Which findings count."""

import pytest
from hypothesis import given
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


@given(st.text())
def test_any_text_may_hold_comments(text: str) -> None:
    assert all(line >= 1 for line in ignored_lines(text))
