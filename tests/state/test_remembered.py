"""What is made of a value is made once, and never taken for that of another one."""

from emulator.state.remembered import MOST_KNOWN, Remembered


def test_the_same_value_is_asked_for_once_and_an_equal_one_anew() -> None:
    made: list[list[int]] = []

    def make(value: list[int]) -> int:
        made.append(value)
        return sum(value)

    total = Remembered(make)
    value, equal = [1, 2], [1, 2]
    assert (total(value), total(value), total(equal)) == (3, 3, 3)
    assert len(made) == 2


def test_values_that_are_gone_are_not_taken_for_those_that_follow_them() -> None:
    def make(value: list[int]) -> int:
        return value[0]

    first = Remembered(make)
    assert [first([number]) for number in range(3 * MOST_KNOWN)] == list(range(3 * MOST_KNOWN))
