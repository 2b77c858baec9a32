"""The endpoints for metadata and credentials of one state directory's tasks.

Their server is imported where there are any: on the fake engine there are none.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Final

from emulator.clock import Clock
from emulator.engines.base import EngineInfo
from emulator.model.definitions import EndpointUse, Local
from emulator.state.history import History
from emulator.state.owner import owner_lives

if TYPE_CHECKING:
    from emulator.ecs.endpoints import Endpoints

FOLDER: Final = "endpoints"
"""What the endpoints of tasks need in the state directory."""


class TaskEndpoints:
    """Opens the endpoints of tasks that run, and removes those of tasks that are over.

    Tasks live by `clock`, and `seen_clock` is the one that their containers see.
    """

    def __init__(self, state_dir: Path, history: History, clock: Clock, seen_clock: Clock) -> None:
        self._directory = state_dir / FOLDER
        self._history = history
        self._clock = clock
        self._seen_clock = seen_clock

    def open(self, local: Local, engine: EngineInfo, owner: str) -> "Endpoints | None":
        """Return what opens the endpoints of an owner's tasks; None where there are none."""
        self.remove_stale()
        if local.endpoints is EndpointUse.NEVER or not engine.here:
            return None
        from emulator.ecs.endpoints import Endpoints
        from emulator.ecs.task_credentials import TaskCredentials

        credentials = TaskCredentials(local.credentials, self._seen_clock)
        return Endpoints(self._directory, credentials, self._clock, owner=owner)

    def remove_stale(self) -> None:
        """Remove what is left of the endpoints of tasks that are over."""
        if not self._directory.is_dir():
            return
        from emulator.ecs.endpoints import remove_stale

        unfinished = {record.task_id for record in self._history.unfinished()}
        remove_stale(self._directory, unfinished, owner_lives)
