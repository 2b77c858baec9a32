"""Building an image from a directory of this machine, once for each content of it."""

import re
import shlex
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import PurePath
from typing import Any, Final

from docker.errors import APIError
from requests.exceptions import RequestException

from emulator.engines.base import ImageUnavailableError
from emulator.engines.docker_build_content import BuildContent, FileDigests
from emulator.engines.docker_errors import timed_out
from emulator.model.image_builds import ImageBuild

REPOSITORY: Final = "ecs-local/build"
LABEL: Final = "ecs-local.build"
SILENCE_SECONDS: Final = 1800
"""A build that says nothing for so long is given up; the engine ends it with the connection."""

LAST_WORDS: Final = 15
LONGEST_NAME: Final = 20
"""Characters of a directory's name before each line: those of CDK have 70."""

_TELL_EVERY_SECONDS: Final = 2.0
_STEP: Final = re.compile(r"Step \d+/\d+ : ")
_BOOKKEEPING: Final = re.compile(r"---> |Removing intermediate container ")


def build_tag(build: ImageBuild, platform: str | None, digests: FileDigests) -> str:
    """Return the name of the image that a build's present content makes.

    Raises `ImageUnavailableError`.
    """
    with _readable(build):
        return f"{REPOSITORY}:{BuildContent(build).digest(platform, digests)[:24]}"


def build_image(
    api: Any,
    build: ImageBuild,
    tag: str,
    platform: str | None,
    progress: Callable[[str], None],
) -> None:
    """Build an image, telling each step; `ImageUnavailableError` names the one that failed."""
    content, told = BuildContent(build), _Telling(build, progress)
    progress(f"building an image from {build.context}")
    with _readable(build), content.archive() as archive:
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
                told.tell(event)
        except APIError as error:
            raise told.failure(str(error.explanation or error)) from error
        except RequestException as error:
            if not timed_out(error):
                raise
            message = f"it said nothing for {SILENCE_SECONDS // 60} minutes"
            raise told.failure(message) from error


class _Telling:
    """Tells what a build does, and remembers what it said last."""

    def __init__(self, build: ImageBuild, progress: Callable[[str], None]) -> None:
        self._build = build
        name = PurePath(build.context).name
        self._name = name if len(name) <= LONGEST_NAME else f"{name[:LONGEST_NAME]}…"
        self._progress = progress
        self._step = "before its first step"
        self._last_words: deque[str] = deque(maxlen=LAST_WORDS)
        self._told_at = 0.0

    def tell(self, event: Mapping[str, Any]) -> None:
        """Take one event of the engine. Raises `ImageUnavailableError` when it is the end."""
        if "error" in event:
            raise self.failure(str(event["error"]))
        line = str(event.get("stream") or "").strip()
        if _STEP.match(line):
            self._step = f"at {line}"
            self._last_words.clear()
        elif line and not _BOOKKEEPING.match(line):
            self._last_words.append(line)
            if time.monotonic() - self._told_at < _TELL_EVERY_SECONDS:
                return
        else:
            return
        self._told_at = time.monotonic()
        self._progress(f"building {self._name}: {line}")

    def failure(self, why: str) -> ImageUnavailableError:
        """Return the error of a build that ends here, with what was said since its step began."""
        said = "".join(f"\n    {line}" for line in self._last_words)
        by_hand = f"by hand: {command(self._build)}"
        if "buildkit" in why.lower():
            by_hand = f"have BuildKit build it, and name its image under local.images; {by_hand}"
        return ImageUnavailableError(
            f"building from {self._build.context} failed {self._step}: {why.strip()}",
            hint=f"its last words:{said}\n  {by_hand}" if said else by_hand,
        )


def command(build: ImageBuild) -> str:
    """Return the `docker build` that does the same."""
    words = ["docker", "build"]
    if build.dockerfile is not None:
        words += ["-f", build.dockerfile]
    if build.target is not None:
        words += ["--target", build.target]
    for name in build.args:
        # Its value may be nothing for a screen; docker takes it from the environment.
        words += ["--build-arg", name]
    return shlex.join([*words, build.context])


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
