"""Which files are definitions, and why the others are not.

A directory itself comes first. Below it is searched only when it has no rules of its own, or when
its rules name families that it does not define: a project that says everything at its top is not
mixed up with the samples and tests below it.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from emulator.definitions.allowance import Allowance
from emulator.definitions.files import OURS, RealPaths
from emulator.definitions.found import (
    NO_WORD,
    OTHER_FAMILY,
    OTHER_TOOLS,
    PART,
    REPEATS,
    TEMPLATE,
    TOO_MUCH,
    UNNAMED,
    Found,
    check_syntax,
    reason_to_leave,
)
from emulator.definitions.fragment import Fragment
from emulator.definitions.levels import Level, levels_below, list_level
from emulator.definitions.nodes import Problems, failure
from emulator.definitions.parts import Parts, Texts
from emulator.definitions.reading import DirectoryFormat, FileFormat, Reading
from emulator.definitions.undefined_families import undefined_families
from emulator.errors import DefinitionError, SourceRef

_PLACE: Final = re.compile(r'"\$\{[\w.]+\}"')
"""A JSON value that is nothing but a place of Terraform's templates."""


class Search:
    """One search for definitions; `fragments` is what they say, `found` how each file went."""

    def __init__(
        self,
        reading: Reading,
        file_formats: Sequence[FileFormat],
        directory_formats: Sequence[DirectoryFormat],
    ) -> None:
        self.reading = reading
        self.file_formats = file_formats
        self.directory_formats = directory_formats
        self.fragments: list[Fragment] = []
        self.found: list[Found] = []
        self._real = RealPaths()
        self._taken: set[str] = set()
        self._texts = Texts(reading.project)
        self._parts = Parts(self._texts, self._real, file_formats)
        self._unknown: dict[Path, str] = {}
        self._allowance = Allowance(reading.project, reading.problems)

    def together(self, files: Sequence[Path]) -> None:
        """Be told of files that are read together, before any of them is read."""
        if self.reading.together is not None:
            self.reading.together.files += files
        self._parts.look_at(files)

    def file(self, path: Path) -> None:
        """Read a file that the user named. Raises `DefinitionError`.

        One of no format known here may be a part of another: `tell_unknown` is for the end.
        """
        if self._real[path] in self._taken or path in self._parts:
            return
        text = self._texts.take(path)
        chosen = self._format_of(path, text)
        if chosen is None:
            self._unknown[path] = text
        else:
            self._keep(path, chosen.name, lambda: chosen.read(path, text, self.reading))

    def tell_unknown(self) -> None:
        """Note the files that the user named and nothing could make use of."""
        formats = " or ".join(known.name for known in self.file_formats)
        for path, text in self._unknown.items():
            place = SourceRef(self.reading.project.name(path))
            if self._real[path] in self._taken:
                continue
            try:
                check_syntax(path, text, place.path)
            except DefinitionError as error:
                self.reading.problems.found.extend(error.problems)
            else:
                reason = reason_to_leave(path, text)
                message = "not recognised as definitions"
                hint = f"it {reason}" if reason in OTHER_TOOLS else f"expected {formats}"
                self.reading.problems.error(message, place, hint=hint, rule="unreadable")

    def directory(self, path: Path) -> None:
        """Read what a directory holds. Raises `DefinitionError` when that is nothing."""
        before = len(self.fragments), self.reading.problems.has_errors
        level = list_level(path, self.reading.project)
        self.together(level.files)
        claimed = self._read_level(level)
        own = self.fragments[before[0] :]
        if not claimed and not any(fragment.rules for fragment in own):
            self._read_below(level)
        elif missing := undefined_families(own):
            self._read_missing(level, missing)
        if before == (len(self.fragments), self.reading.problems.has_errors):
            place = SourceRef(self.reading.project.name(path))
            raise failure("no definitions here", place, hint=self._hint_at_nothing())

    def _hint_at_nothing(self) -> str:
        """Return what to do where no file could be made use of."""
        for found in self.found:
            if found.reason in OTHER_TOOLS:
                return f"{self.reading.project.name(found.path)} {found.reason}"
        hint = "write an ecs-local.yaml (`ecs-local init`), or name files with -f"
        if any(found.reason not in (None, NO_WORD) for found in self.found):
            hint += "; `ecs-local config --files` says what was left, and why"
        return hint

    # -- one directory -------------------------------------------------------------------------

    def _read_level(self, level: Level) -> bool:
        """Read the definitions of a directory; return whether it is one as a whole.

        Our own file comes first: its region and account hold for all others.
        """
        ours = [path for path in level.files if path.name in OURS]
        for path in ours:
            self._read_candidate(path)
        claim = self._claim_of(level)
        if claim is not None:
            self._keep(level.path, claim.name, lambda: claim.read(level.path, self.reading))
        repeats = () if claim is None else claim.repeats
        others = level.files[len(ours) :]
        if claim is not None and claim.complete:
            left = (path for path in others if self._real[path] not in self._taken)
            self.found += [Found(path, reason=UNNAMED) for path in left]
            return True
        for path in others:
            self._read_candidate(path, repeats=repeats, beside_root=claim is not None)
        return claim is not None

    def _read_candidate(
        self,
        path: Path,
        families: frozenset[str] | None = None,
        repeats: Sequence[str] = (),
        *,
        beside_root: bool = False,
    ) -> None:
        """Read a file if it is a definition; given families, only task definitions of those.

        Formats that only repeat what was read are left, and what a root beside it would fill in.
        """
        if self._real[path] in self._taken:
            return
        if path in self._parts:
            self.found.append(Found(path, reason=PART))
            return
        text = self._text_of(path)
        if text is None:
            return
        chosen = self._format_of(path, text)
        if chosen is None:
            self.found.append(Found(path, reason=reason_to_leave(path, text)))
        elif chosen.name in repeats:
            self.found.append(Found(path, reason=REPEATS))
        elif beside_root and path.suffix == ".json" and _PLACE.search(text):
            self.found.append(Found(path, reason=TEMPLATE))
        elif families is not None and not chosen.may_define(path, text, families):
            self.found.append(Found(path, reason=OTHER_FAMILY))
        elif not self._allowance.affords(path, text):
            self.found.append(Found(path, reason=TOO_MUCH))
        elif families is None:
            self._keep(path, chosen.name, lambda: chosen.read(path, text, self.reading))
        else:
            self._keep_families(path, text, chosen, families)

    def _text_of(self, path: Path) -> str | None:
        """Return the text of a file that was come across; None once it is told why not."""
        project = self.reading.project
        try:
            self._allowance.check_readable(path)
        except DefinitionError as error:
            self._leave(path, error, told=path.name in OURS)
            return None
        try:
            return self._texts.take(path)
        except DefinitionError as error:
            meant = self._format_of(path, project.read_roughly(path)) is not None
            self._leave(path, error, told=meant or path.name in OURS)
            return None

    def _leave(self, path: Path, error: DefinitionError, *, told: bool) -> None:
        self.found.append(Found(path, reason=error.problems[0].message))
        if told:
            self.reading.problems.found.extend(error.problems)

    def _keep(self, path: Path, name: str, read: Callable[[], Fragment]) -> None:
        try:
            fragment = read()
        except DefinitionError as error:
            self.reading.problems.found.extend(error.problems)
            self.found.append(Found(path, name, "has errors"))
            return
        self.fragments.append(fragment)
        self.reading = self.reading.after(fragment)
        files = fragment.files or [path]
        self._taken.update(self._real[file] for file in files)
        # What was left before may be a part of this one.
        self.found = [found for found in self.found if found.path not in files]
        self.found += [Found(file, name) for file in files]

    def _keep_families(
        self, path: Path, text: str, chosen: FileFormat, families: frozenset[str]
    ) -> None:
        aside = Problems(self.reading.problems.lenient)
        try:
            fragment = chosen.read(path, text, self.reading._replace(problems=aside))
        except DefinitionError:
            self.found.append(Found(path, reason="cannot be read"))
            return
        kept = [d for d in fragment.task_definitions if d.family in families]
        if not kept:
            self.found.append(Found(path, reason=OTHER_FAMILY))
            return
        self.reading.problems.found.extend(aside.found)
        only = Fragment(files=fragment.files, task_definitions=kept, origins=fragment.origins)
        self._keep(path, chosen.name, lambda: only)

    # -- below it ------------------------------------------------------------------------------

    def _read_below(self, top: Level) -> None:
        levels = list(self._below(top))
        self.together([path for level in levels for path in level.files])
        included = {
            self._real[path]
            for level in levels
            if (claim := self._claim_of(level)) is not None
            for path in claim.includes(level.path, level.names)
        }
        for level in levels:
            if self._real[level.path] not in included:
                self._read_level(level)

    def _read_missing(self, top: Level, families: frozenset[str]) -> None:
        levels = [level for level in self._below(top) if self._claim_of(level) is None]
        self.together([path for level in levels for path in level.files])
        for level in levels:
            for path in level.files:
                self._read_candidate(path, families)

    def _below(self, top: Level) -> Iterator[Level]:
        return levels_below(
            top,
            self.reading.project,
            self.reading.problems,
            claimed=lambda level: self._claim_of(level) is not None,
            unread=lambda path, error: self._leave(path, error, told=False),
        )

    def _claim_of(self, level: Level) -> DirectoryFormat | None:
        names = level.names
        return next((f for f in self.directory_formats if f.claims(level.path, names)), None)

    def _format_of(self, path: Path, text: str) -> FileFormat | None:
        return next((known for known in self.file_formats if known.reads(path, text)), None)
