import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.cli.table import cut, fits, has_columns, pad, render, width_of

HEADERS = ("NAME", "STATE", "DESCRIPTION")
ROWS = [("日次", "ENABLED", "とても重要なバッチ処理である。"), ("weekly", "DISABLED", "plain text")]


def test_cells_align_by_what_they_take_on_the_screen() -> None:
    assert render(HEADERS, ROWS, width=None) == (
        "NAME    STATE     DESCRIPTION\n"
        "日次    ENABLED   とても重要なバッチ処理である。\n"
        "weekly  DISABLED  plain text"
    )


def test_the_last_column_is_cut_where_the_screen_ends() -> None:
    lines = render(HEADERS, ROWS, width=36).splitlines()
    assert lines[1] == "日次    ENABLED   とても重要なバッ…"
    assert max(map(width_of, lines)) <= 36


def test_a_screen_too_narrow_for_the_columns_gets_paragraphs() -> None:
    assert render(HEADERS, ROWS, width=24) == (
        "日次\n"
        "  state        ENABLED\n"
        "  description  とても重…\n"
        "\n"
        "weekly\n"
        "  state        DISABLED\n"
        "  description  plain te…"
    )


@pytest.mark.parametrize(
    ("width", "whole", "columns"),
    [
        (None, True, True),
        (48, True, True),
        (47, False, True),
        (30, False, True),
        (29, False, False),
    ],
)
def test_a_table_fits_as_a_whole_or_with_its_last_column_cut(
    width: int | None, whole: bool, columns: bool
) -> None:
    assert fits(HEADERS, ROWS, width) is whole
    assert has_columns(HEADERS, ROWS, width) is columns


@pytest.mark.parametrize(("text", "width"), [("abc", 3), ("日本", 4), ("é", 1), ("👩", 2)])
def test_the_width_of_a_text_is_that_of_its_cells(text: str, width: int) -> None:
    assert width_of(text) == width
    assert width_of(pad(text, 10)) == 10


@given(st.text(alphabet="abc日本ｱé "), st.integers(1, 20))
def test_a_cut_text_fits(text: str, width: int) -> None:
    assert width_of(cut(text, width)) <= width
    assert cut(text, 1000) == text


@given(
    st.lists(st.tuples(st.text("ab日"), st.text("ab日"), st.text("ab日")), max_size=4),
    st.integers(20, 120),
)
def test_no_line_of_a_table_is_wider_than_the_screen(
    rows: list[tuple[str, str, str]], width: int
) -> None:
    assert all(width_of(line) <= width for line in render(HEADERS, rows, width=width).split("\n"))
