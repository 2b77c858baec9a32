"""Strangers' text: nothing hidden stays, and what can be read is left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.pictures.visible_text import visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("夜間バッチ ✗ 100%", "夜間バッチ ✗ 100%"),
        ("two\nlines\tand a tab\r\n", "two\nlines\tand a tab\n"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;a title\x07text", "text"),
        ("\x1b]8;;http://x\x1b\\link", "link"),
        ("\u202egnp.exe", "\\u202egnp.exe"),
        ("a\u200bb\ufeff", "a\\u200bb\\ufeff"),
        ("bell\x07 escape\x1b", "bell\\x07 escape\\x1b"),
        ("50%\r100%", "50%100%"),
    ],
)
def test_what_is_hidden_is_shown(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_a_long_text_is_cut() -> None:
    assert visible("あ" * 50, longest=3) == "あああ…"
    assert len(visible("\u202e" * 10**6, longest=100)) == 101


@given(st.text())
def test_nothing_that_commands_or_turns_text_is_left(text: str) -> None:
    shown = visible(text)
    assert not any(ord(c) < 0x20 and c not in "\n\t" for c in shown)
    assert not any(c in shown for c in "\x7f\x9b\u202a\u202e\u2066\u2069\u2028")
