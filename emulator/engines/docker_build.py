"""Building an image from a directory of this machine, once for each content of it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from docker.errors import APIError
from requests.exceptions import RequestException

from emulator.engines.base import ImageUnavailableError
from emulator.engines.docker_build_content import BuildContent, FileDigests
from emulator.engines.docker_build_telling import BuildTelling, needs_buildkit
from emulator.engines.docker_buildkit import SILENCE_SECONDS, SILENT, build_with_buildkit, can_build
from emulator.engines.docker_errors import timed_out, understood
from emulator.model.image_builds import ImageBuild

REPOSITORY: Final = "ecs-local/build"
LABEL: Final = "ecs-local.build"


def build_tag(content: BuildContent, platform: str | None, digests: FileDigests) -> str:
    """Return the name of the image that a build's present content makes.

    Raises `ImageUnavailableError`.
    """
    with _readable(content.build):
        return f"{REPOSITORY}:{content.digest(platform, digests)[:24]}"


def build_image(
    api: Any,
    content: BuildContent,
    tag: str,
    platform: str | None,
    progress: Callable[[str], None],
) -> None:
    """Build an image, telling each step; `ImageUnavailableError` names the one that failed.

    What the engine's own builder does not know, BuildKit does where the docker command is.
    """
    build = content.build
    told = BuildTelling(build, progress)
    progress(f"building an image from {build.context}")
    with _readable(build):
        try:
            _build_by_engine(api, content, tag, platform, told)
        except ImageUnavailableError as error:
            if not needs_buildkit(error.message) or not can_build():
                raise
            progress("the engine's own builder does not know all of it: BuildKit builds it")
            build_with_buildkit(content, tag, platform, BuildTelling(build, progress), LABEL)


def _build_by_engine(
    api: Any, content: BuildContent, tag: str, platform: str | None, told: BuildTelling
) -> None:
    build = content.build
    with content.archive() as archive:
        try:
            for event in api.build(
                fileobj=archive,
                custom_context=True,
                encoding=None,
                tag=tag,
                dockerfile=content.dockerfile,
                target=build.target,
                buildargs=dict(build.args),
                platform=platform,
                labels={LABEL: build.context},
                rm=True,
                forcerm=True,
                decode=True,
                timeout=SILENCE_SECONDS,
            ):
                with understood("the progress of a build"):
                    failed, line = event.get("error"), event.get("stream") or ""
                if failed is not None:
                    raise told.failure(str(failed))
                told.tell(str(line))
        except APIError as error:
            raise told.failure(str(error.explanation or error)) from error
        except RequestException as error:
            if not timed_out(error):
                raise
            raise told.failure(SILENT) from error


@contextmanager
def _readable(build: ImageBuild) -> Iterator[None]:
    """Turn the errors of a context that cannot be read into ours."""
    try:
        yield
    except RequestException:
        raise  # One of OSError's kind, and about the engine.
    except OSError as error:
        place, why = error.filename or build.context, error.strerror or error
        message = f"building from {build.context}: {place}: {why}"
        raise ImageUnavailableError(message) from error
    except ValueError as error:
        message = f"building from {build.context}: what is there cannot be read: {error}"
        raise ImageUnavailableError(message) from error
