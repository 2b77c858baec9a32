"""What `cdk synth` leaves in cdk.out: stacks with their templates, and the images they are made of.

AWS: "Cloud assembly" in the CDK developer guide; the schema is that of `cloud-assembly-schema`.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from emulator.definitions.cdk_images import image_asset, images_of_metadata
from emulator.definitions.cloudformation import read_stack
from emulator.definitions.cloudformation.exports import Exports
from emulator.definitions.cloudformation.stack import Stack
from emulator.definitions.cloudformation.stacks import OpenStack, open_stack
from emulator.definitions.files import real_path
from emulator.definitions.fragment import Fragment
from emulator.definitions.nodes import Fields, Node, child, failure
from emulator.definitions.reading import Reading
from emulator.errors import DefinitionError, SourceRef
from emulator.model.image_builds import LocalImage

MANIFEST: Final = "manifest.json"
STACK: Final = "aws:cloudformation:stack"
ASSETS: Final = "cdk:asset-manifest"
STAGE: Final = "cdk:cloud-assembly"
DEEPEST: Final = 5
MOST_STACKS: Final = 500


def is_assembly(directory: Path, names: Sequence[str]) -> bool:
    """Return whether a directory is a cloud assembly, which holds a file `cdk.out` too."""
    if MANIFEST not in names or "cdk.out" not in names:
        return False
    # Beside a web page's manifest it is the directory that `cdk synth` makes.
    return os.path.isfile(directory / "cdk.out")  # noqa: PTH113 - raises for nothing


def read_assembly(directory: Path, reading: Reading) -> Fragment:
    """Return what the stacks of a cloud assembly define. Raises `DefinitionError`."""
    assembly = _Assembly(reading)
    assembly.read(directory, 0)
    assembly.read_stacks()
    return assembly.fragment


@dataclass(slots=True)
class _Assembly:
    reading: Reading
    fragment: Fragment = field(default_factory=lambda: Fragment(files=[]))
    exports: Exports = field(default_factory=Exports)
    images: dict[str, LocalImage] = field(default_factory=dict)
    stacks: list[OpenStack] = field(default_factory=list)
    directories: set[Path] = field(default_factory=set)

    def read(self, directory: Path, depth: int) -> None:
        """Open the stacks of a directory and of the stages within it. Raises `DefinitionError`."""
        manifest = directory / MANIFEST
        place = SourceRef(self.reading.project.name(manifest))
        if depth > DEEPEST:
            raise failure(f"stages nest more than {DEEPEST} deep", place)
        self.directories.add(real_path(directory))
        artifacts = self._artifacts(manifest)
        # Of this directory alone: in another stage the same content is another file.
        uploads: dict[str, Node] = {}
        for artifact in artifacts:
            if artifact.kind == ASSETS:
                uploads |= self._assets(manifest, artifact)
        for artifact in artifacts:
            if artifact.kind == STACK:
                listed = child(artifact.node, "metadata")
                self.images.update(images_of_metadata(manifest, listed, self.reading))
                self._stack(manifest, artifact, uploads)
        for artifact in artifacts:
            if artifact.kind == STAGE:
                stage = self._referred(manifest, artifact, "directoryName", directory=True)
                # Once each: stages that all name the next ones would multiply at each level.
                if stage is not None and real_path(stage) not in self.directories:
                    self.read(stage, depth + 1)

    def _artifacts(self, manifest: Path) -> "list[_Artifact]":
        self.fragment.files.append(manifest)
        root = self.reading.project.read_json(manifest)
        fields = Fields(root, "the manifest", self.reading.problems)
        return [_artifact(name, node) for name, node in fields.entries("artifacts")]

    def _referred(
        self, manifest: Path, artifact: "_Artifact", name: str, *, directory: bool = False
    ) -> Path | None:
        node = artifact.properties.get(name)
        if node is None or not isinstance(node.value, str):
            message = f"the artifact {artifact.name} has no {name}"
            self.reading.problems.error(message, artifact.node.source)
            return None
        try:
            return self.reading.project.referred(
                node.value, node.source, manifest, directory=directory
            )
        except DefinitionError as error:
            self.reading.problems.found.extend(error.problems)
            return None

    def _stack(self, manifest: Path, artifact: "_Artifact", uploads: Mapping[str, Node]) -> None:
        """Open a stack, so that others find what it exports."""
        path = self._referred(manifest, artifact, "templateFile")
        if path is None:
            return
        if len(self.stacks) >= MOST_STACKS:
            raise failure(f"more than {MOST_STACKS} stacks", artifact.node.source)
        account, region = _environment(artifact, self.reading)
        named = artifact.properties.get("stackName")
        name = str(named.value) if named is not None else artifact.name
        stack = Stack(name=name, region=region, account=account)
        text = self.reading.project.read(path)
        opened = open_stack(path, text, stack, self.reading, self.exports, uploads)
        self.exports.add(opened)
        self.stacks.append(opened)

    def read_stacks(self) -> None:
        """Read the stacks that have been opened. Raises `DefinitionError`."""
        for opened in self.stacks:
            own = read_stack(opened)
            if own.rules or own.event_rules:
                self._note_environment(opened.stack)
            self._note_builds(own)
            self.fragment.include(own)

    def _note_environment(self, stack: Stack) -> None:
        """Take the first stack's account and region for all: patterns of events name them.

        Both are of one stack, the first that says others than ours.
        """
        ours = (self.reading.account, self.reading.region)
        if self.fragment.account is None and (stack.account, stack.region) != ours:
            self.fragment.account, self.fragment.region = stack.account, stack.region

    # -- assets --------------------------------------------------------------------------------

    def _assets(self, manifest: Path, artifact: "_Artifact") -> dict[str, Node]:
        """Remember the image assets of a stack by their tags; return its files by their names."""
        path = self._referred(manifest, artifact, "file")
        if path is None:
            return {}
        self.fragment.files.append(path)
        root = self.reading.project.read_json(path)
        fields = Fields(root, "the asset manifest", self.reading.problems)
        for tag, node in fields.entries("dockerImages"):
            image = image_asset(path, tag, node, self.reading)
            if image is not None:
                self.images[tag] = image
        files = fields.entries("files")
        return {name: path for _, node in files for name, path in _uploads(node)}

    def _note_builds(self, own: Fragment) -> None:
        """Note how the image assets of a stack are built, under the names that it has for them."""
        for definition in own.task_definitions:
            for container in definition.container_definitions:
                image = self.images.get(container.image.rpartition(":")[2])
                if image is not None:
                    self.fragment.builds[container.image] = image


def _uploads(node: Node) -> Iterator[tuple[str, Node]]:
    """Yield where an uploaded file is, by its name there: URLs of nested stacks end in it."""
    path, destinations = child(child(node, "source"), "path"), child(node, "destinations")
    if path is None or destinations is None or not isinstance(destinations.value, dict):
        return
    for destination in destinations.value.values():
        key = child(destination, "objectKey")
        if key is not None and isinstance(key.value, str):
            yield key.value.rpartition("/")[2], path


@dataclass(frozen=True, slots=True)
class _Artifact:
    name: str
    kind: str
    node: Node
    properties: dict[str, Node]


def _artifact(name: str, node: Node) -> _Artifact:
    entries = node.value if isinstance(node.value, dict) else {}
    kind = entries.get("type")
    properties = entries.get("properties")
    return _Artifact(
        name,
        kind.value if kind is not None and isinstance(kind.value, str) else "",
        node,
        properties.value if properties is not None and isinstance(properties.value, dict) else {},
    )


def _environment(artifact: _Artifact, reading: Reading) -> tuple[str, str]:
    """Return the account and region of `aws://ACCOUNT/REGION`; ours where they are not known."""
    entries = artifact.node.value if isinstance(artifact.node.value, dict) else {}
    node = entries.get("environment")
    text = str(node.value) if node is not None else ""
    account, _, region = text.removeprefix("aws://").partition("/")
    known_account = account.isascii() and account.isdigit() and len(account) == 12
    known_region = region != "" and not region.startswith("unknown-")
    return (
        account if known_account else reading.account,
        region if known_region else reading.region,
    )
