"""Projects on the real engine, each with a state directory of its own and nothing left behind."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.with_docker.project import Project


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    made = Project(tmp_path)
    yield made
    left = made.left_in_the_engine()
    if left:
        made.run("down")
    assert left == []
