"""Sentences on a narrow screen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.cli.table import width_of
from emulator.cli.wrapping import wrapped


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("as long as it is", None, ["as long as it is"]),
        ("one two three", 13, ["one two three"]),
        ("one two three", 12, ["one two", "  three"]),
        ("one two three four", 8, ["one two", "  three", "  four"]),
        ("see a/very/long/path.yaml now", 10, ["see", "  a/very/long/path.yaml", "  now"]),
        ("夜間の集計を始める", 10, ["夜間の集計", "  を始める"]),
        ("集計します。終わり", 10, ["集計しま", "  す。終わ", "  り"]),
        ("rule 夜間バッチ is here", 12, ["rule 夜間", "  バッチ is", "  here"]),
        ("  hint: aaa bbb", 11, ["  hint: aaa", "  bbb"]),
        ("", 5, [""]),
    ],
)
def test_lines_fit_the_screen(text: str, width: int | None, lines: list[str]) -> None:
    assert wrapped(text, width) == lines


@given(st.text(st.sampled_from("ab 夜、。ッが\u3099e\u0301"), max_size=60), st.integers(8, 30))
def test_nothing_is_lost_and_no_line_is_too_wide(text: str, width: int) -> None:
    lines = wrapped(text, width)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    for line in lines:
        words = line.split(" ")
        assert width_of(line) <= width or len([word for word in words if word]) == 1
        start = line.strip()[:1]
        assert start not in ("、", "。") or line == lines[0] or f" {start}" in text
