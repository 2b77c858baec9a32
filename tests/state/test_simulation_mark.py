"""The mark of a simulation in its state directory."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from emulator.errors import StateDirectoryError
from emulator.state.simulation_mark import MARK, Simulated, simulated


def test_a_mark_tells_the_period_and_the_rules(tmp_path: Path) -> None:
    assert simulated(tmp_path) is None
    mark = {"from": "2026-11-24T00:00:00Z", "to": "2026-11-25T09:00:00+09:00", "rules": ["daily"]}
    (tmp_path / MARK).write_text(json.dumps(mark), "utf-8")
    start, end = datetime(2026, 11, 24, tzinfo=UTC), datetime(2026, 11, 25, tzinfo=UTC)
    assert simulated(tmp_path) == Simulated(start, end, frozenset({"daily"}))


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"rules": [], "from": 1, "to": 2}'])
def test_one_that_is_damaged_makes_a_directory_of_no_use(tmp_path: Path, text: str) -> None:
    (tmp_path / MARK).write_text(text, "utf-8")
    with pytest.raises(StateDirectoryError) as caught:
        simulated(tmp_path)
    assert f"{tmp_path / MARK}: cannot be read: " in str(caught.value)
    assert caught.value.hint == "remove the directory"


def test_of_one_that_may_not_be_read_nobody_advises_to_remove_it(tmp_path: Path) -> None:
    (tmp_path / MARK).mkdir()
    with pytest.raises(StateDirectoryError) as caught:
        simulated(tmp_path)
    assert f"{tmp_path / MARK}: cannot be read: Is a directory" in str(caught.value)
    assert caught.value.hint == "let it be read (chown, chmod), or choose another directory"
