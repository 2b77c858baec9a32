"""The images of a Docker engine: found, pulled, built, and the pause image, which is made here.

What builds one, or the pause image, is imported when one is to be built.
"""

import threading
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from emulator.engines.base import EngineRefusedError, ImageInfo, ImageUnavailableError
from emulator.engines.docker_connection import DockerConnection
from emulator.engines.docker_convert import image_info
from emulator.engines.docker_errors import translated, understood

if TYPE_CHECKING:
    from emulator.engines.docker_build_content import FileDigests
    from emulator.model.image_builds import ImageBuild


class DockerImages(DockerConnection):
    """The methods of a `ContainerEngine` that are about images. `left_out` goes into no build."""

    def __init__(self, *, left_out: Path | None = None) -> None:
        super().__init__()
        self._left_out = left_out
        self._pause_lock = threading.Lock()
        self._pause_image: str | None = None

    @cached_property
    def _digests(self) -> "FileDigests":
        from emulator.engines.docker_build_content import FileDigests

        return FileDigests()

    def find_image(self, image: str) -> ImageInfo | None:
        """Return an image that is already here, or None."""
        try:
            return self._image(image)
        except ImageUnavailableError:
            return None

    def _image(self, image: str) -> ImageInfo:
        with translated():
            found = self._api.inspect_image(image)
        with understood("an image"):
            return image_info(found, image)

    def build_image(
        self, build: "ImageBuild", *, platform: str | None = None, progress: Callable[[str], None]
    ) -> str:
        """Return the image of a build's present content. Raises `ImageUnavailableError`."""
        from emulator.engines.docker_build import build_image, build_tag
        from emulator.engines.docker_build_content import BuildContent

        content = BuildContent(build, self._left_out)
        tag = build_tag(content, platform, self._digests)
        if self.find_image(tag) is None:
            with translated():
                build_image(self._api, content, tag, platform, progress)
        return tag

    def pull_image(
        self,
        image: str,
        *,
        platform: str | None = None,
        login: tuple[str, str] | None = None,
        progress: Callable[[str], None],
    ) -> ImageInfo:
        """Pull an image. Raises `ImageUnavailableError`."""
        from emulator.engines.docker_pull import pull

        try:
            with translated():
                pull(self._api, image, platform, login, progress)
            return self._image(image)
        except EngineRefusedError as error:
            raise ImageUnavailableError(error.message) from error

    def pause_image(self) -> str:
        """Return the pause image, made when it is not here."""
        from emulator.engines.docker_pause import PAUSE_REPOSITORY, PAUSE_TAG

        with self._pause_lock:
            if self._pause_image is None:
                name = f"{PAUSE_REPOSITORY}:{PAUSE_TAG}"
                if self.find_image(name) is None:
                    self._import_pause_image()
                self._pause_image = name
            return self._pause_image

    def _import_pause_image(self) -> None:
        from emulator.engines.docker_pause import PAUSE_REPOSITORY, PAUSE_TAG, pause_archive

        with translated():
            version = self._api.version()
        with understood("its version"):
            architecture = str(version.get("Arch", "?"))
        with translated():
            self._api.import_image_from_data(
                pause_archive(architecture),
                repository=PAUSE_REPOSITORY,
                tag=PAUSE_TAG,
                changes=['ENTRYPOINT ["/pause"]', "LABEL ecs-local.pause=1"],
            )
