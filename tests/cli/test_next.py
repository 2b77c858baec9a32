"""`next`: upcoming firings as a list, rule by rule, and as a calendar."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import PROJECT, Cli

TWO = PROJECT + (
    "  - name: weekly\n"
    "    scheduleExpression: cron(0 9 ? * 1 *)\n"
    "    taskDefinition: daily\n"
    "  - name: asleep\n"
    "    disabled: true\n"
    "    scheduleExpression: cron(* * * * ? *)\n"
    "    taskDefinition: daily\n"
)


def test_rules_are_merged_and_said_in_words(cli: Cli) -> None:
    told = cli("next", "-n", "2", "--after", "2026-11-28T12:00:00Z", project=TWO)
    assert told.screen == (
        "daily: at 01:00 UTC every day\n"
        "weekly: at 09:00 UTC on Sunday\n"
        "\n"
        "DUE (UTC)             DUE (LOCAL)                  RULE\n"
        "2026-11-29T01:00:00Z  2026-11-29 Sun 10:00:00 JST  daily\n"
        "2026-11-29T09:00:00Z  2026-11-29 Sun 18:00:00 JST  weekly\n"
        "exit code 0\n"
    )


def test_each_rule_by_itself_in_a_zone_and_in_japanese(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "ja_JP.UTF-8")
    told = cli("next", "--each", "-n", "1", "--timezone", "Europe/Berlin", project=TWO)
    assert told.out == (
        "daily: 毎日 01:00 (UTC)\n"
        "DUE (UTC)             DUE (Europe/Berlin)\n"
        "2026-11-25T01:00:00Z  2026-11-25 水 02:00:00 CET\n"
        "\n"
        "weekly: 毎週日曜日 09:00 (UTC)\n"
        "DUE (UTC)             DUE (Europe/Berlin)\n"
        "2026-11-29T09:00:00Z  2026-11-29 日 10:00:00 CET\n"
    )


def test_json_is_in_order_of_time_either_way(cli: Cli) -> None:
    words = ["next", "--each", "-n", "1", "--format", "json"]
    assert json.loads(cli(*words, project=TWO).out) == [
        {"rule": "daily", "scheduled": "2026-11-25T01:00:00Z"},
        {"rule": "weekly", "scheduled": "2026-11-29T09:00:00Z"},
    ]


def test_until_is_inclusive_and_after_is_not(cli: Cli) -> None:
    bounds = ["--after", "2026-11-25T01:00:00Z", "--until", "2026-11-27T01:00:00Z"]
    told = cli("next", "daily", *bounds, "--format", "json", project=TWO)
    due = [entry["scheduled"] for entry in json.loads(told.out)]
    assert due == ["2026-11-26T01:00:00Z", "2026-11-27T01:00:00Z"]


def test_a_disabled_rule_that_is_named_is_told(cli: Cli) -> None:
    told = cli("next", "asleep", project=TWO)
    assert told.out == "nothing is due\n"
    assert told.err == "warning: disabled, and not listed: asleep\n"


def test_an_expression_needs_no_files(cli: Cli) -> None:
    told = cli("next", "--expression", "cron(0 9 ? * 1 *)", "-n", "1")
    assert told.out == (
        "at 09:00 UTC on Sunday\n"
        "DUE (UTC)             DUE (LOCAL)\n"
        "2026-11-29T09:00:00Z  2026-11-29 Sun 18:00:00 JST\n"
    )


@pytest.mark.parametrize(
    ("options", "due"),
    [
        (["cron(0 9 * * ? *)"], "2026-11-24T09:00:00Z"),
        (["cron(0 9 * * ? *)", "--timezone", "Asia/Tokyo"], "2026-11-25T00:00:00Z"),
        (
            ["cron(0 9 * * ? *)", "--timezone", "Asia/Tokyo", "--dialect", "rule"],
            "2026-11-24T09:00:00Z",
        ),
        (["cron(0 9 * * ?)", "--dialect", "scheduler"], "2026-11-24T09:00:00Z"),
        (["at(2027-01-01T00:00:00)"], "2027-01-01T00:00:00Z"),
        (["rate(1 hour)"], "2026-11-24T07:37:05Z"),
    ],
)
def test_an_expression_is_read_in_the_dialect_that_is_meant(
    cli: Cli, options: list[str], due: str
) -> None:
    told = cli("next", "-n", "1", "--format", "json", "--expression", *options)
    assert json.loads(told.out) == [due]


def test_an_expression_that_never_fires_says_so(cli: Cli) -> None:
    assert "never due\n" in cli("next", "--expression", "cron(0 0 30 2 ? *)").out


def test_a_wrong_expression_is_shown_with_its_place(cli: Cli) -> None:
    assert cli("next", "--expression", "cron(0 9 ? * 0 *)").screen == (
        "ecs-local: error: Parameter ScheduleExpression is not valid.\n"
        "  cron(0 9 ? * 0 *)\n"
        "               ^\n"
        "  day-of-week: '0' is not 1 to 7 or SUN to SAT\n"
        "  hint: days of the week count from 1 (Sunday) to 7 (Saturday); Sunday is 1 or SUN\n"
        "exit code 2\n"
    )


LEFT_OUT = """\
variable "when" {}
resource "aws_cloudwatch_event_rule" "other" {
  name                = "other"
  schedule_expression = var.when
}
"""


def test_it_says_which_rules_it_knows_nothing_of(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(LEFT_OUT, "utf-8")
    told = cli("next", "-n", "1", project=PROJECT)
    assert told.err.startswith(
        "warning: main.tf:2: rule other is left out: it needs the variable when, not given\n"
    )
    assert "note" not in told.err
    assert told.out.endswith("  daily\n")
    assert cli("next", "daily").err == ""
    assert "rule other is left out" in cli("tasks", "--expected").err


def test_a_calendar_shows_a_month_with_letters_where_names_have_no_room(cli: Cli) -> None:
    assert cli("next", "--calendar", project=TWO, columns=80).out == (
        "November 2026 (local time), 35 firings\n"
        "\n"
        "Sun (1)    Mon (2)    Tue (3)    Wed (4)    Thu (5)    Fri (6)    Sat (7)\n"
        "  1 █ 2      2 ▒ 1      3 ▒ 1      4 ▒ 1      5 ▒ 1      6 ▒ 1      7 ▒ 1\n"
        " 10:00 a    10:00 a    10:00 a    10:00 a    10:00 a    10:00 a    10:00 a\n"
        " 18:00 b\n"
        "  8 █ 2      9 ▒ 1     10 ▒ 1     11 ▒ 1     12 ▒ 1     13 ▒ 1     14 ▒ 1\n"
        " 10:00 a    10:00 a    10:00 a    10:00 a    10:00 a    10:00 a    10:00 a\n"
        " 18:00 b\n"
        " 15 █ 2     16 ▒ 1     17 ▒ 1     18 ▒ 1     19 ▒ 1     20 ▒ 1     21 ▒ 1\n"
        " 10:00 a    10:00 a    10:00 a    10:00 a    10:00 a    10:00 a    10:00 a\n"
        " 18:00 b\n"
        " 22 █ 2     23 ▒ 1    >24 ▒ 1     25 ▒ 1     26 ▒ 1     27 ▒ 1     28 ▒ 1\n"
        " 10:00 a    10:00 a    10:00 a    10:00 a    10:00 a    10:00 a    10:00 a\n"
        " 18:00 b\n"
        " 29 █ 2     30 ▒ 1\n"
        " 10:00 a    10:00 a\n"
        " 18:00 b\n"
        "\n"
        "  a        30  daily: at 01:00 UTC every day\n"
        "  b         5  weekly: at 09:00 UTC on Sunday\n"
        "\n"
        "firings a day: · 0  ▒ 1  █ 2\n"
    )


@pytest.mark.parametrize(
    ("columns", "of_a_day", "of_the_rule"),
    [
        (40, "  1 █", "       30  daily: at 01:00 UTC every day"),
        (60, "10:00 a", "  a        30  daily: at 01:00 UTC every day"),
        (120, "    10:00 daily", "       30  daily: at 01:00 UTC every day"),
    ],
)
def test_a_calendar_shows_what_there_is_room_for(
    cli: Cli, columns: int, of_a_day: str, of_the_rule: str
) -> None:
    lines = cli("next", "--calendar", project=TWO, columns=columns).out.splitlines()
    assert any(line.startswith(of_a_day) for line in lines)
    assert of_the_rule in lines


LONG = TWO.replace("name: weekly", "name: the-weekly-accounting-of-the-accounting-office")


def test_long_names_are_cut_in_wide_days_only_and_stand_below_as_a_whole(cli: Cli) -> None:
    lines = cli("next", "--calendar", project=LONG, columns=60).out.splitlines()
    assert "18:00 b" in lines
    at = lines.index("  b         5  the-weekly-accounting-of-the-accounting-office:")
    assert lines[at + 1] == "               at 09:00 UTC on Sunday"
    lines = cli("next", "--calendar", project=LONG, columns=120).out.splitlines()
    assert "    18:00 the-w…" in lines


def test_a_calendar_in_japanese_and_in_another_zone(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANG", "ja_JP.UTF-8")
    words = ["next", "--calendar", "--expression", "cron(0 20 ? * 1 *)", "--dialect", "rule"]
    shown = cli(*words, "--timezone", "Asia/Tokyo", columns=80).out.splitlines()
    assert shown[0] == "2026年11月 (Asia/Tokyo) 5回"
    assert " ".join(shown[2].split()) == "日 (1) 月 (2) 火 (3) 水 (4) 木 (5) 金 (6) 土 (7)"
    assert "        5  毎週日曜日 20:00 (UTC)" in shown
    assert "  1 ·        2 █ 1" in shown[3], "Sunday evening in UTC is Monday morning in Tokyo"


def test_a_calendar_as_json_counts_each_day(cli: Cli) -> None:
    words = ["next", "--calendar", "--until", "2027-01-05", "--format", "json"]
    document = json.loads(cli(*words, "--timezone", "UTC", project=TWO).out)
    assert document["timezone"] == "UTC"
    assert len(document["days"]) == 30 + 31 + 31
    assert document["days"][28] == {
        "date": "2026-11-29",
        "firings": 2,
        "rules": {"daily": 1, "weekly": 1},
    }


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--calendar", "-n", "3"], "-n does not go with --calendar"),
        (["--calendar", "--until", "2036-01-01"], "at most 36"),
        (["--calendar", "--until", "2020-01-01"], "--until is before --after"),
        (["--dialect", "rule"], "--dialect is that of --expression"),
        (["daily", "--expression", "rate(1 hour)"], "--expression stands alone"),
        (["-f", "ecs-local.yaml", "--expression", "rate(1 hour)"], "--expression stands alone"),
        (["--until", "2020-01-01"], "--until is before --after\n  hint: --after is 2026-11-24T"),
        (["--after", "2030-01-02", "--until", "2030-01-01"], "--until is before --after\n"),
    ],
)
def test_what_does_not_go_together_is_refused(cli: Cli, words: list[str], message: str) -> None:
    told = cli("next", *words, project=TWO)
    assert told.code == 2
    assert message in told.err
