"""What words of the command line mean, and what is said of those that mean nothing."""

import argparse
from datetime import UTC, datetime

import pytest

from emulator.cli import option_values
from emulator.errors import UsageError


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("2026-11-24T09:00:00Z", datetime(2026, 11, 24, 9, tzinfo=UTC)),
        ("2026-11-24T09:00:00+09:00", datetime(2026, 11, 24, tzinfo=UTC)),
        ("2026-11-24", datetime(2026, 11, 24, tzinfo=UTC)),
    ],
)
def test_an_instant_is_utc_unless_it_says_otherwise(word: str, meant: datetime) -> None:
    assert option_values.instant(word) == meant
    assert option_values.since(word) == meant


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("yesterday", "'yesterday' is neither an instant nor a duration; write 2026-"),
        ("5x", "'5x' is neither an instant nor a duration"),
        ("5m5", "'5m5' is not a duration"),
        ("900000d", "'900000d' is too long; the longest is 36500d"),
        ("0001-01-01T00:00:00+14:00", "is outside of the calendar"),
    ],
)
def test_what_is_no_beginning_is_said_with_what_to_write(word: str, said: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match=said):
        option_values.since(word)


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("asia/tokyo", "'asia/tokyo' is not a time zone; did you mean Asia/Tokyo\\?"),
        ("Europe/Berln", "did you mean Europe/Berlin\\?"),
        ("JST", "'JST' is not a time zone; write an IANA name such as Asia/Tokyo"),
    ],
)
def test_a_zone_that_is_none_is_said_with_the_one_that_was_meant(word: str, said: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match=said):
        option_values.timezone(word)


@pytest.mark.parametrize(
    ("word", "said"),
    [("0", "of at least 1$"), ("1.5", "of at least 1$"), ("99999999999", "of 1 to 999999999$")],
)
def test_what_is_no_count_is_said_with_the_bounds_of_one(word: str, said: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match=said):
        option_values.positive(word)


@pytest.mark.parametrize("word", ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"])
def test_an_instant_that_utc_has_no_date_for_is_refused(word: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="outside of the calendar"):
        option_values.instant(word)


def test_words_without_a_name_or_a_value_are_told_all_at_once() -> None:
    assert option_values.pairs(["A=1", "B=", "C=x=y"], "--env") == {"A": "1", "B": "", "C": "x=y"}
    with pytest.raises(UsageError) as caught:
        option_values.pairs(["A", "=1", "B=2"], "--env")
    assert str(caught.value) == "--env A: not NAME=VALUE\n--env =1: not NAME=VALUE"
