"""`ecs-local rules`, on screens of several widths and as JSON."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import PROJECT, Cli

MACHINE = """\
resource "aws_sfn_state_machine" "machine" {
  name = "machine"
}
resource "aws_cloudwatch_event_rule" "nightly" {
  name                = "nightly"
  schedule_expression = "cron(0 18 * * ? *)"
}
resource "aws_cloudwatch_event_target" "machine" {
  rule      = aws_cloudwatch_event_rule.nightly.name
  target_id = "machine"
  arn       = aws_sfn_state_machine.machine.id
}
"""


@pytest.mark.usefixtures("sample")
def test_rules_at_200_columns_are_a_table(cli: Cli) -> None:
    assert cli("rules", columns=200).screen == (
        "NAME           SCHEDULE             IN WORDS         NEXT (UTC)            NEXT (LOCAL)   "
        "          STATE    DESCRIPTION\n"
        "example-batch  cron(*/2 * * * ? *)  every 2 minutes  2026-11-24T06:38:00Z  2026-11-24 "
        "15:38:00 JST  ENABLED  とても重要なバッチ処理である。\n"
        "exit code 0\n"
    )


@pytest.mark.usefixtures("sample")
def test_rules_stay_a_table_where_their_words_have_room_below_it_alone(cli: Cli) -> None:
    assert cli("rules", columns=110).out == (
        "NAME           SCHEDULE             NEXT (UTC)            NEXT (LOCAL)             STATE  "
        "  DESCRIPTION\n"
        "example-batch  cron(*/2 * * * ? *)  2026-11-24T06:38:00Z  2026-11-24 15:38:00 JST  ENABLED"
        "  とても重要なバッ…\n"
        "\n"
        "example-batch: every 2 minutes\n"
    )


@pytest.mark.usefixtures("sample")
def test_rules_at_80_columns_are_paragraphs(cli: Cli) -> None:
    assert cli("rules", columns=80).out == (
        "example-batch\n"
        "  schedule      cron(*/2 * * * ? *)\n"
        "  in words      every 2 minutes\n"
        "  next (utc)    2026-11-24T06:38:00Z\n"
        "  next (local)  2026-11-24 15:38:00 JST\n"
        "  state         ENABLED\n"
        "  description   とても重要なバッチ処理である。\n"
    )


def test_where_there_are_no_rules_what_is_left_out_is_told(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(MACHINE, "utf-8")
    assert cli("rules", columns=200).screen == (
        "no rules\n"
        "note: main.tf:4: nightly has no target that can be had here: left out\n"
        "warning: main.tf:8: target machine of rule nightly is a Step Functions state machine, "
        "which is not supported: left out\n"
        "exit code 0\n"
    )


@pytest.mark.usefixtures("sample")
def test_rules_as_json_have_the_documented_shape(cli: Cli) -> None:
    assert json.loads(cli("rules", "--format", "json").out) == [
        {
            "name": "example-batch",
            "description": "とても重要なバッチ処理である。",
            "scheduleExpression": "cron(*/2 * * * ? *)",
            "timezone": "UTC",
            "state": "ENABLED",
            "next": "2026-11-24T06:38:00Z",
            "targets": [{"id": "example-batch", "taskDefinition": "example-batch", "taskCount": 1}],
            "source": "ecs-local.yaml:15",
        }
    ]


def test_a_rule_that_fires_no_more_says_so(cli: Cli) -> None:
    over = PROJECT.replace("cron(0 1 * * ? *)", "cron(0 1 1 1 ? 2020)")
    assert "  next (utc)    never\n" in cli("rules", project=over, columns=60).out
    disabled = PROJECT + "    disabled: true\n"
    assert "  next (utc)    -\n" in cli("rules", project=disabled, columns=60).out
