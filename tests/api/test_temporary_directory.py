"""When a temporary directory goes."""

import gc
import os
import shutil
from pathlib import Path

import pytest

from emulator.api.temporary_directory import TemporaryDirectory


@pytest.fixture(autouse=True)
def _below(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))


def test_it_goes_at_the_end_with_all_that_is_in_it_by_then(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    with TemporaryDirectory("ours-") as made:
        assert made.path.parent == tmp_path
        assert made.path.name.startswith("ours-")
        (made.path / "a" / "b").mkdir(parents=True)
        (made.path / "a" / "link").symlink_to(tmp_path / "other")
        (made.path / "a" / "b" / "file").touch()
        (made.path / "a" / "b").chmod(0o500)
        (made.path / "a").chmod(0)
    assert [path.name for path in tmp_path.iterdir()] == ["other"]


def test_it_may_be_gone_by_then() -> None:
    with TemporaryDirectory("ours-") as made:
        shutil.rmtree(made.path)
    assert not made.path.exists()


def test_it_goes_where_nobody_ends_it() -> None:
    path = TemporaryDirectory("ours-").path
    gc.collect()
    assert not path.exists()


def test_another_process_leaves_it_there(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as there, TemporaryDirectory("ours-") as made:
        process = os.getpid()
        there.setattr(os, "getpid", lambda: process + 1)
    assert made.path.is_dir()
