"""What killed processes left in the engine, for state directories that nobody uses any more."""

import shutil
from collections.abc import Callable
from pathlib import Path

from emulator.app.emulator import Emulator
from emulator.app.live import EngineFactory
from emulator.app.settings import Settings
from emulator.ecs.identity import OWNER_LABEL, STATE_DIRECTORY_LABEL
from emulator.events import EventBus
from emulator.state.owner import owner_lives


def remove_forsaken(factory: EngineFactory, belongs: Callable[[Path], bool]) -> int:
    """Remove the containers of state directories that `belongs` claims and no process owns.

    Their tasks are recorded as stopped where the directory is still there; those of a directory
    that is closed to us are its user's to remove. Returns how many containers there were. Raises
    `EngineUnavailableError`.
    """
    engine = factory()
    try:
        containers = engine.find_containers({STATE_DIRECTORY_LABEL: ""})
    finally:
        engine.close()
    found = {
        Path(container.labels[STATE_DIRECTORY_LABEL])
        for container in containers
        if not owner_lives(container.labels.get(OWNER_LABEL))
    }
    return sum(
        _remove(path, factory) for path in sorted(found) if _within_reach(path) and belongs(path)
    )


def _within_reach(path: Path) -> bool:
    """Whether it can be told what is there: another user of the same engine may have closed it.

    A label may also hold what no file can be called.
    """
    try:
        path.exists()
    except OSError:
        return False
    return True


def _remove(state_dir: Path, factory: EngineFactory) -> int:
    from emulator.app.other_processes import remove_leftovers

    there = state_dir.exists()
    emulator = Emulator(Settings(directory=state_dir.parent, state_dir=state_dir), engine=factory)
    removed = remove_leftovers(emulator, EventBus()).containers
    if not there:
        shutil.rmtree(state_dir, ignore_errors=True)
    return removed
