"""Schedules in a sentence: exact for AWS's dialect."""

from datetime import UTC, datetime, timedelta

import pytest

from emulator.schedules import parse
from emulator.schedules.words import describe

SENTENCES = """\
cron(0 9 ? * 1 *)|at 09:00 UTC on Sunday|毎週日曜日 09:00 (UTC)
cron(0 9 ? * SUN *)|at 09:00 UTC on Sunday|毎週日曜日 09:00 (UTC)
cron(0 9 ? * L *)|at 09:00 UTC on Saturday|毎週土曜日 09:00 (UTC)
cron(0 9 ? * 6-2 *)|at 09:00 UTC on Sunday, Monday, Friday and Saturday|毎週日曜日・月曜日・金曜日・土曜日 09:00 (UTC)
cron(* * * * ? *)|every minute|毎分
cron(*/2 * * * ? *)|every 2 minutes|2分ごと
cron(2/5 * * * ? *)|every 5 minutes from minute 2|2分から5分ごと
cron(0/25 * * * ? *)|at minutes 0, 25 and 50 of every hour|毎時0分、25分、50分
cron(0 * * * ? *)|at minute 0 of every hour|毎時0分
cron(0 10 * * ? *)|at 10:00 UTC every day|毎日 10:00 (UTC)
cron(0 */2 * * ? *)|every 2 hours from 00:00 UTC every day|毎日 00:00 から2時間ごと (UTC)
cron(0/5 8-17 ? * MON-FRI *)|every 5 minutes, 08:00 to 17:55 on Monday to Friday (UTC)|毎週月曜日〜金曜日 8時〜17時台の5分ごと (UTC)
cron(0/30 20-2 ? * MON-FRI *)|every 30 minutes of hours 0 to 2 and 20 to 23 on Monday to Friday (UTC)|毎週月曜日〜金曜日 0時〜2時、20時〜23時台の30分ごと (UTC)
cron(* 9 * * ? *)|every minute, 09:00 to 09:59 every day (UTC)|毎日 9時台の毎分 (UTC)
cron(0 0 L * ? *)|at 00:00 UTC on the last day of the month|毎月末日 00:00 (UTC)
cron(0 0 L-3 * ? *)|at 00:00 UTC 3 days before the last day of the month|毎月末日の3日前 00:00 (UTC)
cron(0 0 LW * ? *)|at 00:00 UTC on the last weekday (Monday to Friday) of the month|毎月最後の平日(月〜金) 00:00 (UTC)
cron(0 9 15W * ? *)|at 09:00 UTC on the weekday (Monday to Friday) nearest to day 15 of the month|毎月15日に最も近い平日(月〜金) 09:00 (UTC)
cron(0 9 31W * ? *)|at 09:00 UTC on the weekday (Monday to Friday) nearest to day 31 of a month that has it|毎月31日に最も近い平日(月〜金)(その日がある月のみ) 09:00 (UTC)
cron(15 10 ? * 6L 2026-2030)|at 10:15 UTC on the last Friday of the month in 2026 to 2030|2026年〜2030年の毎月最終金曜日 10:15 (UTC)
cron(0 8 ? * 3#2 *)|at 08:00 UTC on the second Tuesday of the month|毎月第2火曜日 08:00 (UTC)
cron(0 8 ? * 1#5 *)|at 08:00 UTC on the fifth Sunday of a month that has one|毎月第5日曜日(ある月のみ) 08:00 (UTC)
cron(0 9 1,15 * ? *)|at 09:00 UTC on days 1 and 15 of the month|毎月1日・15日 09:00 (UTC)
cron(0 9 28-31 1-3,7 ? *)|at 09:00 UTC on days 28 to 31 of the month in January to March and July|1月〜3月・7月の28日〜31日 09:00 (UTC)
cron(0 0 L,15 * ? *)|at 00:00 UTC on day 15 of the month and on the last day of the month|毎月15日と毎月末日 00:00 (UTC)
cron(* * ? * SUN *)|every minute on Sunday (UTC)|毎週日曜日の毎分 (UTC)
rate(5 minutes)|every 5 minutes, counted from its creation|作成時から5分ごと
rate(1 hour)|every hour, counted from its creation|作成時から1時間ごと
"""  # noqa: E501


@pytest.mark.parametrize("line", SENTENCES.splitlines())
def test_a_rule_in_english_and_japanese(line: str) -> None:
    expression, english, japanese = line.split("|")
    schedule = parse(expression)
    assert (describe(schedule), describe(schedule, "ja")) == (english, japanese)


def test_what_scheduler_adds_is_said_too() -> None:
    start = datetime(2026, 12, 1, tzinfo=UTC)
    schedule = parse(
        "cron(30 9 ? * 2 *)",
        dialect="scheduler",
        timezone="Asia/Tokyo",
        start=start,
        end=start + timedelta(days=30),
        flexible_time_window=timedelta(minutes=15),
    )
    assert describe(schedule) == (
        "at 09:30 Asia/Tokyo on Monday, from 2026-12-01T00:00:00Z, until 2026-12-31T00:00:00Z, "
        "within 15 minutes"
    )
    assert describe(schedule, "ja") == (
        "毎週月曜日 09:30 (Asia/Tokyo)、2026-12-01T00:00:00Z から、2026-12-31T00:00:00Z まで、"
        "15分以内に"
    )


def test_one_instant_is_said_with_its_day_of_the_week() -> None:
    schedule = parse("at(2026-07-01T09:00:00)", dialect="scheduler", timezone="Asia/Tokyo")
    assert describe(schedule) == "once, on Wednesday, 2026-07-01 at 09:00:00 Asia/Tokyo"
    assert describe(schedule, "ja") == "2026年7月1日(水) 09:00:00 に一度 (Asia/Tokyo)"
