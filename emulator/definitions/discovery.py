"""Which files are definitions, and why the others are not.

A directory itself comes first. Below it is searched only when it has no rules of its own, or when
its rules name families that it does not define: a project that says everything at its top is not
mixed up with the samples and tests below it.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from emulator.definitions.files import (
    MOST_BYTES,
    MOST_TEXT,
    OURS,
    Level,
    list_level,
    real_path,
    speaks_of_ecs,
)
from emulator.definitions.fragment import Fragment
from emulator.definitions.nodes import Problems, failure
from emulator.definitions.parts import Parts
from emulator.definitions.reading import DirectoryFormat, FileFormat, Reading
from emulator.errors import DefinitionError, SourceRef
from emulator.model.names import split_task_definition

DEEPEST: Final = 5
MOST_DIRECTORIES: Final = 2000
"""How far a search below a directory goes; that there is more is told."""

NO_WORD: Final = "says nothing of ECS"
NO_FORMAT: Final = "is in no format known here"
OTHER_FAMILY: Final = "defines no family that is missing"
SERVERLESS: Final = (
    "is of the Serverless Framework: name with -f what `serverless package` makes of it, "
    ".serverless/cloudformation-template-update-stack.json"
)
TEMPLATE: Final = "is a template that nothing here fills in"
TOO_MUCH: Final = f"more than {MOST_TEXT >> 20} MB of definitions were found before it"
PART: Final = "is a part of another one, which does not use it"
REPEATS: Final = "says again what the directory does: name it with -f to read it instead"
UNNAMED: Final = "is not named in the manifest of its directory"


_PLACE: Final = re.compile(r'"\$\{[\w.]+\}"')
"""A JSON value that is nothing but a place of Terraform's templates."""


class Found(NamedTuple):
    """A file or directory that was looked at: taken as a format, or left for a reason."""

    path: Path
    format: str | None = None
    reason: str | None = None


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
        self._taken: set[Path] = set()
        self._parts = Parts(reading.project, file_formats)
        self._unknown: dict[Path, str] = {}
        self._bytes = self._parsed = 0

    def together(self, files: Sequence[Path]) -> None:
        """Be told of files that are read together, before any of them is read."""
        if self.reading.together is not None:
            self.reading.together.files += files
        self._parts.look_at(files)

    def file(self, path: Path) -> None:
        """Read a file that the user named. Raises `DefinitionError`.

        One of no format known here may be a part of another: `tell_unknown` is for the end.
        """
        if real_path(path) in self._taken or path in self._parts:
            return
        text = self.reading.project.read(path)
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
            if real_path(path) in self._taken:
                continue
            try:
                _check_syntax(path, text, place.path)
            except DefinitionError as error:
                self.reading.problems.found.extend(error.problems)
            else:
                message = "not recognised as definitions"
                hint = f"expected {formats}"
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
        elif missing := _missing_families(own):
            self._read_missing(level, missing)
        if before == (len(self.fragments), self.reading.problems.has_errors):
            hint = "write an ecs-local.yaml (`ecs-local init`), or name files with -f"
            if any(found.reason not in (None, NO_WORD) for found in self.found):
                hint += "; `ecs-local config --files` says what was left, and why"
            place = SourceRef(self.reading.project.name(path))
            raise failure("no definitions here", place, hint=hint)

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
            left = (path for path in others if real_path(path) not in self._taken)
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
        if real_path(path) in self._taken:
            return
        if path in self._parts:
            self.found.append(Found(path, reason=PART))
            return
        text = self._text_of(path)
        if text is None:
            return
        chosen = self._format_of(path, text)
        if chosen is None:
            self.found.append(Found(path, reason=_reason_to_leave(path, text)))
        elif chosen.name in repeats:
            self.found.append(Found(path, reason=REPEATS))
        elif beside_root and path.suffix == ".json" and _PLACE.search(text):
            self.found.append(Found(path, reason=TEMPLATE))
        elif not self._affords(path, text):
            self.found.append(Found(path, reason=TOO_MUCH))
        elif families is None:
            self._keep(path, chosen.name, lambda: chosen.read(path, text, self.reading))
        else:
            self._keep_families(path, text, chosen, families)

    def _affords(self, path: Path, text: str) -> bool:
        """Return whether a definition that was come across may be parsed; told where none may."""
        before = self._parsed
        self._parsed += len(text)
        if before <= MOST_TEXT < self._parsed:
            place = SourceRef(self.reading.project.name(path))
            message = f"{TOO_MUCH}: it is not read, nor are those behind it"
            self.reading.problems.error(message, place, hint="name files with -f")
        return self._parsed <= MOST_TEXT

    def _text_of(self, path: Path) -> str | None:
        """Return the text of a file that was come across; None once it is told why not."""
        project = self.reading.project
        try:
            self._check_readable(path)
        except DefinitionError as error:
            self._leave(path, error, told=path.name in OURS)
            return None
        try:
            return project.read(path)
        except DefinitionError as error:
            meant = self._format_of(path, project.read_roughly(path)) is not None
            self._leave(path, error, told=meant or path.name in OURS)
            return None

    def _check_readable(self, path: Path) -> None:
        """Raise `DefinitionError` for a file elsewhere, or one too many."""
        self.reading.project.check_inside(path)
        if self._bytes > MOST_BYTES:
            place = SourceRef(self.reading.project.name(path))
            raise failure(f"more than {MOST_BYTES >> 20} MB were read before it", place)
        self._bytes += self.reading.project.size(path)

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
        self._taken.update(real_path(file) for file in files)
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
        levels = list(self._walk(top))
        self.together([path for level in levels for path in level.files])
        included = {
            real_path(path)
            for level in levels
            if (claim := self._claim_of(level)) is not None
            for path in claim.includes(level.path, level.names)
        }
        for level in levels:
            if real_path(level.path) not in included:
                self._read_level(level)

    def _read_missing(self, top: Level, families: frozenset[str]) -> None:
        levels = [level for level in self._walk(top) if self._claim_of(level) is None]
        self.together([path for level in levels for path in level.files])
        for level in levels:
            for path in level.files:
                self._read_candidate(path, families)

    def _walk(self, top: Level) -> Iterator[Level]:
        """Yield the directories below one, level by level, none below one that is claimed."""
        pending = [(directory, 1) for directory in top.directories]
        seen = 0
        while pending:
            path, depth = pending.pop(0)
            seen += 1
            if seen > MOST_DIRECTORIES:
                place = SourceRef(self.reading.project.name(top.path))
                message = f"more than {MOST_DIRECTORIES} directories below: the rest is not read"
                self.reading.problems.warning(message, place, hint="name files with -f")
                return
            try:
                level = list_level(path, self.reading.project)
            except DefinitionError as error:
                self.found.append(Found(path, reason=error.problems[0].message))
                continue
            claimed = self._claim_of(level) is not None
            if claimed or not level.only_as_a_whole:
                yield level
            if not claimed and not level.only_as_a_whole and depth < DEEPEST:
                pending += [(directory, depth + 1) for directory in level.directories]

    def _claim_of(self, level: Level) -> DirectoryFormat | None:
        names = level.names
        return next((f for f in self.directory_formats if f.claims(level.path, names)), None)

    def _format_of(self, path: Path, text: str) -> FileFormat | None:
        return next((known for known in self.file_formats if known.reads(path, text)), None)


def _reason_to_leave(path: Path, text: str) -> str:
    """Return why a file is left that is in no format known here."""
    if path.stem == "serverless" and ("AWS::ECS" in text or "fargate" in text):
        return SERVERLESS
    return NO_FORMAT if speaks_of_ecs(text) else NO_WORD


def _check_syntax(path: Path, text: str, name: str) -> None:
    """Raise `DefinitionError` where a file that is no definition is not even what its name says."""
    if path.suffix == ".json":
        from emulator.definitions.json_text import parse_json

        parse_json(text, name)
    elif path.suffix in (".yaml", ".yml"):
        from emulator.definitions.cloudformation.template import TAGS
        from emulator.definitions.yaml_text import parse_yaml

        parse_yaml(text, name, tags=TAGS)


def _missing_families(fragments: Sequence[Fragment]) -> frozenset[str]:
    """Return the families that rules name and no fragment defines, or defines for want of them."""
    defined = {d.family for fragment in fragments for d in fragment.task_definitions}
    firm = defined | {family for fragment in fragments for family in fragment.broken}
    firm -= {family for fragment in fragments for family in fragment.yielding}
    named = {
        split_task_definition(target.task_definition)[0]
        for fragment in fragments
        for rule in fragment.rules
        for target in rule.targets
    }
    return frozenset(named - firm)
