"""What options mean, before anything is done with it."""

import argparse
from pathlib import Path

import pytest

from emulator.cli.options import settings_of
from tests.cli.conftest import PROJECT, Cli


def test_a_state_directory_has_one_name_from_wherever_it_is_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "elsewhere" / "deep").mkdir(parents=True)
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "link").symlink_to(tmp_path / "elsewhere" / "deep")
    monkeypatch.chdir(tmp_path / "project")
    called = ("../state", "../project/../state", str(tmp_path / "state"), "link/../../state")
    meant = [settings_of(argparse.Namespace(state_dir=name)).state_dir for name in called]
    assert meant == [tmp_path / "state"] * 4


@pytest.mark.parametrize("option", ["-f", "--var-file", "--state-dir"])
def test_the_empty_name_that_an_unset_variable_leaves_is_refused(cli: Cli, option: str) -> None:
    told = cli("rules", option, "", project=PROJECT)
    assert told.code == 2
    assert "an empty name: is a variable of the shell not set?" in told.err


def test_a_file_in_place_of_the_state_directory_is_told_by_whatever_would_read_it(
    cli: Cli, tmp_path: Path
) -> None:
    (tmp_path / "state").write_text("", "utf-8")
    for command in ("rules", "tasks", "logs", "status"):
        told = cli(command, "--state-dir", "state", project=PROJECT)
        assert told.screen == (
            "ecs-local: error: the state directory 'state' is a file\n"
            "  hint: move it away, or choose another --state-dir\nexit code 2\n"
        )


def test_a_state_directory_behind_a_link_is_told_as_it_was_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "disk")
    monkeypatch.chdir(tmp_path)
    meant = settings_of(argparse.Namespace(state_dir="link/state")).state_dir
    assert meant == tmp_path / "link" / "state"
