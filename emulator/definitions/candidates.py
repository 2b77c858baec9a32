"""Files that may be definitions: each is read if a format knows it, or left for a reason."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from emulator.definitions.allowance import Allowance
from emulator.definitions.files import OURS, YAML_SUFFIXES, RealPaths
from emulator.definitions.found import (
    OTHER_FAMILY,
    OTHER_TOOLS,
    PART,
    REPEATS,
    TEMPLATE,
    TOO_MUCH,
    Found,
    check_syntax,
    reason_to_leave,
)
from emulator.definitions.fragment import Fragment
from emulator.definitions.nodes import Problems
from emulator.definitions.parts import Parts, Texts
from emulator.definitions.reading import FileFormat, Reading
from emulator.errors import DefinitionError, SourceRef

_PLACE: Final = r'"\$\{[\w.]+\}"'
"""A JSON value that is nothing but a place of Terraform's templates."""


class Candidates:
    """What one search reads; `fragments` is what it says, `found` how each file went.

    `reading` is how the next one is read, as what was read before has it; `real` tells whether two
    paths are one file.
    """

    def __init__(self, reading: Reading, formats: Sequence[FileFormat]) -> None:
        self.reading = reading
        self.fragments: list[Fragment] = []
        self.found: list[Found] = []
        self.real = RealPaths()
        self._formats = formats
        self._taken: set[str] = set()
        self._texts = Texts(reading.project)
        self._parts = Parts(self._texts, self.real, formats)
        self._unknown: dict[Path, str] = {}
        self._allowance = Allowance(reading.project, reading.problems)

    def together(self, files: Sequence[Path]) -> None:
        """Be told of files that are read together, before any of them is read."""
        if self.reading.together is not None:
            self.reading.together.files += files
        self._parts.look_at(files)

    def referring_first(self, files: Sequence[Path]) -> list[Path]:
        """Return files in the order in which they are read, once `together` was told of them.

        What others may refer to comes after them: by itself it lacks what they say of it.
        """
        return sorted(files, key=self._may_be_referred_to)

    def _may_be_referred_to(self, path: Path) -> bool:
        # JSON comes after YAML anyway, and takes long to look at.
        if path.suffix not in YAML_SUFFIXES:
            return False
        text = self._texts.ahead(path)
        return any(known.referred_to and known.reads(path, text) for known in self._formats)

    def named(self, path: Path) -> None:
        """Read a file that the user named.

        One of no format known here may be a part of another: `tell_unknown` is for the end.
        """
        if self.taken(path) or path in self._parts:
            return
        try:
            text = self._texts.take(path)
        except DefinitionError as error:
            self.leave(path, error, told=True)
            return
        chosen = self._format_of(path, text)
        if chosen is None:
            self._unknown[path] = text
        else:
            self.keep(path, chosen.name, lambda: chosen.read(path, text, self.reading))

    def tell_unknown(self) -> None:
        """Note the files that the user named and nothing could make use of."""
        formats = " or ".join(known.name for known in self._formats)
        for path, text in self._unknown.items():
            place = SourceRef(self.reading.project.name(path))
            if self.taken(path):
                continue
            try:
                check_syntax(path, text, place.path)
            except DefinitionError as error:
                self.leave(path, error, told=True)
                continue
            reason = reason_to_leave(path, text)
            self.found.append(Found(path, reason=reason))
            message = "not recognised as definitions"
            hint = f"it {reason}" if reason in OTHER_TOOLS else f"expected {formats}"
            self.reading.problems.error(message, place, hint=hint, rule="unreadable")

    def taken(self, path: Path) -> bool:
        """Return whether a file was read already, for itself or as a part of something."""
        return self.real[path] in self._taken

    def come_across(
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
        if self.taken(path):
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
        elif beside_root and path.suffix == ".json" and re.search(_PLACE, text):
            self.found.append(Found(path, reason=TEMPLATE))
        elif families is not None and not chosen.may_define(path, text, families):
            self.found.append(Found(path, reason=OTHER_FAMILY))
        elif not self._allowance.affords(path, text):
            self.found.append(Found(path, reason=TOO_MUCH))
        elif families is None:
            self.keep(path, chosen.name, lambda: chosen.read(path, text, self.reading))
        else:
            self._keep_families(path, text, chosen, families)

    def leave(self, path: Path, error: DefinitionError, *, told: bool) -> None:
        """Note what cannot be read, and why; `told`, as a problem of the definitions."""
        self.found.append(Found(path, reason=error.problems[0].message))
        if told:
            self.reading.problems.found.extend(error.problems)

    def keep(self, path: Path, name: str, read: Callable[[], Fragment]) -> None:
        """Take what is read of a file or directory in the format of this name."""
        try:
            fragment = read()
        except DefinitionError as error:
            self.reading.problems.found.extend(error.problems)
            self.found.append(Found(path, name, "has errors"))
            return
        self.fragments.append(fragment)
        self.reading = self.reading.after(fragment)
        files = fragment.files or [path]
        self._taken.update(self.real[file] for file in files)
        # What was left before may be a part of this one.
        self.found = [found for found in self.found if found.path not in files]
        self.found += [Found(file, name) for file in files]

    def _text_of(self, path: Path) -> str | None:
        """Return the text of a file that was come across; None once it is told why not."""
        project = self.reading.project
        try:
            self._allowance.check_readable(path)
        except DefinitionError as error:
            self.leave(path, error, told=path.name in OURS)
            return None
        try:
            return self._texts.take(path)
        except DefinitionError as error:
            meant = self._format_of(path, project.read_roughly(path)) is not None
            self.leave(path, error, told=meant or path.name in OURS)
            return None

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
            broken = not families.isdisjoint(fragment.broken)
            self.found.append(Found(path, reason="has errors" if broken else OTHER_FAMILY))
            return
        self.reading.problems.take(aside)
        only = Fragment(
            files=fragment.files,
            task_definitions=kept,
            origins=fragment.origins,
            broken=fragment.broken,
        )
        self.keep(path, chosen.name, lambda: only)

    def _format_of(self, path: Path, text: str) -> FileFormat | None:
        return next((known for known in self._formats if known.reads(path, text)), None)
