"""What the program says of its work: for people, or one JSON object a line."""

import json
import logging
from typing import Any

import pytest

from tests.cli.conftest import PROJECT, Cli, says

BROKEN = PROJECT.replace("taskDefinition: daily", "taskDefinition: dayly")


def _lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_json_says_what_text_says_with_names_for_it(cli: Cli) -> None:
    as_text = cli("invoke", "daily", project=PROJECT, main_process=says(b"x", exit_code=3))
    told = cli("invoke", "daily", "--log-format", "json", main_process=says(b"x", exit_code=3))
    assert (told.code, told.out) == (3, "daily/main | x\n")
    lines = _lines(told.err)
    assert [line["message"] for line in lines] == [
        line for line in as_text.screen.splitlines() if "|" not in line
    ][:-1]
    started, ended = lines
    assert (started["event"], started["level"], started["rule"]) == (
        "TaskStateChanged", "info", "daily",
    )  # fmt: skip
    assert started["time"] == "2026-11-24T06:37:05.000Z"
    assert (ended["task"], ended["status"], ended["exitCode"]) == ("ID", "STOPPED", 3)
    assert (ended["stopCode"], ended["reason"]) == (
        "EssentialContainerExited", "Essential container in task exited",
    )  # fmt: skip


def test_secrets_and_environments_are_no_part_of_it(cli: Cli) -> None:
    secret = PROJECT.replace(
        "image: alpine:latest",
        "image: alpine:latest\n        environment: [{name: TOKEN, value: hush}]",
    )
    told = cli("invoke", "daily", "--log-format", "json", "--log-level", "debug", project=secret)
    assert told.code == 0
    assert "hush" not in told.screen


def test_errors_in_definitions_are_lines_with_their_place(cli: Cli) -> None:
    told = cli("invoke", "daily", "--log-format", "json", project=BROKEN)
    assert told.code == 2
    *problems, last = _lines(told.err)
    assert {line["event"] for line in problems} == {"Problem"}
    assert problems[0]["source"] == "ecs-local.yaml:12"
    assert (last["event"], last["level"]) == ("DefinitionError", "error")
    assert last["message"] == "1 error in the definitions"


def test_other_errors_are_lines_too(cli: Cli) -> None:
    told = cli("invoke", "nope", "--log-format", "json", project=PROJECT)
    (line,) = _lines(told.err)
    assert (told.code, line["event"], line["level"]) == (2, "UsageError", "error")
    assert line["message"].startswith("no rule 'nope'")


@pytest.mark.parametrize("form", ["text", "json"])
def test_what_is_below_the_level_is_not_said(cli: Cli, form: str) -> None:
    options = ("--log-format", form, "--log-level", "warning")
    told = cli("invoke", "daily", *options, project=PROJECT, main_process=says(b"x"))
    assert told.screen == "daily/main | x\nexit code 0\n"


def test_debug_says_more(cli: Cli) -> None:
    told = cli("invoke", "daily", "--log-level", "debug", project=PROJECT)
    assert "daily fired, due 2026-11-24T06:37:05Z, 0.000 s late\n" in told.err


def test_hostile_text_stays_one_line_of_json(cli: Cli) -> None:
    hostile = 'x\n{"forged": 1}\r\x1b[2J\x9b2J\u2028夜間'
    told = cli("run-task", hostile, "--log-format", "json", project=PROJECT)
    (line,) = _lines(told.err)
    assert "夜間" in line["message"]
    assert not any(character in told.err for character in "\x1b\x9b\u2028\r")


def test_what_only_a_defect_says_is_a_line_as_well(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        logging.getLogger("emulator.events").error("a subscriber failed")

    monkeypatch.setattr("emulator.cli.live_view.LiveView._on_output", fails)
    options = ("--log-format", "json", "--log-level", "error")
    told = cli("invoke", "daily", *options, project=PROJECT, main_process=says(b"x"))
    (line,) = _lines(told.err)
    assert (line["event"], line["logger"]) == ("Defect", "emulator.events")
    assert line["message"] == "a subscriber failed"
