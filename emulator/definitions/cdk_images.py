"""The image assets of a cloud assembly: how what lies in cdk.out is built into images.

AWS: "Cloud assembly" in the CDK developer guide; the schema is that of `cloud-assembly-schema`.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from emulator.definitions.nodes import Fields, Node, child
from emulator.definitions.reading import Reading
from emulator.errors import DefinitionError
from emulator.model.image_builds import ImageBuild, LocalImage

NOT_HONOURED: Final = (
    *("dockerBuildContexts", "dockerBuildSecrets", "dockerBuildSsh", "dockerOutputs"),
    "networkMode",
)
"""What an image asset may say of its build that the engine's own builder does not know."""

_OF_METADATA: Final = {
    "path": "directory",
    "file": "dockerFile",
    "target": "dockerBuildTarget",
    "buildArgs": "dockerBuildArgs",
    "platform": "platform",
    "networkMode": "networkMode",
}
"""What the metadata of a stack say of an image asset, and what manifests of assets call it."""


def images_of_metadata(
    manifest: Path, metadata: Node | None, reading: Reading
) -> Iterator[tuple[str, LocalImage]]:
    """Yield the image assets that a stack itself lists, as with version 1 of CDK, by their tags."""
    for entry in _entries(metadata):
        data = child(entry, "data")
        packaging, tag = child(data, "packaging"), child(data, "imageTag")
        if data is None or packaging is None or packaging.value != "container-image":
            continue
        if tag is None or not isinstance(tag.value, str):
            continue
        told = {new: said for old, new in _OF_METADATA.items() if (said := child(data, old))}
        node = Node({"source": Node(told, data.source)}, data.source)
        image = image_asset(manifest, tag.value, node, reading)
        if image is not None:
            yield tag.value, image


def _entries(metadata: Node | None) -> Iterator[Node]:
    """Yield what `metadata` says of all constructs."""
    if metadata is not None and isinstance(metadata.value, dict):
        for listed in metadata.value.values():
            if isinstance(listed.value, list):
                yield from listed.value


def image_asset(assets: Path, tag: str, node: Node, reading: Reading) -> LocalImage | None:
    """Return how an image asset is built; None for one that cannot be, noted."""
    problems, project = reading.problems, reading.project
    section = Fields(node, "the image asset", problems).section("source")
    if section is None:
        return None
    directory = section.text("directory")
    if directory is None:
        message = f"image asset {tag[:12]} is made by a command, which is not run here"
        hint = "make its image, and name that under local.images"
        problems.warning(message, section.source, hint=hint)
        return None
    try:
        place = section.place("directory")
        context = project.referred(directory, place, assets, directory=True).absolute()
    except DefinitionError as error:
        problems.found.extend(error.problems)
        return None
    for name in (name for name in NOT_HONOURED if name in section):
        message = f"image asset {tag[:12]}: {name} has no effect here"
        hint = "where it matters, make the image with `docker build` for local.images"
        problems.warning(message, section.place(name), hint=hint)
    file = section.text("dockerFile")
    build = ImageBuild(
        context=str(context),
        dockerfile=None if file is None else os.path.normpath(context / file),
        target=section.text("dockerBuildTarget"),
        args=section.mapping("dockerBuildArgs"),
    )
    if not project.holds(Path(build.dockerfile or build.context), assets.parent):
        problems.error(f"{file!r} lies outside of the project", section.place("dockerFile"))
        return None
    return LocalImage(build=build, platform=section.text("platform"))
