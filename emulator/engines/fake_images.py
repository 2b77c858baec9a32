"""The images of the fake engine: those that are here, and those that a made-up registry has."""

from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from emulator.engines.base import ImageInfo, ImageUnavailableError

if TYPE_CHECKING:
    from emulator.model.image_builds import ImageBuild

PAUSE_IMAGE: Final = "ecs-local/pause:1"


class FakeImages:
    """`here` None: every image is. What is pulled or built is here from then on."""

    def __init__(self, here: frozenset[str] | None, registry: frozenset[str]) -> None:
        self._here = None if here is None else {*here, PAUSE_IMAGE}
        self._registry = registry

    def find(self, image: str) -> ImageInfo | None:
        """Return an image that is here, or None."""
        known = self._here is None or image in self._here
        return ImageInfo(id=f"sha256:{image}", digest=None, architecture="") if known else None

    def build(self, build: "ImageBuild") -> str:
        """Return an image named after the directory that it is built from."""
        tag = f"ecs-local/build:{PurePath(build.context).name}"
        self._add(tag)
        return tag

    def pull(self, image: str) -> ImageInfo:
        """Take an image from the registry. Raises `ImageUnavailableError`."""
        if image not in self._registry:
            message = f"manifest for {image} not found: manifest unknown"
            raise ImageUnavailableError(message)
        self._add(image)
        return ImageInfo(id=f"sha256:{image}", digest=f"sha256:{image}", architecture="")

    def _add(self, image: str) -> None:
        if self._here is not None:
            self._here.add(image)
