"""Definitions that change while rules fire: looked for once a second, read again, taken over.

A file that is broken changes nothing; running tasks go on with the definition they have.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from emulator.app.live import Live
from emulator.definitions.files import SUFFIXES
from emulator.errors import DefinitionError, EcsLocalError
from emulator.eventbridge.rule_changes import changes
from emulator.events import DefinitionsRefused, DefinitionsReloaded, EventBus
from emulator.model.definitions import Definitions
from emulator.model.rules import Rule, RuleState

if TYPE_CHECKING:
    from emulator.app.settings import Settings
    from emulator.app.workspace import Workspace

INTERVAL: Final = timedelta(seconds=1)

_ENDS: Final = (*SUFFIXES, ".tf", ".tofu", ".tfvars")
"""How names of files end that may come up as definitions: of Terraform every file of a directory is
read."""

Signature = Mapping[Path, object]
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
        self._paths = _paths(workspace)
        self._candidate = _signature(self._paths)
        self._seen = workspace.files_as_read or self._candidate
        self._looked_at: datetime | None = None

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
        """Return whether files have changed, once they are the same at two looks: all written."""
        signature = _signature(self._paths)
        settled = signature == self._candidate
        self._candidate = signature
        return settled and signature != self._seen

    def _read_again(self) -> None:
        as_read = _signature(self._paths)
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
            self._paths |= _paths(fresh)
            fresh.history.close()
        # What is written while the files are read and taken over has not been read.
        self._seen = self._candidate = {**_signature(self._paths), **as_read}
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


def signature_ahead(settings: "Settings") -> Signature:
    """Return how files stand that are about to be read: those given, and those in directories."""
    given = _given(settings)
    return _signature(given | {path for directory in given for path in _files_in(directory)})


def signature_of(workspace: "Workspace", ahead: Signature) -> Signature:
    """Return how the definition files of a workspace stand, or stood `ahead` of their reading."""
    now = _signature(_paths(workspace))
    return {path: ahead.get(path, mark) for path, mark in now.items()}


def _given(settings: "Settings") -> set[Path]:
    return set(settings.files) or {settings.directory}


def _files_in(directory: Path) -> list[Path]:
    try:
        return [path for path in directory.iterdir() if path.is_file()]
    except OSError:
        # A file itself; or what cannot be looked at, which whoever reads it tells.
        return []


def _paths(workspace: "Workspace") -> set[Path]:
    """Return the files that were read or left, and the directories where others may come up."""
    try:
        loaded = workspace.loaded
    except EcsLocalError:
        return set()
    files = {path for fragment in loaded.fragments for path in fragment.files}
    files |= {found.path for found in loaded.found}
    given = {path for path in _given(workspace.settings) if path.is_dir()}
    directories = {path.parent for path in files} | given
    return files | directories


def _signature(paths: set[Path]) -> Signature:
    """Return what changes when files do: their size and time, and the names in directories."""
    return {path: _mark(path) for path in paths}


def _mark(path: Path) -> object:
    try:
        if path.is_dir():
            names = (entry.name for entry in path.iterdir())
            return tuple(sorted(name for name in names if name.endswith(_ENDS)))
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
