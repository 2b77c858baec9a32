"""The engine that settings choose."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from emulator.app.engine_choice import simulated_engine
from emulator.app.settings import Settings
from emulator.timers import SimulatedTimers


@pytest.mark.parametrize(
    ("state_dir", "left_out"),
    [
        (".ecs-local", ".ecs-local"),
        ("state", "state"),
        (".ecs-local/pytest/test_nightly-0a1b", ".ecs-local"),
    ],
)
def test_what_ecs_local_writes_goes_into_no_image_and_neither_does_what_lies_beside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, state_dir: str, left_out: str
) -> None:
    given: list[Path] = []
    monkeypatch.setattr(
        "emulator.engines.docker.DockerEngine", lambda *, left_out: given.append(left_out)
    )
    settings = Settings(directory=tmp_path, state_dir=tmp_path / state_dir)
    simulated_engine(settings, print)(SimulatedTimers(datetime(2028, 2, 29, tzinfo=UTC)))
    assert given == [tmp_path / left_out]
