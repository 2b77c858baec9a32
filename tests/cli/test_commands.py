"""What all commands share on the command line: help, hints, refusals, the first project."""

from pathlib import Path

import pytest

from emulator.cli import main
from emulator.cli.commands import CALLED_ELSEWHERE, COMMANDS, build_parser, refusal
from tests.cli.conftest import PROJECT, Cli, says


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
