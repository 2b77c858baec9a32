"""The endpoints for metadata and credentials of one state directory's tasks."""

from pathlib import Path
from typing import Final

from emulator.clock import Clock
from emulator.ecs.endpoints import Endpoints, remove_stale
from emulator.ecs.task_credentials import TaskCredentials
from emulator.engines.base import EngineInfo
from emulator.model.definitions import EndpointUse, Local
from emulator.state.history import History
from emulator.state.owner import owner_lives

FOLDER: Final = "endpoints"
"""What the endpoints of tasks need in the state directory."""


class TaskEndpoints:
    """Opens the endpoints of tasks that run, and removes those of tasks that are over."""

    def __init__(self, state_dir: Path, history: History, clock: Clock) -> None:
        self._directory = state_dir / FOLDER
        self._history = history
        self._clock = clock

    def open(self, local: Local, engine: EngineInfo, owner: str) -> Endpoints | None:
        """Return what opens the endpoints of an owner's tasks; None where there are none."""
        self.remove_stale()
        if local.endpoints is EndpointUse.NEVER or not engine.here or ":" in str(self._directory):
            return None
        credentials = TaskCredentials(local.credentials, self._clock)
        return Endpoints(self._directory, credentials, self._clock, owner=owner)

    def remove_stale(self) -> None:
        """Remove what is left of the endpoints of tasks that are over."""
        unfinished = {record.task_id for record in self._history.unfinished()}
        remove_stale(self._directory, unfinished, owner_lives)
