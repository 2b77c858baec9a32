"""What a watch sees come and go below a directory, and what that costs."""

import os
from pathlib import Path

import pytest

from emulator.definitions.levels import files_below

LONG_AGO = 1_600_000_000


def _names(directory: Path) -> set[str]:
    found = files_below(str(directory), (".json", ".tf"))
    return {str(Path(each).relative_to(directory)) for each in found}


def _age(directory: Path) -> None:
    for each in (directory, *directory.rglob("*")):
        os.utime(each, (LONG_AGO, LONG_AGO))


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name in ("jobs/a.json", "jobs/notes.txt", "jobs/deep/b.tf", "node_modules/c.json"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    _age(tmp_path)
    return tmp_path


def test_files_that_a_search_may_come_across_are_seen_come_and_go(tree: Path) -> None:
    assert _names(tree) == {"jobs/a.json", "jobs/deep/b.tf"}
    (tree / "jobs/deep/new.json").touch()
    (tree / "jobs/a.json").unlink()
    (tree / "more").mkdir()
    (tree / "more/d.json").touch()
    assert _names(tree) == {"jobs/deep/b.tf", "jobs/deep/new.json", "more/d.json"}


def test_directories_that_stay_as_they_are_are_not_listed_again(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _names(tree)
    monkeypatch.setattr(os, "scandir", None)
    assert _names(tree) == before


def test_a_file_that_comes_within_one_tick_of_the_file_systems_clock_is_seen(
    tmp_path: Path,
) -> None:
    tick = tmp_path.stat().st_mtime_ns
    assert _names(tmp_path) == set()
    (tmp_path / "a.json").touch()
    os.utime(tmp_path, ns=(tick, tick))
    assert _names(tmp_path) == {"a.json"}
