"""The due instants as numbers are those that `between` yields, of every kind of schedule."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from emulator.schedules import parse
from emulator.schedules.base import Schedule, instant_of_tick, tick_of
from emulator.schedules.bounded import BoundedSchedule

START = datetime(2028, 2, 27, tzinfo=UTC)
MOMENTS = st.integers(0, 2 * 86_400_000_000).map(lambda us: START + timedelta(microseconds=us))
PARTS = st.sampled_from(["*", "0", "7/13", "1-20", "59"])
HOURS = st.sampled_from(["*", "3", "22-2", "0/5"])
ZONES = st.sampled_from(["UTC", "Europe/Berlin", "Asia/Tokyo"])

CRONS = st.builds(
    lambda minute, hour, zone: parse(
        f"cron({minute} {hour} * * ? *)", dialect="scheduler", timezone=zone
    ),
    PARTS,
    HOURS,
    ZONES,
)
RATES = st.builds(
    lambda value, anchor: parse(f"rate({value} minutes)", anchor=anchor),
    st.integers(2, 3000),
    MOMENTS,
)
ONCE = st.builds(
    lambda at: parse(f"at({at:%Y-%m-%dT%H:%M:%S})", dialect="scheduler"),
    MOMENTS,
)
PLAIN = st.one_of(CRONS, RATES, ONCE)
BOUNDED = st.builds(
    BoundedSchedule.of, st.one_of(CRONS, RATES), st.none() | MOMENTS, st.none() | MOMENTS
)


@settings(max_examples=80)
@given(st.one_of(PLAIN, BOUNDED), MOMENTS, MOMENTS)
def test_ticks_are_the_instants_of_between(
    schedule: Schedule, start: datetime, end: datetime
) -> None:
    batches = [list(batch) for batch in schedule.ticks(start, end)]
    assert all(batches)
    ticks = [tick for batch in batches for tick in batch]
    assert [instant_of_tick(tick) for tick in ticks] == list(schedule.between(start, end))


@given(st.datetimes(timezones=st.just(UTC)))
def test_every_instant_of_the_calendar_is_a_tick_and_back(instant: datetime) -> None:
    assert instant_of_tick(tick_of(instant)) == instant
