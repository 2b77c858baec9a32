"""RunTask's answers to what targets ask for, decided once instead of at each firing."""

from emulator.ecs.run_task import Accepted, RunTaskRequest, accept
from emulator.model.definitions import Definitions
from emulator.model.overrides import NO_OVERRIDES
from emulator.model.rules import Target
from emulator.model.task_definition import LaunchType

_Asked = tuple[str, LaunchType | None, str | None]


class Acceptances:
    """Decides about requests of the targets of these definitions. Thread-safe.

    A target asks for the same each time, and nothing that the answer depends on changes while its
    definitions hold: a thousand rules of one second need not be checked in that second again.
    """

    def __init__(self, definitions: Definitions) -> None:
        self._definitions = definitions
        self._plain: dict[_Asked, Accepted] = {}
        # With the target, which by that is no other one of the same id.
        self._overriding: dict[int, tuple[Target, Accepted]] = {}

    def of(self, target: Target, request: RunTaskRequest) -> Accepted:
        """Return what RunTask decides about a request of a target.

        Raises `RunTaskRefusedError`, each time anew.
        """
        if request.overrides == NO_OVERRIDES:
            return self._of_plain(request)
        if request.overrides is not target.overrides:
            # Of this occasion: made of its event, or with Scheduler's context in it.
            return accept(request, self._definitions)
        known = self._overriding.get(id(target))
        if known is None:
            known = target, accept(request, self._definitions)
            self._overriding[id(target)] = known
        return known[1]

    def _of_plain(self, request: RunTaskRequest) -> Accepted:
        """Return what holds for all that ask for a task definition as it is."""
        asked = request.task_definition, request.launch_type, request.cluster
        known = self._plain.get(asked)
        if known is None:
            known = self._plain[asked] = accept(request, self._definitions)
        return known
