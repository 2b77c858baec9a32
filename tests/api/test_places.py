"""Where emulators lie, and what is cleared away of those whose process was killed."""

import errno
import os
import tempfile
from pathlib import Path

import pytest

from emulator.api.places import remove_what_killed_processes_left
from emulator.ecs.identity import OWNER_LABEL, STATE_DIRECTORY_LABEL
from emulator.engines.fake import FakeEngine
from emulator.engines.spec import ContainerSpec
from emulator.state.owner import Owner

LIVES = Owner.current()
GONE = LIVES._replace(started="1")


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The directory of temporary ones."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def _left(engine: FakeEngine, state_dir: Path, owner: Owner) -> str:
    state_dir.mkdir(parents=True)
    labels = {STATE_DIRECTORY_LABEL: str(state_dir), OWNER_LABEL: str(owner)}
    return engine.create(ContainerSpec(name="app", image="alpine:latest", labels=labels))


def test_containers_and_directory_of_a_killed_process_are_removed(temporary: Path) -> None:
    engine = FakeEngine()
    _left(engine, temporary / "ecs-local-abc" / "state", GONE)
    remove_what_killed_processes_left(lambda: engine)
    assert engine.find_containers({}) == []
    assert os.listdir(temporary) == []  # noqa: PTH208 - names say more when it fails


def test_the_directory_of_temporary_ones_may_be_a_link(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "private").mkdir()
    (tmp_path / "tmp").symlink_to("private")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    engine = FakeEngine()
    _left(engine, tmp_path / "private" / "ecs-local-abc" / "state", GONE)
    remove_what_killed_processes_left(lambda: engine)
    assert engine.find_containers({}) == []


@pytest.mark.parametrize(
    ("state_dir", "owner"),
    [
        ("ecs-local-abc/state", LIVES),
        ("ecs-local-abc/project/.ecs-local", GONE),
        ("other/state", GONE),
        ("below/ecs-local-abc/state", GONE),
    ],
    ids=["a living process", "a state directory that was given", "not ours", "not temporary"],
)
def test_others_are_left_alone(temporary: Path, state_dir: str, owner: Owner) -> None:
    engine = FakeEngine()
    _left(engine, temporary / state_dir, owner)
    remove_what_killed_processes_left(lambda: engine)
    assert len(engine.find_containers({})) == 1
    assert (temporary / state_dir).is_dir()


def test_containers_of_a_process_with_another_file_system_are_left_alone(temporary: Path) -> None:
    engine = FakeEngine()
    state_dir = temporary / "ecs-local-abc" / "state"
    _left(engine, state_dir, GONE)
    state_dir.rmdir()
    remove_what_killed_processes_left(lambda: engine)
    assert len(engine.find_containers({})) == 1


def test_containers_of_a_directory_that_cannot_be_looked_into_are_left_alone(
    temporary: Path,
) -> None:
    engine = FakeEngine()
    state_dir = temporary / f"ecs-local-{'x' * 300}" / "state"
    labels = {STATE_DIRECTORY_LABEL: str(state_dir), OWNER_LABEL: str(GONE)}
    engine.create(ContainerSpec(name="app", image="alpine:latest", labels=labels))
    remove_what_killed_processes_left(lambda: engine)
    assert len(engine.find_containers({})) == 1


def test_containers_of_a_user_whose_directory_is_closed_are_left_alone(
    temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = FakeEngine()
    _left(engine, temporary / "ecs-local-abc" / "state", GONE)

    def closed(path: Path) -> bool:
        # Root may look into every directory, so that closing it would prove nothing.
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))

    with monkeypatch.context() as patched:
        patched.setattr(Path, "exists", closed)
        patched.setattr(Path, "is_dir", closed)
        remove_what_killed_processes_left(lambda: engine)
    assert len(engine.find_containers({})) == 1
