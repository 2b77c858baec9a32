"""What options mean, before anything is done with it."""

import argparse
from pathlib import Path

import pytest

from emulator.cli.options import settings_of


def test_a_state_directory_has_one_name_from_wherever_it_is_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its containers are labelled with it: `down` would not find them by another."""
    (tmp_path / "elsewhere" / "deep").mkdir(parents=True)
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "link").symlink_to(tmp_path / "elsewhere" / "deep")
    monkeypatch.chdir(tmp_path / "project")
    called = ("../state", "../project/../state", str(tmp_path / "state"), "link/../../state")
    meant = [settings_of(argparse.Namespace(state_dir=name)).state_dir for name in called]
    assert meant == [tmp_path / "state"] * 4


def test_a_state_directory_behind_a_link_is_told_as_it_was_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "disk")
    monkeypatch.chdir(tmp_path)
    meant = settings_of(argparse.Namespace(state_dir="link/state")).state_dir
    assert meant == tmp_path / "link" / "state"
