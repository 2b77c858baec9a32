"""A program that is replaced under a run: told once, and only then."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from emulator.app.program_watch import INTERVAL, ProgramWatch
from tests.builders import NOON


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "__init__.py"
    path.write_text("")
    return path


def _replace(path: Path) -> None:
    fresh = path.with_name("fresh")
    fresh.write_text("")
    fresh.replace(path)


@pytest.mark.parametrize("change", [_replace, Path.unlink], ids=["upgraded", "removed"])
def test_a_program_that_is_upgraded_or_removed_is_told_once(
    program: Path, change: Callable[[Path], object]
) -> None:
    told: list[str] = []
    watch = ProgramWatch(told.append, program)
    watch.look(NOON)
    change(program)
    watch.look(NOON + timedelta(seconds=1))
    assert told == []
    for minutes in (1, 2, 3):
        watch.look(NOON + minutes * INTERVAL)
    assert len(told) == 1
    assert told[0].startswith("ecs-local was upgraded or removed under this run: start it again")


def test_a_program_that_stays_is_not_spoken_of(program: Path) -> None:
    told: list[str] = []
    watch = ProgramWatch(told.append, program)
    for minutes in range(3):
        watch.look(NOON + minutes * INTERVAL)
    assert told == []
