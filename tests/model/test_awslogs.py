"""Options of the awslogs driver: what it refuses, word for word, and what the rest comes to."""

from contextlib import suppress
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.model.awslogs import AwslogsOptions, complaints, read_options
from emulator.model.log_pattern import PatternError, compile_pattern, datetime_pattern

PATTERN = "awslogs-multiline-pattern"
DATETIME = "awslogs-datetime-format"
MODE = {"mode": "non-blocking"}


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"tag": "x"}, "unknown log opt 'tag' for awslogs log driver"),
        (
            {"awslogs-create-group": "yes"},
            (
                "must specify valid value for log opt 'awslogs-create-group': strconv.ParseBool: "
                'parsing "yes": invalid syntax'
            ),
        ),
        (
            {PATTERN: "^x", DATETIME: "%Y"},
            (
                "you cannot configure log opt 'awslogs-datetime-format' and "
                "'awslogs-multiline-pattern' at the same time"
            ),
        ),
        ({"awslogs-format": "json"}, "unsupported log format 'json'"),
        (
            {"awslogs-format": "json/emf", PATTERN: "x"},
            (
                "you cannot configure log opt 'awslogs-datetime-format' or "
                "'awslogs-multiline-pattern' when log opt 'awslogs-format' is set to 'json/emf'"
            ),
        ),
        (
            {"awslogs-format": "json/emf", DATETIME: "%Y"},
            (
                "you cannot configure log opt 'awslogs-datetime-format' or "
                "'awslogs-multiline-pattern' when log opt 'awslogs-format' is set to 'json/emf'"
            ),
        ),
        (
            {DATETIME: "%Y (["},
            (
                f'awslogs could not parse multiline pattern key "{datetime_pattern("%Y ([")}": '
                "error parsing regexp: missing ]: ["
            ),
        ),
        ({"mode": "async"}, "logger: logging mode not supported: async"),
        (
            {"mode": "blocking", "max-buffer-size": "1m"},
            "logger: max-buffer-size option is only supported with 'mode=non-blocking'",
        ),
        (
            {**MODE, "max-buffer-size": "lots"},
            "error parsing option max-buffer-size: invalid size: 'lots'",
        ),
        (
            {**MODE, "max-buffer-size": "9" * 400},
            f"error parsing option max-buffer-size: invalid size: '{'9' * 400}'",
        ),
        (
            {"awslogs-force-flush-interval-seconds": "0"},
            "must specify a positive integer for log opt 'awslogs-force-flush-interval-seconds': 0",
        ),
        (
            {PATTERN: r"(?=later)"},
            (
                'awslogs could not parse multiline pattern key "(?=later)": error parsing regexp: '
                "invalid perl operator: (?="
            ),
        ),
        (
            {PATTERN: r"(a)\1"},
            (
                r'awslogs could not parse multiline pattern key "(a)\1": error parsing regexp: '
                r"invalid escape sequence: \1"
            ),
        ),
    ],
)
def test_what_the_driver_refuses_is_refused_in_its_words(
    options: dict[str, str], text: str
) -> None:
    ((name, message),) = complaints(options)
    assert message == text
    assert name in options


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, AwslogsOptions()),
        ({"awslogs-create-group": "T"}, AwslogsOptions(create_group=True)),
        ({"awslogs-create-group": "0"}, AwslogsOptions()),
        (MODE, AwslogsOptions(mode="non-blocking", buffer_bytes=10 * 2**20)),
        (
            {**MODE, "max-buffer-size": "25k"},
            AwslogsOptions(mode="non-blocking", buffer_bytes=25 * 1024),
        ),
        ({"max-buffer-size": "1.5mb"}, AwslogsOptions(mode="non-blocking", buffer_bytes=1572864)),
        ({PATTERN: "^INFO"}, AwslogsOptions(pattern="^INFO")),
        (
            {"awslogs-force-flush-interval-seconds": "9"},
            AwslogsOptions(flush_interval=timedelta(seconds=9)),
        ),
    ],
)
def test_what_is_left_means_something(options: dict[str, str], expected: AwslogsOptions) -> None:
    assert list(complaints(options)) == []
    assert read_options(options) == expected


def test_only_a_container_that_says_non_blocking_does_not_wait_for_its_log() -> None:
    assert [read_options({"mode": mode}).blocks for mode in ("", "blocking", "non-blocking")] == [
        True,
        True,
        False,
    ]


def test_a_date_format_begins_events_wherever_the_date_stands() -> None:
    matches = compile_pattern(datetime_pattern(r"\[%b %d, %Y %H:%M:%S\]"))
    assert matches(b"[May 01, 2026 19:00:01] begin")
    assert matches(b"x [May 01, 2026 19:00:01]")
    assert not matches(b"[Mai 01, 2026 19:00:01]")


def test_a_sequence_the_driver_does_not_know_is_nothing() -> None:
    assert datetime_pattern("%Y%q-%%d") == r"\d{4}-d"


@given(st.datetimes(min_value=datetime(1970, 1, 1)))  # noqa: DTZ001
def test_dates_match_the_format_they_were_written_with(at: datetime) -> None:
    """Not the day of the year, of which the driver's table leaves some out."""
    for form in ("%Y-%m-%dT%H:%M:%S.%f", "%a %A %w %y %p %I:%M"):
        assert compile_pattern(f"^{datetime_pattern(form)}$")(at.strftime(form).encode())


def test_a_pattern_cannot_make_a_line_take_for_ever() -> None:
    """One that goes back and tries again would not be done before the sun is."""
    assert not compile_pattern("^(a+)+$")(b"a" * 100_000 + b"!")
    with pytest.raises(PatternError, match="invalid repetition size"):
        compile_pattern("((a{1000}){1000}){1000}")


@given(st.text(max_size=30))
def test_any_pattern_is_taken_or_refused(pattern: str) -> None:
    with suppress(PatternError):
        compile_pattern(pattern)(b"line")
