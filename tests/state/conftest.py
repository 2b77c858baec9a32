"""A history to write into and read from."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from emulator.state.history import History


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "history.sqlite3"


@pytest.fixture
def history(path: Path) -> Iterator[History]:
    opened = History(path, owner="me/1@1")
    yield opened
    opened.close()
