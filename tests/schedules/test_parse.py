"""What parse makes of any text, and what it says of the mistakes that are made again and again."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emulator.errors import ScheduleExpressionError
from emulator.schedules import Dialect, Schedule, parse, with_caret

NOW = datetime(2026, 11, 24, tzinfo=UTC)
NEARLY = st.text(alphabet="cronateminuhdysLW#?*/,-()0123456789MONFRI \t", max_size=256)
IN_CRON = NEARLY.map("cron({})".format)
FIELD_LIKE = st.lists(
    st.text(alphabet="0123456789*?,-/LW#MONSUNJAN", min_size=1, max_size=8), min_size=5, max_size=7
).map(lambda fields: f"cron({' '.join(fields)})")


@settings(max_examples=600)
@given(
    st.one_of(st.text(max_size=300), NEARLY, IN_CRON, FIELD_LIKE),
    st.sampled_from(["rule", "scheduler"]),
)
def test_any_text_is_a_schedule_or_refused(text: str, dialect: Dialect) -> None:
    found = _parse(text, dialect)
    if isinstance(found, Schedule):
        found.next_after(NOW)
        return
    assert found.problem
    assert found.position is None or 0 <= found.position <= len(text)
    assert all(line.isprintable() for line in with_caret(found).split("\n"))


def _parse(text: str, dialect: Dialect) -> Schedule | ScheduleExpressionError:
    try:
        return parse(text, dialect=dialect, anchor=NOW)
    except ScheduleExpressionError as error:
        return error


CORRECTIONS = """\
rate(1 hours) -> use rate(1 hour)
rate(5 minute) -> use rate(5 minutes)
rate(0 minutes) -> use rate(1 minute)
rate( 5 minutes ) -> use rate(5 minutes)
rate(5 Minutes) -> use rate(5 minutes)
rate(2 weeks) -> use rate(14 days)
rate(30 seconds) -> nothing is more frequent than rate(1 minute)
cron(0 9 * * MON) -> add the year and a ?: cron(0 9 ? * MON *)
cron(0 9 * * 1-5) -> add the year and a ?: cron(0 9 ? * 2-6 *) (days of the week count from 1, Sunday)
cron(0 9 ? * 2) -> add the year: cron(0 9 ? * 2 *)
0 9 * * 0 -> add the year and a ?: cron(0 9 ? * 1 *) (days of the week count from 1, Sunday)
0 9 1 * 1 -> make two rules: cron(0 9 1 * ? *) and cron(0 9 ? * 2 *) (days of the week count from 1, Sunday)
0 9 * * ? * -> use cron(0 9 * * ? *)
cron(0 9 * * * *) -> use cron(0 9 * * ? *)
cron(0 9 * * MON *) -> use cron(0 9 ? * MON *)
cron(0 9 1 * 2 *) -> use cron(0 9 1 * ? *) or cron(0 9 ? * 2 *); for both, make two rules
cron(0 9 ? * ? *) -> for every day use cron(0 9 * * ? *)
cron(*/60 * * * ? *) -> use rate(1 hour), or 0 in minutes and * in hours
cron(*/120 * * * ? *) -> use rate(2 hours), or 0 in minutes and */2 in hours
cron(0 9 ? * 0 *) -> days of the week count from 1 (Sunday) to 7 (Saturday); Sunday is 1 or SUN
cron(0 9 ? * 2-6/2 *) -> list the days, such as MON,WED,FRI
cron(/5 * * * ? *) -> write */5
cron(0 9 ? * MONDAY *) -> write MON
cron(0 9 ? june * *) -> write JUN
rate(1 month) -> months and years differ in length: use such as cron(0 0 1 * ? *)
@daily -> write such as cron(0 3 * * ? *) or rate(5 minutes)
Cron(0 9 * * ? *) -> use cron(0 9 * * ? *)
cron (0 9 * * ? *) -> use cron(0 9 * * ? *)
cron(0 9 * * ? * -> use cron(0 9 * * ? *)
 cron(0 9 * * ? *) -> use cron(0 9 * * ? *)
cron(0 9 * * ？ *) -> use cron(0 9 * * ? *)
at(2026-01-01T00:00:00) -> at() is EventBridge Scheduler's; an EventBridge rule has cron() and rate()
"""  # noqa: E501


@pytest.mark.parametrize("line", CORRECTIONS.splitlines())
def test_a_common_mistake_comes_with_its_correction(line: str) -> None:
    expression, _, hint = line.partition(" -> ")
    with pytest.raises(ScheduleExpressionError) as caught:
        parse(expression)
    assert caught.value.hint == hint


@pytest.mark.parametrize(
    "line", [line for line in CORRECTIONS.splitlines() if " -> use " in line and ";" not in line]
)
def test_a_correction_can_be_used_as_it_stands(line: str) -> None:
    corrected = line.partition(" -> use ")[2].partition(", or")[0]
    assert not parse(corrected).doubts


def test_a_refusal_shows_the_place() -> None:
    with pytest.raises(ScheduleExpressionError) as caught:
        parse("cron(0 25 * * ? *)")
    assert with_caret(caught.value) == (
        "Parameter ScheduleExpression is not valid.\n"
        "  cron(0 25 * * ? *)\n"
        "         ^\n"
        "  hours: '25' is not 0 to 23"
    )


@pytest.mark.parametrize(
    ("expression", "position", "problem", "hint"),
    [
        ("rate(0 minutes)", 5, "the value must be 1 or more", "use rate(1 minute)"),
        ("rate(1 hours)", 7, "1 goes with hour, not hours", "use rate(1 hour)"),
        ("rate(15 minute)", 8, "15 goes with minutes, not minute", "use rate(15 minutes)"),
        ("rate(1 HOUR)", 7, "the unit is lower case", "use rate(1 hour)"),
        ("rate( 1 day )", 0, "blanks are not allowed there", "use rate(1 day)"),
        ("rate(five days)", 0, "rate needs a whole number and a unit", "use rate(5 minutes)"),
        ("rate(1 day) x", 0, "rate needs a whole number and a unit", "use rate(5 minutes)"),
        (
            "rate(12 Years)",
            8,
            "'Years' is not a unit: minute, minutes, hour, hours, day or days",
            "months and years differ in length: use such as cron(0 0 1 * ? *)",
        ),
    ],
)
def test_a_rate_that_is_refused_says_where_and_why(
    expression: str, position: int, problem: str, hint: str | None
) -> None:
    with pytest.raises(ScheduleExpressionError) as caught:
        parse(expression)
    told = caught.value
    assert (told.position, told.problem, told.hint) == (position, problem, hint)


@pytest.mark.parametrize(
    ("expression", "position", "problem"),
    [
        (
            "cron(0 0 1,LX * ? *)",
            11,
            "day-of-month: 'LX' is not valid: L stands alone or begins L-n, LW",
        ),
        ("cron(0 0 1,XW * ? *)", 11, "day-of-month: 'XW' is not valid: W follows one day number"),
        ("cron(0 0 32W * ? *)", 9, "day-of-month: '32' is not 1 to 31"),
        ("cron(0 0 L-31 * ? *)", 9, "day-of-month: no month has 31 days before its last"),
        ("cron(0 0 ? * 2#6 *)", 15, "day-of-week: # is followed by 1 to 5"),
        ("cron(0 0 ? * 2#1,3#1 *)", 14, "day-of-week: only one expression with # is allowed"),
        ("cron(0 0 ? * 8L *)", 13, "day-of-week: '8' is not 1 to 7 or SUN to SAT"),
    ],
)
def test_a_day_that_is_refused_says_where_and_why(
    expression: str, position: int, problem: str
) -> None:
    with pytest.raises(ScheduleExpressionError) as caught:
        parse(expression)
    assert (caught.value.position, caught.value.problem) == (position, problem)


@pytest.mark.parametrize(
    ("days", "doubt"),
    [
        ("15W", None),
        ("LW", None),
        ("L-3", None),
        ("1,15", None),
        ("L-3W", "AWS does not say whether W may follow L-n"),
        ("1,15W", "L or W in a list: AWS documents it for a single day only"),
    ],
)
def test_what_aws_does_not_say_of_a_day_is_doubted(days: str, doubt: str | None) -> None:
    doubts = parse(f"cron(0 0 {days} * ? *)").doubts
    assert [each.rpartition(f"{days}: ")[2] for each in doubts] == (
        [] if doubt is None else [doubt]
    )


def test_the_29th_of_february_comes_in_2000_and_not_in_2100() -> None:
    leap_days = parse("cron(0 0 29 2 ? *)")
    for year, following in ((1999, 2000), (2096, 2104)):
        due = leap_days.next_after(datetime(year, 3, 1, tzinfo=UTC))
        assert due == datetime(following, 2, 29, tzinfo=UTC)


def test_scheduler_takes_either_number_of_a_unit() -> None:
    for expression in ("rate(1 hours)", "rate(5 minute)"):
        assert parse(expression, dialect="scheduler", anchor=NOW).next_after(NOW) is not None


def test_a_rate_counts_from_its_anchor_alone_and_within_the_calendar() -> None:
    bare = parse("rate(5 minutes)")
    assert (bare.wants_anchor, bare.counts_from) == (True, None)
    with pytest.raises(ValueError, match="counts from an instant: give it an anchor"):
        bare.next_after(NOW)
    anchored = bare.with_anchor(NOW)
    assert (anchored.wants_anchor, anchored.counts_from) == (False, NOW)
    late = datetime(9999, 12, 31, 23, 58, tzinfo=UTC)
    assert parse("rate(5 minutes)", anchor=late).next_after(late) is None
    assert list(parse("rate(1 minute)", anchor=late).between(late, late + timedelta(seconds=119)))


def test_of_a_long_expression_only_what_is_around_the_place_is_shown() -> None:
    expression = f"cron({'0,' * 100}61 9 * * ? *)"
    with pytest.raises(ScheduleExpressionError) as caught:
        parse(expression)
    shown = with_caret(caught.value).splitlines()
    assert max(map(len, shown)) < 80
    assert shown[1][shown[2].index("^") :].startswith("61 9")


def test_a_strangers_text_cannot_command_a_terminal() -> None:
    with pytest.raises(ScheduleExpressionError) as caught:
        parse("cron(0\x1b[2J 9 * * ? *)", dialect="scheduler")
    assert "\x1b" not in with_caret(caught.value)


@pytest.mark.parametrize(
    ("expression", "refused"),
    [
        ("cron(0 0 1,, * ? *)", True),
        ("cron(0 0 ,1 * ? *)", True),
        ("cron(*-99 * * * ? *)", True),
        ("cron(0 0 ? * 1-7/2 *)", True),
        ("cron(0 0 ? * */2 *)", True),
        ("cron(0 0 ? * L,2 *)", True),
        ("cron(0 0 ? * 3#6 *)", True),
        ("cron(0 0 L-31 * ? *)", True),
        ("cron(0 0 1 1 ? 2030-2026)", True),
        ("cron(0 0 1 1 ? */300)", False),
        ("cron(0 0 8-8 FRI-FRI ? *)", True),
        ("cron(0 8-8 ? * FRI-FRI *)", False),
        ("rate(1000000 days)", False),
        (f"rate({'9' * 200} days)", False),
    ],
)
def test_the_edges_of_the_dialect(expression: str, refused: bool) -> None:
    if refused:
        with pytest.raises(ScheduleExpressionError):
            parse(expression)
    else:
        parse(expression, anchor=NOW).next_after(NOW)
