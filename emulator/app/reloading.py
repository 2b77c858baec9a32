"""Definitions that change while rules fire: looked for once a second, read again, taken over.

A file that is broken changes nothing; running tasks go on with the definition they have.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from emulator.app.definition_watch import signature, watched_paths
from emulator.app.live import Live
from emulator.errors import DefinitionError, EcsLocalError
from emulator.eventbridge.rule_changes import changes
from emulator.events import DefinitionsRefused, DefinitionsReloaded, EventBus
from emulator.model.definitions import Definitions
from emulator.model.rules import Rule, RuleState

if TYPE_CHECKING:
    from emulator.app.workspace import Workspace

INTERVAL: Final = timedelta(seconds=1)

MOST_UNSETTLED: Final = 10
"""Looks at which files may be found other than at the one before, until they are read all the same:
beside a job that writes JSON all the time they would never settle."""

Adopt = Callable[[Sequence[Rule], frozenset[str]], None]
"""Called with the rules that fire from now on, and those whose schedules go on as they are."""


class Reloader:
    """Watches definition files and switches for a server. For one thread, but `ask`."""

    def __init__(
        self,
        workspace: "Workspace",
        names: Sequence[str],
        live: Live,
        adopt: Adopt,
        bus: EventBus,
        *,
        watch: bool,
    ) -> None:
        self._workspace = workspace
        self._names = names
        self._live = live
        self._adopt = adopt
        self._bus = bus
        self._watch = watch
        self._asked = False
        self._refused = False
        self._definitions = workspace.definitions
        self._switches: Mapping[str, RuleState] | None = None
        self._paths = watched_paths(workspace)
        self._candidate = signature(self._paths)
        self._seen = workspace.files_as_read or self._candidate
        self._looked_at: datetime | None = None
        self._unsettled = 0

    def ask(self) -> None:
        """Read the definitions again at the next look, whether they have changed or not."""
        self._asked = True

    def look(self, now: datetime) -> None:
        """Look for changes, at most once a second, and take them over."""
        if self._looked_at is not None and abs(now - self._looked_at) < INTERVAL:
            return
        self._looked_at = now
        if self._asked or (self._watch and self._files_changed()):
            self._asked = False
            self._read_again()
        else:
            self._obey_switches()

    def _files_changed(self) -> bool:
        """Return whether files have changed, once they are the same at two looks: all written.

        Those that go on changing are not waited for without end.
        """
        found = signature(self._paths)
        self._unsettled = 0 if found == self._candidate else self._unsettled + 1
        self._candidate = found
        return self._unsettled % MOST_UNSETTLED == 0 and found != self._seen

    def _read_again(self) -> None:
        self._unsettled = 0
        as_read = signature(self._paths)
        fresh = self._workspace.again()
        try:
            definitions = fresh.definitions
        except DefinitionError as error:
            self._refused = True
            self._bus.publish(DefinitionsRefused(problems=error.problems))
        except EcsLocalError as error:
            self._live.warn(f"the definitions cannot be read again: {error}")
        else:
            self._workspace.take_over(fresh)
            self._apply(definitions)
        finally:
            self._paths |= watched_paths(fresh)
            fresh.history.close()
        # What is written while the files are read and taken over has not been read.
        self._seen = self._candidate = {**signature(self._paths), **as_read}
        # One that came while the files were read may have been read, or not.
        self._switches = None

    def _obey_switches(self) -> None:
        try:
            switches = self._workspace.switches()
            if switches == self._switches:
                # As nearly always: thousands of rules are not gone through each second.
                return
            definitions = self._workspace.with_switches(switches)
        except EcsLocalError as error:
            self._live.recorder.fail(error)
            return
        self._switches = switches
        if definitions != self._definitions:
            self._apply(definitions)

    def _apply(self, definitions: Definitions) -> None:
        old, self._definitions = self._definitions, definitions
        found = changes(self._chosen(old), self._chosen(definitions))
        self._live.adopt(definitions)
        self._adopt(self._chosen(definitions), found.same_schedule)
        if old != definitions or self._refused:
            self._refused = False
            self._bus.publish(
                DefinitionsReloaded(added=found.added, removed=found.removed, changed=found.changed)
            )

    def _chosen(self, definitions: Definitions) -> list[Rule]:
        return [r for r in definitions.rules if not self._names or r.name in self._names]
