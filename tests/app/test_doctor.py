"""What `doctor` finds on a machine, with a scripted engine."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from emulator.app.doctor import Check, examine, registry_of
from emulator.app.emulator import Emulator
from emulator.app.settings import Settings
from emulator.engines.base import EngineInfo
from emulator.engines.fake import FakeEngine
from emulator.errors import EngineUnavailableError
from emulator.state.history import History
from tests.builders import task

NOW = datetime(2026, 11, 24, 6, 37, tzinfo=UTC)


class _Engine(FakeEngine):
    def __init__(self, **changes: object) -> None:
        super().__init__()
        self._changes = changes

    def info(self) -> EngineInfo:
        return super().info()._replace(**self._changes)  # type: ignore[arg-type]


class _NoEngine(FakeEngine):
    def info(self) -> EngineInfo:
        raise EngineUnavailableError("no container engine answers", hint="start Docker")


def _examine(directory: Path, engine: FakeEngine) -> dict[str, Check]:
    settings = Settings(directory=directory, state_dir=directory / ".ecs-local")
    emulator = Emulator(settings, clock=lambda: NOW, engine=lambda: engine)
    return {check.name: check for check in examine(emulator)}


def test_a_machine_without_an_engine_says_what_to_do(tmp_path: Path) -> None:
    check = _examine(tmp_path, _NoEngine())["engine"]
    assert (check.ok, check.detail, check.advice) == (
        False,
        "no container engine answers",
        "start Docker",
    )


def test_an_engine_whose_clock_lags_is_told(tmp_path: Path) -> None:
    check = _examine(tmp_path, _Engine(system_time=NOW.replace(minute=36)))["clock"]
    assert (check.ok, check.detail) == (None, "the engine's differs by -60.0 s")


@pytest.mark.parametrize(
    ("most", "ok", "detail"),
    [
        (None, True, "65535 in a container, as on Fargate"),
        (20000, None, "a container may open 20000 files; on Fargate it is 65535"),
    ],
)
def test_fewer_open_files_than_on_fargate_are_told(
    tmp_path: Path, most: int | None, ok: bool | None, detail: str
) -> None:
    check = _examine(tmp_path, _Engine(most_open_files=most))["open files"]
    assert (check.ok, check.detail) == (ok, detail)


def test_a_clock_that_is_a_moment_behind_has_no_zero_with_a_minus(tmp_path: Path) -> None:
    engine = _Engine(system_time=NOW - timedelta(milliseconds=20))
    assert _examine(tmp_path, engine)["clock"].detail == "the engine's differs by +0.0 s"


def test_a_directory_without_definitions_is_no_failure_of_the_machine(tmp_path: Path) -> None:
    check = _examine(tmp_path, FakeEngine())["definitions"]
    assert (check.ok, check.detail) == (None, ".: no definitions here")
    assert check.advice == "write an ecs-local.yaml (`ecs-local init`), or name files with -f"


def test_of_many_errors_the_first_is_told_on_its_line(tmp_path: Path) -> None:
    (tmp_path / "ecs-local.yaml").write_text("rule: []\ntaskDefinition: {}\n", "utf-8")
    check = _examine(tmp_path, FakeEngine())["definitions"]
    assert check.detail.startswith("2 errors, first: ecs-local.yaml:1: ")
    assert "\n" not in check.detail
    assert check.advice == "`ecs-local rules` lists them"


def test_a_registry_that_cannot_be_reached_is_told_without_numbers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(-2, "Name or service not known")

    monkeypatch.setattr("socket.create_connection", refuse)
    (tmp_path / "ecs-local.yaml").write_text(
        "taskDefinitions: {job: {containerDefinitions: [{name: main, image: alpine}]}}\n", "utf-8"
    )
    check = _examine(tmp_path, FakeEngine())["registry"]
    assert check.detail == "docker.io cannot be reached from here: Name or service not known"


@pytest.mark.parametrize(
    ("image", "registry"),
    [
        ("alpine:latest", "docker.io"),
        ("library/alpine", "docker.io"),
        ("localhost/job", "localhost"),
        ("localhost:5000/job", "localhost:5000"),
        (
            "123456789012.dkr.ecr.eu-west-1.amazonaws.com/job:1",
            "123456789012.dkr.ecr.eu-west-1.amazonaws.com",
        ),
    ],
)
def test_the_registry_of_an_image_is_in_its_name(image: str, registry: str) -> None:
    assert registry_of(image) == registry


def test_images_are_looked_for_as_they_are_had_here(tmp_path: Path) -> None:
    ecr = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/{}:1"
    containers = "\n".join(
        f"    - {{name: {name}, memory: 32, image: '{ecr.format(name)}'}}"
        for name in ("built", "broken", "private")
    )
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "Dockerfile").write_text("FROM scratch", "utf-8")
    (tmp_path / "ecs-local.yaml").write_text(
        "taskDefinitions:\n  job:\n    networkMode: none\n    containerDefinitions:\n"
        f"{containers}\n"
        "local:\n  images:\n    '*/built:*': {build: src}\n    '*/broken:*': {build: gone}\n",
        "utf-8",
    )
    settings = Settings(directory=tmp_path, state_dir=tmp_path / ".ecs-local")
    engine = FakeEngine(images=frozenset())
    emulator = Emulator(settings, clock=lambda: NOW, engine=lambda: engine)
    found = [check for check in examine(emulator) if check.name in ("image", "registry")]
    assert [(check.ok, check.detail.partition("/")[2]) for check in found] == [
        (False, f"broken:1 cannot be built: there is no {tmp_path}/gone/Dockerfile"),
        (True, f"built:1 is built from {tmp_path}/src"),
        (None, "private:1 is not here"),
    ]
    assert "is not asked by accident: under local.images write" in found[2].advice


def test_a_history_is_read_as_a_whole(tmp_path: Path) -> None:
    assert _examine(tmp_path, FakeEngine())["history"] == Check("history", True, "none yet")
    History(tmp_path / ".ecs-local" / "history.sqlite3").record([task()])
    found = _examine(tmp_path, FakeEngine())["history"]
    assert found == Check("history", True, "whole, with 1 task")


def test_a_history_that_cannot_be_used_is_a_finding_and_everything_else_is_looked_at(
    tmp_path: Path,
) -> None:
    _examine(tmp_path, FakeEngine())
    (tmp_path / ".ecs-local" / "history.sqlite3").write_bytes(b"no database " * 500)
    found = _examine(tmp_path, FakeEngine())
    assert found["history"].ok is False
    assert "file is not a database" in found["history"].detail
    assert "to begin a new history" in found["history"].advice
    assert found["definitions"].detail == ".: no definitions here"
