"""Building an image from a directory of this machine, once for each content of it."""

import hashlib
import json
import os
import re
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any, Final

from docker.errors import APIError
from docker.utils.build import create_archive, exclude_paths

from emulator.engines.base import ImageUnavailableError
from emulator.model.definitions import ImageBuild

REPOSITORY: Final = "ecs-local/build"
LABEL: Final = "ecs-local.build"
_STEP: Final = re.compile(r"Step \d+/\d+ : ")
_OUTSIDE: Final = ".ecs-local.Dockerfile"
"""The name that a Dockerfile which lies outside of its context has in it."""

_CHUNK: Final = 1024 * 1024


def build_tag(build: ImageBuild, platform: str | None) -> str:
    """Return the name of the image that a build's present content makes.

    Content is everything that the build gets: files that .dockerignore leaves in, with their modes,
    the Dockerfile, target, arguments and platform. Raises `ImageUnavailableError`.
    """
    digest = hashlib.sha256(
        json.dumps([build.target, dict(sorted(build.args.items())), platform]).encode()
    )
    try:
        for name, path in _content(build):
            digest.update(f"{name}\0{path.lstat().st_mode:o}\0".encode("utf-8", "surrogateescape"))
            if path.is_symlink():
                digest.update(os.fsencode(path.readlink()))
            elif path.is_file():
                digest.update(_file_digest(path))
    except OSError as error:
        raise ImageUnavailableError(_unreadable(build, error)) from error
    return f"{REPOSITORY}:{digest.hexdigest()[:24]}"


def build_image(
    api: Any,
    build: ImageBuild,
    tag: str,
    platform: str | None,
    progress: Callable[[str], None],
) -> None:
    """Build an image, telling each step; `ImageUnavailableError` names the one that failed."""
    step = "before its first step"
    try:
        with _archive(build) as archive:
            for event in api.build(
                fileobj=archive,
                custom_context=True,
                encoding=None,
                tag=tag,
                dockerfile=_dockerfile(build)[0],
                target=build.target,
                buildargs=dict(build.args),
                platform=platform,
                labels={LABEL: build.context},
                rm=True,
                forcerm=True,
                decode=True,
            ):
                line = str(event.get("stream", "")).strip()
                if _STEP.match(line):
                    step = f"at {line}"
                    progress(f"building from {build.context}: {line}")
                if "error" in event:
                    message = f"building from {build.context} failed {step}: {event['error']}"
                    raise ImageUnavailableError(message.strip())
    except APIError as error:
        message = f"building from {build.context} failed: {error.explanation or error}"
        raise ImageUnavailableError(message) from error
    except OSError as error:
        raise ImageUnavailableError(_unreadable(build, error)) from error


def _content(build: ImageBuild) -> Iterator[tuple[str, Path]]:
    """Yield the files and directories of a build in a fixed order."""
    root = Path(build.context)
    inside, text = _dockerfile(build)
    if text is not None:
        yield "Dockerfile", Path(build.dockerfile or "")
    for name in sorted(exclude_paths(str(root), _ignored(root), dockerfile=inside)):
        yield name, root / name


def _archive(build: ImageBuild) -> IO[bytes]:
    inside, text = _dockerfile(build)
    root = Path(build.context)
    if not root.is_dir():
        raise NotADirectoryError(20, "not a directory", str(root))
    names = sorted(exclude_paths(str(root), _ignored(root), dockerfile=inside))
    extra = [] if text is None else [(inside, text)]
    spool = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes what it is given
    made: IO[bytes] = create_archive(str(root), files=names, fileobj=spool, extra_files=extra)
    return made


def _dockerfile(build: ImageBuild) -> tuple[str, str | None]:
    """Return the Dockerfile's name in the context, and its text where it lies outside of that."""
    if build.dockerfile is None:
        return "Dockerfile", None
    path, root = Path(build.dockerfile).absolute(), Path(build.context).absolute()
    if path.is_relative_to(root):
        return path.relative_to(root).as_posix(), None
    return _OUTSIDE, path.read_text("utf-8")


def _ignored(root: Path) -> list[str]:
    path = root / ".dockerignore"
    if not path.exists():
        return []
    lines = (line.strip() for line in path.read_text("utf-8").splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def _file_digest(path: Path) -> bytes:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.digest()


def _unreadable(build: ImageBuild, error: OSError) -> str:
    return f"building from {build.context}: {error.filename or build.context}: {error.strerror}"
