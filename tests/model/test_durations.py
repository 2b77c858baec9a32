"""Lengths of time as people write them."""

from datetime import timedelta

import pytest

from emulator.model.durations import LONGEST, duration_text, is_duration, parse_duration


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("45s", timedelta(seconds=45)),
        ("1h30m", timedelta(minutes=90)),
        ("0.5d", timedelta(hours=12)),
        ("250ms", timedelta(milliseconds=250)),
        ("36500d", LONGEST),
    ],
)
def test_a_duration_is_numbers_with_units(text: str, meant: timedelta) -> None:
    assert parse_duration(text) == meant
    assert parse_duration(duration_text(meant)) == meant


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "'' is not a duration; write 10m, 1h30m or 45s"),
        ("10", "'10' is not a duration"),
        ("10m and more", "is not a duration"),
        ("0s", "'0s' is no time at all"),
        ("36500d1ms", "'36500d1ms' is too long; the longest is 36500d"),
        ("999999999d999999999d", "is too long"),
        ("9" * 5000 + "d", "is too long"),
    ],
)
def test_what_is_no_duration_is_said_with_what_to_write(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        parse_duration(text)


@pytest.mark.parametrize("end", ["", "x"])
def test_digits_without_a_unit_are_refused_at_once_however_many_they_are(end: str) -> None:
    with pytest.raises(ValueError, match="is not a duration"):
        parse_duration("9" * 1_000_000 + end)


@pytest.mark.parametrize(
    ("length", "text"),
    [
        (timedelta(), "0s"),
        (timedelta(seconds=90), "1m30s"),
        (timedelta(hours=24), "1d"),
        (timedelta(days=1, hours=2, minutes=3, seconds=4, milliseconds=5), "1d2h3m4s5ms"),
        (timedelta(microseconds=1500), "2ms"),
    ],
)
def test_a_length_is_told_in_the_fewest_words(length: timedelta, text: str) -> None:
    assert duration_text(length) == text


@pytest.mark.parametrize(("text", "begins"), [("10m", True), ("10m more", True), ("a 10m", False)])
def test_a_text_begins_as_a_duration_does(text: str, begins: bool) -> None:
    assert is_duration(text) is begins
