"""JSON values as Go prints them."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.model.go_values import go_text, parse_object


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ('"text"', "text"),
        ("true", "true"),
        ("null", "<nil>"),
        ("5432", "5432"),
        ("1.0", "1"),
        ("0", "0"),
        ("-0.0", "-0"),
        ("0.5", "0.5"),
        ("-12.25", "-12.25"),
        ("100000", "100000"),
        ("1000000", "1e+06"),
        ("123456789", "1.23456789e+08"),
        ("123456.789", "123456.789"),
        ("0.0001", "0.0001"),
        ("0.00001", "1e-05"),
        ("1e100", "1e+100"),
        ("9007199254740993", "9.007199254740992e+15"),
        ('[1, "a b", []]', "[1 a b []]"),
        ('{"b": 1, "a": {"c": null}}', "map[a:map[c:<nil>] b:1]"),
    ],
)
def test_a_value_is_printed_as_go_does(written: str, printed: str) -> None:
    members = parse_object(f'{{"key": {written}}}')
    assert members is not None
    assert go_text(members["key"]) == printed


@pytest.mark.parametrize("text", ["", "plain", "[1]", '"x"', "{", '{"a": NaN}', '{"a": 1e999}'])
def test_what_is_no_object_is_none(text: str) -> None:
    assert parse_object(text) is None


def test_null_is_an_object_without_keys() -> None:
    assert parse_object("null") == {}


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_reads_back_as_itself(number: float) -> None:
    members = parse_object(json.dumps({"n": number}))
    assert members is not None
    assert float(go_text(members["n"])) == number
