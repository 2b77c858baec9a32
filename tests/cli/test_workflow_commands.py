"""What GitHub Actions takes for commands in a job's output comes of this program alone."""

import json
import re

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from emulator.cli.workflow_commands import without_commands
from tests.cli.conftest import PROJECT, Cli, says

_LIKE_COMMANDS = st.text(st.sampled_from(":#[ \r\n\t\u3000\\ua")) | st.text()


def _commands(text: str) -> list[str]:
    """Return the lines in which the runner looks for a command (`ActionCommand.TryParse`)."""
    lines = re.split("\r\n|\r|\n", text)
    return [line for line in lines if line.lstrip().startswith("::") or "##[" in line]


@given(_LIKE_COMMANDS)
def test_no_line_is_a_command(text: str) -> None:
    assert _commands(without_commands(text)) == []


@given(_LIKE_COMMANDS)
def test_an_answer_in_json_or_yaml_says_the_same(text: str) -> None:
    document = json.dumps({text: [text]})
    assert json.loads(without_commands(document)) == json.loads(document)
    assert yaml.safe_load(without_commands(document)) == yaml.safe_load(document)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("::error::no", "\\u003a:error::no"),
        ("a\n  ::stop-commands::x", "a\n  \\u003a:stop-commands::x"),
        ("10%\r::add-mask::x", "10%\r\\u003a:add-mask::x"),
        ("main | ##[error]no", "main | \\u0023#[error]no"),
        ("std::vector, a::b ## [x]", "std::vector, a::b ## [x]"),
    ],
)
def test_of_a_command_one_character_is_written_otherwise(text: str, shown: str) -> None:
    assert without_commands(text) == shown


HOSTILE = says(b"10%\r::error::one", b"::stop-commands::two", b"##[add-mask]three", exit_code=1)


def test_a_container_commands_no_runner(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    ran = cli("invoke", "daily", project=PROJECT, main_process=HOSTILE)
    assert (
        "\ndaily/main | 10%\ndaily/main | ::error::one\ndaily/main | ::stop-commands::two\n"
        "daily/main | \\u0023#[add-mask]three\n"
    ) in ran.out
    read = cli("logs")
    assert "10%\r\\u003a:error::one" in read.out
    assert _commands(ran.out + ran.err + read.out) == []


def test_a_line_that_ends_as_windows_ends_it_is_one(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    ran = cli("invoke", "daily", project=PROJECT, main_process=says(b"one\r", b"two\r"))
    assert [line for line in ran.out.split("\n") if line.startswith("daily/main")] == [
        "daily/main | one",
        "daily/main | two",
    ]


def test_annotations_are_commands(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    words = ("invoke", "daily", "--report", "github")
    ran = cli(*words, project=PROJECT, main_process=HOSTILE)
    (annotation,) = _commands(ran.out)
    assert annotation.startswith("::error file=ecs-local.yaml,")
    found = cli("lint", "--format", "github", project=PROJECT.replace("cron(", "crom("))
    assert "\n::error file=ecs-local.yaml," in found.out


def test_elsewhere_output_stays_as_it_is(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    cli("invoke", "daily", project=PROJECT, main_process=HOSTILE)
    assert "10%\r::error::one" in cli("logs").out
