"""Random expressions against a brute-force walk through the days."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from emulator.schedules import parse
from tests.schedules.day_walker import DAYS, MONTHS, firings


def _names(values: list[str]) -> st.SearchStrategy[str]:
    cased = st.sampled_from([str.upper, str.lower, str.title])
    return st.builds(lambda name, case: case(name), st.sampled_from(values), cased)


def _field(
    low: int, high: int, limit: int, names: list[str] | None = None
) -> st.SearchStrategy[str]:
    """Return every form that AWS documents for a field of numbers, ranges that wrap as well."""
    number = st.integers(low, high).map(str)
    step = st.integers(1, limit).map(str)
    span = st.builds("{}-{}".format, number, number)
    items = [number, span]
    if names is None:
        items += [
            st.builds("{}/{}".format, number, step),
            st.builds("{}/{}".format, span, step),
        ]
    else:
        items += [_names(names), st.builds("{}-{}".format, _names(names), _names(names))]
    listed = st.lists(st.one_of(items), min_size=1, max_size=4).map(",".join)
    alone = [st.just("*"), listed]
    if names is None:
        alone.append(st.builds("*/{}".format, step))
    return st.one_of(alone)


def _day_of_month() -> st.SearchStrategy[str]:
    return st.one_of(
        _field(1, 31, 31),
        st.sampled_from(["L", "LW"]),
        st.integers(1, 30).map("L-{}".format),
        st.integers(1, 31).map("{}W".format),
    )


def _day_of_week() -> st.SearchStrategy[str]:
    weekday = st.one_of(st.integers(1, 7).map(str), _names(DAYS))
    return st.one_of(
        _field(1, 7, 7, DAYS),
        st.just("L"),
        weekday.map("{}L".format),
        st.builds("{}#{}".format, weekday, st.integers(1, 5)),
    )


def _year() -> st.SearchStrategy[str]:
    around = st.integers(2020, 2034)
    return st.one_of(
        st.just("*"),
        around.map(str),
        st.builds(lambda a, b: f"{min(a, b)}-{max(a, b)}", around, around),
        st.builds("{}/{}".format, st.integers(1970, 2030), st.integers(1, 5)),
        st.builds("*/{}".format, st.integers(1, 5)),
    )


FIELDS = st.one_of(
    st.builds(
        "{} {} {} {} ? {}".format,
        _field(0, 59, 59),
        _field(0, 23, 23),
        _day_of_month(),
        st.one_of(_field(1, 12, 12), _field(1, 12, 12, MONTHS)),
        _year(),
    ),
    st.builds(
        "{} {} ? {} {} {}".format,
        _field(0, 59, 59),
        _field(0, 23, 23),
        st.one_of(_field(1, 12, 12), _field(1, 12, 12, MONTHS)),
        _day_of_week(),
        _year(),
    ),
)


@settings(max_examples=150)
@given(FIELDS, st.dates(date(2023, 12, 1), date(2032, 12, 31)), st.integers(0, 24 * 60 - 1))
def test_a_cron_fires_when_the_day_walker_says(fields: str, first: date, minute: int) -> None:
    last = first + timedelta(days=120)
    start = datetime(first.year, first.month, first.day, tzinfo=UTC) + timedelta(minutes=minute)
    end = datetime(last.year, last.month, last.day, tzinfo=UTC) + timedelta(days=1)
    expected = [
        due
        for day, hour, minute in firings(fields, first, last)
        if (due := datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)) >= start
    ]
    schedule = parse(f"cron({fields})")
    assert list(schedule.between(start, end)) == expected
    following = schedule.next_after(start - timedelta(microseconds=1))
    if expected:
        assert following == expected[0]
        at = min(len(expected) - 1, minute % 50)
        after = expected[at + 1] if at + 1 < len(expected) else None
        found = schedule.next_after(expected[at])
        assert found == after or (after is None and (found is None or found >= end))
    else:
        assert following is None or following >= end
