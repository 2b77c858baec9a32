"""Every command's screen, on a scripted engine."""

import errno
import json
import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from emulator.cli import BROKEN_PIPE, INTERRUPTED, main
from emulator.cli.commands import CALLED_ELSEWHERE, COMMANDS, build_parser, refusal
from emulator.engines.fake import FakeProcess
from emulator.errors import EngineUnavailableError
from emulator.state.history import History
from emulator.state.owner import Owner
from tests.builders import container, task
from tests.cli.conftest import PROJECT, Cli, says

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


def test_invoke_shows_what_the_container_says_and_exits_as_it_does(cli: Cli) -> None:
    process = says("集計を始めます".encode(), b"Traceback", b"  at line 1", exit_code=3)
    told = cli("invoke", "daily", project=PROJECT, main_process=process)
    assert told.screen == (
        "daily task ID started (due 06:37:05Z)\n"
        "daily/main | 集計を始めます\n"
        "daily/main | Traceback\n"
        "daily/main |   at line 1\n"
        "daily task ID failed, exit code 3 after 0.0 s, "
        "log .ecs-local/logs/batch/daily/main/ID.log\n"
        "exit code 3\n"
    )


def test_a_task_that_never_starts_exits_125_and_says_why(cli: Cli) -> None:
    process = FakeProcess(never_starts='exec: "nope": executable file not found in $PATH')
    told = cli("run-task", "daily", project=PROJECT, main_process=process)
    assert told.code == 125
    assert told.out.startswith("daily task ID did not start: CannotStartContainerError: ")
    assert 'exec: "nope": executable file not found' in told.out


@pytest.mark.parametrize("exit_code", [0, 1, 137, 255])
def test_run_task_exits_as_docker_run_does(cli: Cli, exit_code: int) -> None:
    told = cli("run-task", "daily", project=PROJECT, main_process=says(exit_code=exit_code))
    assert told.code == exit_code


def test_of_several_tasks_the_exit_code_says_whether_any_failed(cli: Cli) -> None:
    assert cli("run-task", "daily", "--count", "2", project=PROJECT).code == 0
    assert cli("run-task", "daily", "--count", "2", main_process=says(exit_code=7)).code == 1


def test_run_task_as_json_prints_nothing_but_json(cli: Cli) -> None:
    told = cli("run-task", "daily", "--format", "json", project=PROJECT, main_process=says(b"x"))
    document = json.loads(told.out)
    (task,) = document["tasks"]
    assert document["failures"] == []
    assert (task["lastStatus"], task["stopCode"]) == ("STOPPED", "EssentialContainerExited")
    assert task["containers"][0]["exitCode"] == 0
    assert task["createdAt"] == "2026-11-24T06:37:05.000Z"


def test_tasks_fit_80_columns(cli: Cli) -> None:
    cli("invoke", "daily", project=PROJECT)
    cli("run-task", "daily", main_process=FakeProcess(never_starts="no such user"))
    lines = cli("tasks", columns=80).out.splitlines()
    assert lines[0].split() == [
        *("TASK", "RULE", "CREATED", "(UTC)", "DURATION", "STATUS", "EXIT", "REASON")
    ]
    assert lines[1].split()[:6] == ["ID", "(daily)", "11-24", "06:37:05", "-", "STOPPED"]
    assert lines[1].endswith("…")
    assert lines[2].split() == ["ID", "daily", "11-24", "06:37:05", "0.0s", "STOPPED", "0"]


def test_no_tasks_is_an_answer(cli: Cli) -> None:
    assert cli("tasks").screen == "no tasks\nexit code 0\n"
    assert json.loads(cli("tasks", "--format", "json").out) == {"tasks": [], "failures": []}


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


def test_describe_tells_a_task_in_lines_that_align(cli: Cli, tmp_path: Path) -> None:
    cli("invoke", "daily", project=PROJECT)
    stream = next(tmp_path.glob(".ecs-local/logs/batch/daily/main/*.log"))
    told = cli("describe", "--format", "text", stream.stem)
    assert told.out.splitlines()[0] == "task ID"
    assert "  status              STOPPED (wanted: STOPPED)\n" in told.out
    assert "  container main      STOPPED, exit code 0\n" in told.out
    assert "  log main            /batch daily/main/ID\n" in told.out
    document = json.loads(cli("describe", stream.stem).out)
    assert document["tasks"][0]["lastStatus"] == "STOPPED"


def test_a_task_that_is_missing_is_a_failure_in_the_answer(cli: Cli) -> None:
    told = cli("describe", "abcd", project=PROJECT)
    assert told.code == 2
    (failure,) = json.loads(told.out)["failures"]
    assert (failure["arn"], failure["reason"]) == ("abcd", "MISSING")


def test_a_task_that_is_over_cannot_be_stopped(cli: Cli, tmp_path: Path) -> None:
    cli("invoke", "daily", project=PROJECT)
    stream = next(tmp_path.glob(".ecs-local/logs/batch/daily/main/*.log"))
    assert cli("stop", stream.stem).screen == (
        "ecs-local: error: task ID is over: Essential container in task exited\nexit code 2\n"
    )


def test_of_several_tasks_those_are_stopped_that_can_be(cli: Cli, tmp_path: Path) -> None:
    cli("invoke", "daily", project=PROJECT)
    over = next(tmp_path.glob(".ecs-local/logs/batch/daily/main/*.log")).stem
    running = task(container("main"))
    with closing(
        History(tmp_path / ".ecs-local/history.sqlite3", owner=str(Owner.current()))
    ) as history:
        history.record([running])
    assert cli("stop", "--no-wait", over, running.id, "nobody").screen == (
        "ID asked to stop\n"
        "ecs-local: error: task ID is over: Essential container in task exited\n"
        "no task 'nobody'\n"
        "  hint: `ecs-local tasks` lists them; 4 characters of an id do\n"
        "exit code 2\n"
    )


def test_what_was_refused_is_told_when_waiting_for_the_others_fails(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_words: object, **_named: object) -> None:
        message = "no container engine answers"
        raise EngineUnavailableError(message)

    monkeypatch.setattr("emulator.app.other_processes.await_stop", fail)
    running = task(container("main"))
    (tmp_path / ".ecs-local").mkdir()
    with closing(
        History(tmp_path / ".ecs-local/history.sqlite3", owner=str(Owner.current()))
    ) as history:
        history.record([running])
    assert cli("stop", "nobody", running.id).screen == (
        "ecs-local: error: no task 'nobody'\n"
        "  hint: `ecs-local tasks` lists them; 4 characters of an id do\n"
        "ecs-local: error: no container engine answers\n"
        "exit code 3\n"
    )


def test_down_says_what_was_removed(cli: Cli) -> None:
    assert cli("down").screen == (
        "removed: 0 containers, 0 volumes; 0 tasks recorded as stopped\nexit code 0\n"
    )


def test_down_leaves_and_names_what_a_living_process_runs(cli: Cli, tmp_path: Path) -> None:
    owner = Owner.current()
    (tmp_path / ".ecs-local").mkdir()
    with closing(History(tmp_path / ".ecs-local/history.sqlite3", owner=str(owner))) as history:
        history.record([task(container("main"))])
    assert cli("down").screen == (
        "removed: 0 containers, 0 volumes; 0 tasks recorded as stopped\n"
        f"left: nightly task ID of process {owner.pid} on {owner.host}; "
        "`ecs-local stop ID` stops it\nexit code 0\n"
    )


def test_down_refuses_a_damaged_history_once(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / ".ecs-local").mkdir()
    (tmp_path / ".ecs-local/history.sqlite3").write_text("not a database, but longer than nothing")
    told = cli("down")
    assert (told.code, told.out) == (2, "")
    assert told.err.count("file is not a database") == 1
    assert told.err.startswith("ecs-local: error: ")


def test_what_init_writes_can_be_run(cli: Cli) -> None:
    told = cli("init", "--region", "ap-northeast-1")
    assert told.screen == (
        "wrote ecs-local.yaml; now try `ecs-local invoke hello`, then `ecs-local run`\n"
        "exit code 0\n"
    )
    assert cli("invoke", "hello").code == 0
    assert cli("lint", "--strict").code == 0


def test_a_state_directory_that_is_a_file_is_refused(cli: Cli) -> None:
    told = cli("invoke", "daily", "--state-dir", "ecs-local.yaml", project=PROJECT)
    assert told.code == 2
    assert told.err.startswith("ecs-local: error: ")
    assert "ecs-local.yaml" in told.err


def test_logs_that_cannot_be_listed_are_no_silence(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "logs").touch()
    told = cli("logs", "--state-dir", str(tmp_path / "state"))
    assert told.screen == (
        f"ecs-local: error: {tmp_path}/state/logs: Not a directory\n"
        "  hint: move it away, or choose another --state-dir\nexit code 2\n"
    )


def test_colour_is_forced_into_a_pipe(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    told = cli("invoke", "daily", project=PROJECT, main_process=says(b"x"))
    assert "\x1b[36mdaily/main | \x1b[0mx\n" in told.out
    assert "\x1b[32msucceeded, exit code 0\x1b[0m" in told.out


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_every_command_has_an_example(command: str, cli: Cli) -> None:
    told = cli(command, "--help", columns=80)
    assert told.code == 0
    assert f"  ecs-local {command}" in told.out.partition("example")[2]
    assert "?." not in told.out
    usage, _, rest = told.out.partition("\n\n")
    assert usage.startswith(f"usage: ecs-local {command} ")
    # Of a terminal that is 80 columns wide no line is broken by the terminal.
    assert [line for line in rest.splitlines() if len(line) > 79] == []


def test_the_help_tells_what_a_command_alone_has_before_what_many_have(cli: Cli) -> None:
    told = cli("invoke", "--help", columns=80).out
    own, works_on, tasks = (
        told.index(f"\n{title}:\n") for title in ("options", "what it works on", "how tasks run")
    )
    assert own < told.index("  --all ") < works_on < told.index("  --state-dir DIR ") < tasks
    assert tasks < told.index("  --engine-script FILE") < told.index("  --log-level {")
    assert told.index("[--all]") < told.index("[-f PATH]")


def test_a_value_that_begins_with_a_dash_is_told_from_none(cli: Cli) -> None:
    told = cli("logs", "--since", "-5m")
    assert told.err == (
        "ecs-local logs: error: argument --since: wants a value behind it, one that does not begin "
        "with '-'\n  hint: see `ecs-local logs --help`\n"
    )


@pytest.mark.parametrize(
    "words", [("rules", "--format", "json"), ("run", "--engine", "fake", "--log-level", "error")]
)
def test_a_reader_that_goes_away_is_no_traceback(words: tuple[str, ...], sample: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    program = [sys.executable, "-m", "emulator", *words]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    ended = subprocess.run(
        program,
        stdout=writing,
        stderr=subprocess.PIPE,
        cwd=sample,
        env=environment,
        check=False,
        timeout=60,
    )
    os.close(writing)
    assert (ended.returncode, ended.stderr) == (BROKEN_PIPE, b"")


YEAR = ["--from", "2026-01-01", "--to", "2027-01-01", "--format", "json"]
PAGE = ["timeline", "--html", "-"]


@pytest.mark.parametrize("words", [["next"], ["--help"], ["simulate", *YEAR], PAGE])
def test_an_answer_that_no_disk_has_room_for_is_told(words: list[str], sample: Path) -> None:
    program = [sys.executable, "-m", "emulator", *words]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    environment.pop("PYTHONUNBUFFERED", None)
    with Path("/dev/full").open("wb") as full:
        ended = subprocess.run(
            program, stdout=full, stderr=subprocess.PIPE, cwd=sample, env=environment, check=False
        )
    told = b"ecs-local: error: the answer cannot be written: No space left on device\n"
    assert (ended.returncode, ended.stderr) == (1, told)


@pytest.mark.parametrize(
    "words",
    [
        "invoke example-batch",
        "run-task example-batch",
        "simulate --execute --from 2026-01-01T00:00:00Z --to 2026-01-01T00:03:00Z",
    ],
)
def test_what_happens_and_no_disk_has_room_for_is_missed_once(words: str, sample: Path) -> None:
    program = [sys.executable, "-m", "emulator", *words.split(), "--engine", "fake"]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    with Path("/dev/full").open("wb") as full:
        ended = subprocess.run(
            program, stdout=full, stderr=subprocess.PIPE, cwd=sample, env=environment, check=False
        )
    told = b"not all that happens is shown: the answer cannot be written: No space left on device"
    assert ended.stderr.count(told) == 1
    assert b"Traceback" not in ended.stderr
    assert ended.returncode == 1


@pytest.mark.parametrize("option", ["--var-file nope.tfvars", "--env-name prod"])
def test_an_option_of_a_format_that_is_not_here_is_refused(
    option: str, sample: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["rules", "-f", str(sample), *option.split()]) == 2
    assert f"{option.split()[1]}\n" in capsys.readouterr().err


def test_a_state_directory_that_no_file_can_be_called_is_an_error_in_a_line(
    sample: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["rules", "-f", str(sample), "--state-dir", str(sample / ("x" * 300))]) == 2
    assert "cannot be used: File name too long\n" in capsys.readouterr().err


def test_a_run_that_is_interrupted_says_so_by_its_code_whatever_it_could_not_show(
    sample: Path,
) -> None:
    program = [sys.executable, "-m", "emulator", "run", "--engine", "fake"]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    environment.pop("PYTHONUNBUFFERED", None)
    with Path("/dev/full").open("wb") as full:
        running = subprocess.Popen(
            program, stdout=full, stderr=subprocess.PIPE, cwd=sample, env=environment
        )
    assert running.stderr is not None
    with running, running.stderr as said:
        # It fires by now, and could not show its rules.
        assert any(b"not all that happens is shown" in line for line in said)
        running.terminate()
    assert running.returncode == 130


@pytest.mark.parametrize(
    "words",
    ["next", "invoke example-batch --engine fake --log-level error"],
)
def test_an_answer_that_nobody_wants_is_no_error(words: str, sample: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    program = ["sh", "-c", 'exec "$@" >&-', "sh", sys.executable, "-m", "emulator"]
    program += words.split()
    ended = subprocess.run(
        program, stderr=subprocess.PIPE, cwd=sample, env=environment, check=False
    )
    assert (ended.returncode, ended.stderr) == (0, b"")


@pytest.mark.parametrize("where", ["<&- 2>&-", "2>/dev/full"])
@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("invoke example-batch --engine fake", 0),
        ("run --for 1s --engine fake", 0),
        ("invoke nobody --engine fake", 2),
        ("invoke example-batch --engine fake --log-format json", 0),
        ("invoke nobody --engine fake --log-format json", 2),
        ("nothing", 2),
    ],
)
def test_what_is_said_beside_an_answer_may_find_no_place(
    words: str, code: int, where: str, sample: Path
) -> None:
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    environment.pop("PYTHONUNBUFFERED", None)
    program = ["sh", "-c", f'exec "$@" {where}', "sh", sys.executable, "-m", "emulator"]
    program += words.split()
    ended = subprocess.run(
        program, stdout=subprocess.PIPE, cwd=sample, env=environment, check=False
    )
    assert ended.returncode == code
    assert b"note" not in ended.stdout
    assert b"error" not in ended.stdout


def test_an_answer_can_be_printed_where_japanese_cannot(sample: Path) -> None:
    program = [sys.executable, "-m", "emulator", "rules"]
    environment = os.environ | {
        "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
        "PYTHONIOENCODING": "ascii",
        "COLUMNS": "200",
    }
    ended = subprocess.run(program, capture_output=True, cwd=sample, env=environment, check=False)
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert b"\\u3068\\u3066\\u3082" in ended.stdout


def test_sentences_of_the_help_take_the_width_there_is_and_examples_stay(cli: Cli) -> None:
    narrow, wide = (cli("config", "--help", columns=columns).out for columns in (60, 120))
    example = "\n  ecs-local config -f infra > ecs-local.yaml\n"
    assert example in narrow
    assert example in wide
    whole = "What it prints is itself an ecs-local.yaml, in AWS's shapes, without defaults. Under"
    assert f"\n{whole} " in wide
    assert whole not in narrow
    assert whole in " ".join(narrow.split())


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("ps", "; did you mean 'tasks'?"),
        ("up", "; did you mean 'run'?"),
        ("version", "; did you mean '--version'?"),
        ("retyr", "; did you mean 'retry'?"),
        ("nothing-like-it", "; see `ecs-local --help`"),
    ],
)
def test_a_command_of_another_program_is_told_as_it_is_called_here(
    cli: Cli, word: str, told: str
) -> None:
    assert cli(word).screen == f"ecs-local: error: no command {word!r}{told}\nexit code 2\n"


def test_a_part_of_a_word_is_refused_as_what_it_is() -> None:
    # Python 3.12 and later take `-q` of `-qz` for an option, and leave `-z`.
    assert refusal("-z", "status", ["status", "-qz"]) == "no option or argument '-z' here"
    assert refusal("-z", "status", ["-z", "status"]).startswith("'-z' stands before the command")


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        ("next --tz Asia/Tokyo", "did you mean `--timezone`?"),
        ("tasks --json", "did you mean `--format json`?"),
        ("run --once", "did you mean `--max-firings 1`?"),
        ("invoke --once", "see `ecs-local invoke --help`"),
        ("tasks --statu=running", "did you mean `--status`?"),
        ("lint ecs-local.yaml", "files and directories are named with -f"),
        ("put-events --entries []", "see `ecs-local put-events --help`"),
        ("tasks daily", "a rule is named with --rule"),
        ("run-task daily echo hi", "a command is one word in quotes behind --command"),
        ("lint nowhere.yaml", "see `ecs-local lint --help`"),
        ("describe --lenient", "see `ecs-local describe --help`"),
        ("--lenient rules", "see `ecs-local rules --help`"),
    ],
)
def test_of_a_word_that_a_command_does_not_take_it_is_told_what_was_meant(
    cli: Cli, words: str, hint: str, tmp_path: Path
) -> None:
    (tmp_path / "ecs-local.yaml").write_text(PROJECT, "utf-8")
    told = cli(*words.split())
    assert (told.code, told.err.splitlines()[1]) == (2, f"  hint: {hint}")


def test_a_file_in_place_of_a_rule_is_told_how_files_are_named(cli: Cli) -> None:
    assert cli("rules", "ecs-local.yaml", project=PROJECT).err == (
        "ecs-local: error: no rule 'ecs-local.yaml'\n  hint: that is a file: name it with -f\n"
    )


def test_what_a_command_is_called_elsewhere_is_none_here() -> None:
    assert not set(CALLED_ELSEWHERE) & set(COMMANDS)
    assert set(CALLED_ELSEWHERE.values()) <= {*COMMANDS, "--help", "--version"}


def test_the_whole_help_names_every_command() -> None:
    text = build_parser(None).format_help()
    assert all(f"\n    {command} " in text for command in COMMANDS)
    assert main([]) == 0


def test_notes_are_counted_and_warnings_told(cli: Cli) -> None:
    project = PROJECT.replace(
        "    taskDefinition: daily\n",
        "    taskDefinition: daily\n    role: ecsEventsRole\n    platform_version: '1.4.0'\n",
    )
    told = cli("rules", project=project)
    assert told.code == 0
    assert told.err == "1 note on these definitions: `ecs-local lint` tells\n"


def test_a_misspelled_log_group_is_hinted_at(cli: Cli) -> None:
    cli("invoke", "daily", project=PROJECT)
    told = cli("logs", "/bach")
    assert told.err.endswith("no log group, rule or task '/bach'\n  hint: did you mean '/batch'?\n")
