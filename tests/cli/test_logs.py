"""`ecs-local logs`: of a rule or a group, of a time, followed, and of what cannot be read."""

import errno
import json
from pathlib import Path

import pytest

from emulator.cli import INTERRUPTED
from tests.cli.conftest import PROJECT, Cli, says


def test_logs_of_a_rule_as_text_and_as_json(cli: Cli) -> None:
    cli("invoke", "daily", project=PROJECT, main_process=says("完了".encode(), b"\x1b[2J"))
    assert cli("logs", "daily", columns=80).out == (
        "2026-11-24T06:37:05.000Z daily/main/ID 完了\n"
        "2026-11-24T06:37:05.000Z daily/main/ID \\x1b[2J\n"
    )
    events = [
        json.loads(line) for line in cli("logs", "/batch", "--format", "json").out.split("\n")[:-1]
    ]
    assert events[0] == {
        "logGroupName": "/batch",
        "logStreamName": "daily/main/ID",
        "timestamp": 1795502225000,
        "message": "完了",
    }
    assert events[1]["message"] == "\x1b[2J"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("daily", "no task of rule daily is on record"),
        ("after", "no task of rule after is on record"),
        ("monthly", "no task of family monthly is on record"),
    ],
)
def test_what_is_defined_and_has_not_run_has_no_logs_yet(cli: Cli, name: str, said: str) -> None:
    pattern = "  - name: after\n    eventPattern: {source: [shop]}\n    taskDefinition: daily\n"
    monthly = "  monthly:\n    containerDefinitions: [{name: a, image: alpine}]\nrules:\n"
    told = cli("logs", name, project=PROJECT.replace("rules:\n", monthly) + pattern)
    assert told.screen == f"{said}\nexit code 0\n"


def test_lines_that_a_pattern_joined_are_shown_without_an_empty_one(
    cli: Cli, tmp_path: Path
) -> None:
    cli("invoke", "daily", project=PROJECT, main_process=says(b"x"))
    stream = next(tmp_path.glob(".ecs-local/logs/batch/daily/main/*.log"))
    stream.write_text("2026-11-24T06:37:05.000Z Traceback\n\t  at line 1\n\t\n", "utf-8")
    shown = cli("logs", "daily").out
    assert shown == "2026-11-24T06:37:05.000Z daily/main/ID Traceback\n  at line 1\n"
    event = json.loads(cli("logs", "daily", "--format", "json").out)
    assert event["message"] == "Traceback\n  at line 1\n"


def test_the_end_of_logs_may_lie_a_duration_back(cli: Cli, tmp_path: Path) -> None:
    cli("invoke", "daily", project=PROJECT, main_process=says(b"x"))
    stream = next(tmp_path.glob(".ecs-local/logs/batch/daily/main/*.log"))
    stream.write_text("2020-01-01T00:00:00.000Z old\n2099-01-01T00:00:00.000Z new\n", "utf-8")
    told = cli("logs", "daily", "--until", "1h")
    assert told.screen == "2020-01-01T00:00:00.000Z daily/main/ID old\nexit code 0\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nightly", "-f"), "nothing of 'nightly' is logged yet; it is waited for\n"),
        (("-f",), "nothing is logged yet; it is waited for\n"),
    ],
)
def test_logs_that_are_not_there_yet_are_waited_for_and_that_is_said(
    cli: Cli, words: tuple[str, ...], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("emulator.cli.logs.time.sleep", interrupted)
    told = cli("logs", *words)
    assert (told.code, told.out, told.err) == (INTERRUPTED, "", said)


def test_logs_that_are_followed_have_no_end(cli: Cli) -> None:
    told = cli("logs", "daily", "-f", "--until", "1h", project=PROJECT)
    assert told.code == 2
    assert "--until and --follow do not go together" in told.err


def test_a_file_of_another_user_is_told_by_name(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli("invoke", "daily", project=PROJECT, main_process=says(b"x"))
    group = tmp_path / ".ecs-local/logs/batch/.log-group.json"

    def refuse(path: Path, *_: object, **__: object) -> str:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_text", refuse)  # Root may read whatever its mode says.
    told = cli("logs", "/batch")
    assert (told.code, told.out) == (2, "")
    assert told.err.startswith(f"ecs-local: error: {group}: Permission denied\n  hint: ")


def test_logs_that_cannot_be_listed_are_no_silence(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "logs").touch()
    told = cli("logs", "--state-dir", str(tmp_path / "state"))
    assert told.screen == (
        f"ecs-local: error: {tmp_path}/state/logs: Not a directory\n"
        "  hint: move it away, or choose another --state-dir\nexit code 2\n"
    )


def test_a_misspelled_log_group_is_hinted_at(cli: Cli) -> None:
    cli("invoke", "daily", project=PROJECT)
    told = cli("logs", "/bach")
    assert told.err.endswith("no log group, rule or task '/bach'\n  hint: did you mean '/batch'?\n")
