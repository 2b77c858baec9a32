"""The files of one module, `*.tf`, `*.tofu` and as JSON: put together, override files last.

HashiCorp, Terraform language: "Files and Directories", "Override Files".
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from emulator.definitions.files import Project
from emulator.definitions.nodes import Problems
from emulator.definitions.terraform import module_files
from emulator.definitions.terraform.grammar import parse_file
from emulator.definitions.terraform.json_syntax import parse_json_file
from emulator.definitions.terraform.syntax import Attribute, Block, Body
from emulator.errors import DefinitionError, SourceRef
from emulator.quantity import counted

MOST_FILES: Final = 1000
MOST_BYTES: Final = 4 * 1024 * 1024
"""Limits of one root with its modules."""

_LABELS: Final = {"resource": 2, "data": 2, "variable": 1, "module": 1, "output": 1}
"""How many labels the blocks have that are found by them."""

ResourceKey = tuple[str, str, str]
"""`resource` or `data`, the type and the name."""


@dataclass(slots=True)
class Configuration:
    """What a module's files declare."""

    directory: Path
    files: list[Path] = field(default_factory=list)
    variables: dict[str, Block] = field(default_factory=dict)
    values: dict[str, Attribute] = field(default_factory=dict)
    resources: dict[ResourceKey, Block] = field(default_factory=dict)
    modules: dict[str, Block] = field(default_factory=dict)
    outputs: dict[str, Block] = field(default_factory=dict)
    providers: list[Block] = field(default_factory=list)

    def add(self, body: Body, problems: Problems) -> None:
        """Add the blocks of a file."""
        for block in body.blocks:
            if block.type == "locals":
                self._add_locals(block, problems)
            elif block.type == "provider":
                self.providers.append(block)
            elif block.type in _LABELS:
                self._add_labelled(block, problems)

    def _add_locals(self, block: Block, problems: Problems) -> None:
        for name, attribute in block.body.attributes.items():
            first = self.values.setdefault(name, attribute)
            if first is not attribute:
                self._twice(f"local.{name}", attribute.source, first.source, problems)

    def _add_labelled(self, block: Block, problems: Problems) -> None:
        wanted = _LABELS[block.type]
        if len(block.labels) != wanted:
            message = (
                f"the block {block.type} has {counted(wanted, 'label')}, not {len(block.labels)}"
            )
            problems.error(message, block.source)
        elif wanted == 2:
            key = (block.type, block.labels[0], block.labels[1])
            self._keep(self.resources, key, ".".join(block.labels), block, problems)
        else:
            known = getattr(self, f"{block.type}s")
            name = " ".join((block.type, *block.labels))
            self._keep(known, block.labels[0], name, block, problems)

    def override(self, body: Body, problems: Problems) -> None:
        """Lay an override file over what is declared."""
        fresh = Configuration(self.directory)
        fresh.add(body, problems)
        for key, attribute in fresh.values.items():
            self._tell_baseless(self.values, key, f"local.{key}", attribute.source, problems)
            self.values[key] = attribute
        for name in ("variables", "resources", "modules", "outputs"):
            own = getattr(self, name)
            for key, block in getattr(fresh, name).items():
                what = " ".join((block.type, *block.labels))
                self._tell_baseless(own, key, what, block.source, problems)
                own[key] = _overridden(own[key], block) if key in own else block

    @staticmethod
    def _tell_baseless(
        known: Mapping[Any, object], key: object, what: str, source: SourceRef, problems: Problems
    ) -> None:
        if key not in known:
            message = f"{what} is overridden here, but no other file declares it"
            problems.error(message, source, hint="move it into a file that overrides nothing")

    def _keep(
        self, known: dict[Any, Block], key: object, name: str, block: Block, problems: Problems
    ) -> None:
        first = known.setdefault(key, block)
        if first is not block:
            self._twice(name, block.source, first.source, problems)

    def _twice(self, name: str, source: SourceRef, first: SourceRef, problems: Problems) -> None:
        problems.error(f"{name} is declared before, at {first}", source, rule="duplicate")


def _overridden(block: Block, by: Block) -> Block:
    types = {inner.type for inner in by.body.blocks} | by.body.attributes.keys()
    kept = {name: a for name, a in block.body.attributes.items() if name not in types}
    body = Body(
        kept | by.body.attributes,
        [inner for inner in block.body.blocks if inner.type not in types] + by.body.blocks,
    )
    return Block(block.type, block.labels, body, block.source)


@dataclass(slots=True)
class Loader:
    """Reads the modules of one root; each directory once, all of them within the limits."""

    project: Project
    problems: Problems
    files: dict[Path, None] = field(default_factory=dict)
    _known: dict[str, Configuration] = field(default_factory=dict)
    _bytes: int = 0

    def load(self, directory: Path) -> Configuration:
        """Return a module's configuration; what is wrong in its files is noted."""
        key = str(directory)
        if key not in self._known:
            self._known[key] = self._load(directory)
        return self._known[key]

    def _load(self, directory: Path) -> Configuration:
        found = Configuration(directory)
        try:
            names = self.project.names(directory)
        except OSError as error:
            source = SourceRef(self.project.name(directory))
            self.problems.error(f"cannot be read: {error.strerror}", source, rule="unreadable")
            return found
        paths = [directory / name for name in module_files(names)]
        plain = [path for path in paths if not is_override(path)]
        for path in (*plain, *(path for path in paths if is_override(path))):
            body = self._body(path)
            if body is not None:
                found.files.append(path)
                (found.override if is_override(path) else found.add)(body, self.problems)
        return found

    def _body(self, path: Path) -> Body | None:
        self.files.setdefault(path)
        source = SourceRef(self.project.name(path))
        if len(self.files) > MOST_FILES:
            message = f"more than {MOST_FILES} Terraform files: the rest is not read"
            self.problems.error(message, source)
            return None
        try:
            self.project.check_inside(path)
            text = self.project.read(path)
            self._bytes += len(text)
            if self._bytes > MOST_BYTES:
                message = f"more than {MOST_BYTES >> 20} MB of Terraform: the rest is not read"
                self.problems.error(message, source)
                return None
            parse = parse_json_file if path.name.endswith(".json") else parse_file
            return parse(text, source.path)
        except DefinitionError as error:
            self.problems.found.extend(error.problems)
            return None


def is_override(path: Path) -> bool:
    """Return whether a file overrides others."""
    stem = path.name.removesuffix(".json").removesuffix(".tf").removesuffix(".tofu")
    return stem == "override" or stem.endswith("_override")
