"""Which files are definitions, and why the others are not.

A directory itself comes first. Below it is searched only when it has no rules of its own, or when
its rules name families that it does not define: a project that says everything at its top is not
mixed up with the samples and tests below it.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from emulator.definitions.candidates import Candidates
from emulator.definitions.files import OURS
from emulator.definitions.found import (
    NO_WORD,
    OF_TERRAGRUNT,
    OTHER_TOOLS,
    TERRAGRUNT,
    UNNAMED,
    Found,
)
from emulator.definitions.levels import Level, levels_below, list_level
from emulator.definitions.nodes import failure
from emulator.definitions.reading import DirectoryFormat
from emulator.definitions.undefined_families import undefined_families
from emulator.errors import SourceRef


class Search:
    """One search of directories for definitions, which `candidates` takes."""

    def __init__(self, candidates: Candidates, formats: Sequence[DirectoryFormat]) -> None:
        self._candidates = candidates
        self._project = candidates.reading.project
        self._problems = candidates.reading.problems
        self._formats = formats

    def directory(self, path: Path) -> None:
        """Read what a directory holds. Raises `DefinitionError` when that is nothing."""
        fragments = self._candidates.fragments
        before = len(fragments), self._problems.has_errors
        level = list_level(path, self._project)
        self._candidates.together(level.files)
        claimed = self._read_level(level)
        own = fragments[before[0] :]
        if not claimed and not any(fragment.rules for fragment in own):
            self._read_below(level)
        elif missing := undefined_families(own):
            self._read_missing(level, missing)
        if before == (len(fragments), self._problems.has_errors):
            place = SourceRef(self._project.name(path))
            raise failure("no definitions here", place, hint=self._hint_at_nothing(level))

    def _hint_at_nothing(self, level: Level) -> str:
        """Return what to do where no file could be made use of."""
        if TERRAGRUNT in level.names:
            return OF_TERRAGRUNT
        for found in self._candidates.found:
            if found.reason in OTHER_TOOLS:
                return f"{self._project.name(found.path)} {found.reason}"
        hint = "write an ecs-local.yaml (`ecs-local init`), or name files with -f"
        if any(found.reason not in (None, NO_WORD) for found in self._candidates.found):
            hint += "; `ecs-local config --files` says what was left, and why"
        return hint

    def _read_level(self, level: Level) -> bool:
        """Read the definitions of a directory; return whether it is one as a whole.

        Our own file comes first: its region and account hold for all others.
        """
        ours = [path for path in level.files if path.name in OURS]
        for path in ours:
            self._candidates.come_across(path)
        claim = self._claim_of(level)
        if claim is not None:
            self._candidates.keep(
                level.path, claim.name, lambda: claim.read(level.path, self._candidates.reading)
            )
        repeats = () if claim is None else claim.repeats
        others = level.files[len(ours) :]
        if claim is not None and claim.complete:
            left = (path for path in others if not self._candidates.taken(path))
            self._candidates.found += [Found(path, reason=UNNAMED) for path in left]
            return True
        for path in self._candidates.referring_first(others):
            self._candidates.come_across(path, repeats=repeats, beside_root=claim is not None)
        return claim is not None

    def _read_below(self, top: Level) -> None:
        levels = list(self._below(top))
        self._candidates.together([path for level in levels for path in level.files])
        included = {
            self._candidates.real[path]
            for level in levels
            if (claim := self._claim_of(level)) is not None
            for path in claim.includes(level.path, level.names)
        }
        for level in levels:
            if self._candidates.real[level.path] not in included:
                self._read_level(level)

    def _read_missing(self, top: Level, families: frozenset[str]) -> None:
        levels = [level for level in self._below(top) if self._claim_of(level) is None]
        self._candidates.together([path for level in levels for path in level.files])
        for level in levels:
            for path in self._candidates.referring_first(level.files):
                self._candidates.come_across(path, families)

    def _below(self, top: Level) -> Iterator[Level]:
        return levels_below(
            top,
            self._project,
            self._problems,
            claimed=lambda level: self._claim_of(level) is not None,
            unread=lambda path, error: self._candidates.leave(path, error, told=False),
        )

    def _claim_of(self, level: Level) -> DirectoryFormat | None:
        names = level.names
        return next((f for f in self._formats if f.claims(level.path, names)), None)
