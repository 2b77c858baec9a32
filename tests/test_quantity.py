"""How many there are is said in words that count right."""

import pytest

from emulator.quantity import counted


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0 tasks"), (1, "1 task"), (2, "2 tasks"), (1234, "1,234 tasks")]
)
def test_one_is_singular_and_all_else_plural(number: int, text: str) -> None:
    assert counted(number, "task") == text


def test_a_plural_may_be_a_word_of_its_own() -> None:
    assert [counted(n, "entry", "entries") for n in (1, 2)] == ["1 entry", "2 entries"]
