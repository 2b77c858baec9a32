"""Numbers have Terraform's bits and no more, and the shortest text that tells them apart."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.definitions.terraform.arithmetic import (
    ArithmeticFailure,
    Short,
    exact,
    parse,
    precision_of,
    rounded,
)
from emulator.definitions.terraform.decimals import number_text
from emulator.definitions.terraform.operators import (
    OPERATORS,
    add,
    divide,
    multiply,
    negate,
    remainder,
    subtract,
)

FRACTIONS = st.fractions(min_value=-(10**30), max_value=10**30, max_denominator=10**30)
DECIMALS = st.decimals(-(10**20), 10**20, places=12, allow_nan=False)


@given(FRACTIONS, st.sampled_from([53, 64, 512]))
def test_a_number_is_told_by_its_text(fraction: Fraction, precision: int) -> None:
    number = rounded(fraction, precision)
    again = rounded(Fraction(number_text(number)), precision)
    assert exact(again) == exact(number)


@given(FRACTIONS.filter(lambda fraction: fraction.denominator > 1), st.sampled_from([53, 512]))
def test_no_digit_of_a_text_can_be_spared(fraction: Fraction, precision: int) -> None:
    number = rounded(fraction, precision)
    text = number_text(number)
    shorter = Fraction(text[:-1].rstrip("."))
    assert exact(rounded(shorter, precision)) != exact(number)


@given(DECIMALS, DECIMALS)
def test_sums_differences_and_products_of_decimals_are_off_by_a_bit_at_most(
    left: Decimal, right: Decimal
) -> None:
    one, other = parse(str(left)), parse(str(right))
    expected = [
        Fraction(left) + Fraction(right),
        Fraction(left) - Fraction(right),
        Fraction(left) * Fraction(right),
    ]
    found = [exact(of(one, other)) for of in (add, subtract, multiply)]
    largest = max(map(abs, (Fraction(left), Fraction(right), *expected)))
    assert all(
        abs(got - wanted) <= largest / 2**508 for got, wanted in zip(found, expected, strict=True)
    )


@given(DECIMALS.filter(bool), DECIMALS.filter(bool))
def test_a_remainder_has_the_sign_of_what_is_divided(left: Decimal, right: Decimal) -> None:
    found = exact(remainder(parse(str(left)), parse(str(right))))
    assert abs(found) < abs(exact(parse(str(right)))) + Fraction(1, 10**90)
    assert found * exact(parse(str(left))) >= -Fraction(1, 10**90)


def test_a_quotient_has_as_many_bits_as_the_more_exact_of_its_parts() -> None:
    assert number_text(divide(Short(1), Short(3))) == "0.33333333333333333334"
    assert precision_of(divide(1, Short(3))) == 512


@pytest.mark.parametrize(
    "text", ["", " 1", "1_000", "0x10", "１", "1e", "--1", "nan", "inf", "9" * 1001, "1e999999999"]
)
def test_what_is_no_number_or_too_large_is_refused(text: str) -> None:
    with pytest.raises(ArithmeticFailure):
        parse(text)


def test_a_number_that_grows_without_end_is_refused() -> None:
    number = parse("1e1000")
    with pytest.raises(ArithmeticFailure, match="too large"):
        multiply(number, number)


def test_a_number_that_is_too_small_for_a_float_is_not_zero() -> None:
    tiny = parse("-1e-1000")
    assert tiny < 0
    assert bool(tiny)
    assert number_text(divide(1, tiny)).startswith("-1000")
    assert exact(add(tiny, negate(tiny))) == 0
    assert OPERATORS["<"](tiny, parse("-1e-1001"))
