"""`timeline`: the picture on a screen, in JSON, and as a file; and what is refused."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from emulator.cli import gantt
from emulator.cli.gantt_scale import Scale
from emulator.cli.table import width_of
from emulator.state.history import History
from emulator.state.records import Firing
from emulator.state.rule_anchors import rule_anchors
from tests.builders import NOON
from tests.cli.conftest import PROJECT, Cli
from tests.pictures.seeding import Seed, busy_day, fill

MINUTE = timedelta(minutes=1)
HOUR = ["--since", "2026-11-24T12:00:00Z", "--until", "2026-11-24T13:00:00Z"]
BEYOND = ["--since", "2026-11-23T00:00:00Z", "--until", "2026-11-30T00:00:00Z"]
SEEDS = [
    Seed(rule="夜間バッチ", due=NOON, seconds=600),
    Seed(
        rule="夜間バッチ",
        due=NOON + 5 * MINUTE,
        seconds=600,
        code=3,
        log=("開始", "ValueError: 金額"),
    ),
    Seed(rule="夜間バッチ", due=NOON + 20 * MINUTE, seconds=1),
    Seed(rule="sync", due=NOON + 30 * MINUTE, seconds=1, code=None),
    Seed(rule="sync", due=NOON + 50 * MINUTE, seconds=None),
    Seed(
        rule=None, due=NOON + 40 * MINUTE, seconds=300, code=143, stopped_by="Task stopped by user"
    ),
]
FIRINGS = [
    Firing("夜間バッチ", NOON + 40 * MINUTE, "missed", NOON, "the machine slept"),
    Firing("sync", NOON + 10 * MINUTE, "skipped", NOON, "1 still running"),
    Firing("sync", NOON + 15 * MINUTE, "failed", NOON, "1: no such cluster"),
]


@pytest.fixture
def seeded(cli: Cli, tmp_path: Path) -> Cli:
    fill(tmp_path / ".ecs-local", SEEDS, FIRINGS)
    return cli


def test_a_row_a_rule_a_lane_for_what_overlaps_and_glyphs_for_outcomes(seeded: Cli) -> None:
    assert seeded("timeline", *HOUR, columns=72).screen == SCREEN


def test_a_terminal_without_such_glyphs_gets_plain_ones(
    seeded: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gantt, "_knows", lambda _: False)
    out = seeded("timeline", "sync", *HOUR, columns=72).out
    assert out.isascii()
    assert re.search(r"sync +k +# +! +-*>", out)


def test_what_a_terminal_cannot_show_takes_the_room_of_its_escapes(
    seeded: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gantt, "_knows", lambda _: False)
    out = seeded("timeline", *HOUR, columns=72).out
    assert out.isascii()
    assert "\\u591c" in out, "the name of a rule"
    assert [line for line in out.splitlines() if len(line) > 72] == []


def test_rules_are_chosen_by_name_and_an_unknown_one_is_told(seeded: Cli) -> None:
    told = seeded("timeline", "job", "nobody", *HOUR, "--format", "json")
    assert [rule["rule"] for rule in json.loads(told.out)["rules"]] == ["(job)"]
    assert told.err == "warning: nothing is known of 'nobody' in this period\n"


def test_json_has_tasks_firings_and_the_ends_of_logs(cli: Cli, tmp_path: Path) -> None:
    fill(tmp_path / ".ecs-local", [Seed(rule="a", due=NOON, log=("one", "二"))], FIRINGS[:1])
    document = json.loads(cli("timeline", *HOUR, "--format", "json", "--log-lines", "1").out)
    assert document["since"] == "2026-11-24T12:00:00Z"
    first, second = document["rules"]
    assert first["tasks"][0]["log"] == ["二"]
    assert first["tasks"][0]["stoppedAt"] == "2026-11-24T12:00:02Z"
    assert first["counts"] == {"succeeded": 1}
    assert second["firings"] == [
        {
            "scheduledAt": "2026-11-24T12:40:00Z",
            "outcome": "missed",
            "detail": "the machine slept",
        }
    ]


def test_without_a_period_it_is_the_last_day_that_is_recorded(cli: Cli, tmp_path: Path) -> None:
    days = [Seed(rule="a", due=NOON + day * timedelta(days=1)) for day in range(3)]
    fill(tmp_path / ".ecs-local", days)

    def tasks(*words: str) -> int:
        document = json.loads(cli("timeline", *words, "--format", "json").out)
        return sum(len(rule["tasks"]) for rule in document["rules"])

    assert tasks() == 1 + 1
    assert tasks("--all") == 3


def test_due_instants_of_the_definitions_that_nothing_answers_for_are_expected(cli: Cli) -> None:
    week = ["--since", "2026-11-24T00:00:00Z", "--until", "2026-11-28T00:00:00Z"]
    told = cli("timeline", *week, project=PROJECT, columns=70)
    assert "at 01:00 UTC every day · 0 tasks · 4 expected" in told.out
    assert told.out.count("·              ·") >= 1


def test_nothing_is_expected_beyond_the_period_of_a_simulation(cli: Cli) -> None:
    period = ("--from", "2026-11-24", "--to", "2026-11-27T01:00")
    cli("simulate", *period, "--execute", "--engine=fake", "--name=x", project=PROJECT)
    told = cli("timeline", "--state-dir", ".ecs-local/simulations/x", *BEYOND, columns=90)
    assert "at 01:00 UTC every day · 3 tasks · 3 succeeded" in told.out
    assert "expected" not in told.out


def test_of_a_simulation_is_expected_what_it_did_not_come_to_alone(
    cli: Cli, tmp_path: Path
) -> None:
    several = PROJECT + (
        "  - {name: often, scheduleExpression: rate(7 hours), taskDefinition: daily}\n"
        "  - {name: other, scheduleExpression: cron(0 2 * * ? *), taskDefinition: daily}\n"
    )
    period = ("--from", "2026-11-20T00:30", "--to", "2026-11-23")
    simulate = ("simulate", "daily", "often", *period, "--execute", "--engine=fake", "--name=x")
    cli(*simulate, project=several)
    picture = ("timeline", "--all", "--state-dir", ".ecs-local/simulations/x")
    told = cli(*picture, columns=90)
    assert told.out.startswith("2026-11-20 00:30:00 – 2026-11-23 00:00:00 UTC")
    assert "every 7 hours, counted from its creation · 10 tasks · 10 succeeded" in told.out
    assert "expected" not in told.out
    assert "other" not in told.out
    # A scheduler may count from another instant by now, and a simulation that goes on does not.
    history = History(tmp_path / ".ecs-local/history.sqlite3")
    rule_anchors(history, {"often": "rate(7 hours)"}, datetime(2026, 11, 19, 3, tzinfo=UTC))
    history.close()
    assert cli(*simulate, "--resume").out.endswith("0 firings, 0 tasks: 0 succeeded\n")
    assert cli(*picture, columns=90).out == told.out


def test_a_rule_of_events_is_told_with_its_description_and_its_pattern(cli: Cli) -> None:
    rule = (
        "  - {name: after, description: 集計, taskDefinition: daily, eventPattern: {source: [x]}}"
    )
    told = cli("timeline", *HOUR, project=PROJECT.replace("rules:", f"rules:\n{rule}", 1))
    assert "集計 · on event source=x · 0 tasks" in told.out


@pytest.mark.parametrize("cells", [65, 185])
def test_a_date_that_has_no_room_at_the_edge_is_left_out(cells: int) -> None:
    since = datetime(2026, 10, 23, 23, 31, 15, tzinfo=UTC)
    scale = Scale(since, datetime(2026, 10, 26, 0, 23, 45, tzinfo=UTC), cells, "UTC")
    ((_, days, _),) = scale.lines()
    assert days.split() == ["10-23", "Fri", "10-24", "Sat", "10-25", "Sun"]


def test_definitions_that_are_wrong_do_not_hide_what_ran_unless_they_were_named(
    seeded: Cli,
) -> None:
    told = seeded("timeline", *HOUR, project="rules: [{name: a}]\n", columns=72)
    assert told.code == 0
    assert told.err.startswith("warning: without expected firings: ")
    assert "夜間バッチ" in told.out
    assert seeded("timeline", *HOUR, "-f", "ecs-local.yaml").code == 2


def test_hostile_names_and_reasons_cannot_command_the_terminal(cli: Cli, tmp_path: Path) -> None:
    evil = "\x1b]0;owned\x07\u202egnp"
    fill(tmp_path / ".ecs-local", [Seed(rule=evil, due=NOON, code=1, reason=evil)])
    out = cli("timeline", *HOUR, columns=72).out
    assert "\x1b" not in out
    assert "\u202e" not in out


@pytest.mark.parametrize("columns", [20, 40, 80, 200])
def test_no_line_is_wider_than_the_screen_has_room_for(
    cli: Cli, tmp_path: Path, columns: int
) -> None:
    fill(tmp_path / ".ecs-local", busy_day(6, 120))
    out = cli("timeline", "--all", columns=columns).out
    assert max(map(width_of, out.splitlines())) <= max(columns, 28)


def test_an_empty_period_says_so(cli: Cli) -> None:
    told = cli("timeline", *HOUR)
    assert (told.code, told.out.splitlines()[-1]) == (0, "nothing is recorded in this period")


def test_the_page_is_written_as_a_whole(seeded: Cli, tmp_path: Path) -> None:
    told = seeded("timeline", *HOUR, "--html", "page.html")
    page = (tmp_path / "page.html").read_text("utf-8")
    assert told.out.startswith("page.html: 6 tasks of 3 rules, ")
    assert page.endswith("</html>\n")
    assert "夜間バッチ" in page
    assert [path.name for path in tmp_path.glob("*page*")] == ["page.html"]
    piped = seeded("timeline", *HOUR, "--html", "-").out
    assert piped.startswith("<!DOCTYPE html>")
    assert piped.endswith("</html>\n")


def test_a_page_on_stdout_has_no_command_for_the_runner_of_a_workflow(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = ("##[error]夜", "::error::no")
    fill(tmp_path / ".ecs-local", [Seed(rule="a", due=NOON, code=3, log=log)])
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    plain = cli("timeline", *HOUR, "--html", "-").out
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    in_a_step = cli("timeline", *HOUR, "--html", "-").out
    assert "##[" in plain
    assert plain.replace("##[", r"\u0023#[") == in_a_step


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--since", "2026-11-25", "--until", "2026-11-24"], "--until 2026-11-24T00:00:00Z is not"),
        (["--all", "--since", "1h"], "--all and --since contradict each other"),
        (["--html", "no/such/page.html"], "cannot be written: No such file or directory"),
        (["--log-lines", "3"], "--log-lines is for the page and for JSON"),
        (["--log-lines", "-1"], "'-1' is not a number of lines from 0 to 1000"),
        (["--html", "a.html", "--format", "json"], "--html and --format json"),
    ],
)
def test_what_cannot_be_is_refused(cli: Cli, words: list[str], message: str) -> None:
    told = cli("timeline", *words)
    assert told.code == 2
    assert message in told.err


SCREEN = """\
2026-11-24 12:00:00 – 13:00:00 UTC  one column is 1m00s

UTC         11-24 Tue
            12:00     12:10     12:20     12:30     12:40     12:50
JST         11-24 Tue
            21:00     21:10     21:20     21:30     21:40     21:50
            ┬─────────┬─────────┬─────────┬─────────┬─────────┬─────────
(job)                                               ▓▓▓▓▓■
            1 task · 1 stopped · took 5m00s, at most 5m00s
            ID stopped 12:45:01Z exit code 143 Task stopped by us…
sync                  »    ‼              !                   ▶
            2 tasks · 1 invocation failed · 1 not started · 1 running
            1 skipped
            ID not started 12:30:01Z exit code 125 CannotPullCont…
夜間バッチ  ██████████▊         ▊                   ○
                 ▒▒▒▒▒▒▒▒▒▒✗
            3 tasks · 1 failed · 1 missed · 2 succeeded
            took 10m00s, at most 10m00s
            ID failed 12:15:01Z exit code 3 ValueError: 金額

‼ 1 invocation failed  ▒✗ 1 failed  ░! 1 not started  ▓■ 1 stopped
─▶ 1 running  ○ 1 missed  » 1 skipped  █▊ 2 succeeded
exit code 0
"""


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("", "'' is not the name of a file"),
        ("/", "'/' is not the name of a file"),
        ("ecs-local.yaml/x.html", "ecs-local.yaml/x.html: cannot be written: Not a directory"),
        ("x" * 256, "x: cannot be written: File name too long"),
    ],
)
def test_a_page_that_cannot_be_written_is_told(cli: Cli, file: str, said: str) -> None:
    told = cli("timeline", "--all", "--html", file, project=PROJECT)
    assert told.code == 2
    assert said in told.err


@pytest.mark.parametrize("option", ["--since=9999-12-31", "--until=0001-01-01"])
def test_a_period_at_the_edge_of_the_calendar_is_refused(cli: Cli, option: str) -> None:
    told = cli("timeline", option, project=PROJECT)
    assert told.code == 2
    assert "is not of the years 1970 to 9998" in told.err


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.04, "0.0s"),
        (59.94, "59.9s"),
        (59.96, "1m00s"),
        (119.7, "2m00s"),
        (3599.6, "1h00m"),
        (86_399.9, "1d00h"),
    ],
)
def test_no_length_of_time_has_sixty_of_a_part(seconds: float, text: str) -> None:
    assert gantt.duration(timedelta(seconds=seconds)) == text
