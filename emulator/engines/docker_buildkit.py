"""Builds by BuildKit, through the `docker` command: the engine's API alone cannot ask for them."""

import os
import selectors
import shutil
import subprocess
from collections.abc import Iterator
from typing import IO, Final

from emulator.engines.docker_build_content import BuildContent
from emulator.engines.docker_build_telling import BuildTelling

SILENCE_SECONDS: Final = 1800
"""A build that says nothing for so long is given up; the engine ends it with the connection."""

SILENT: Final = f"it said nothing for {SILENCE_SECONDS // 60} minutes"
_CHUNK: Final = 64 * 1024


def can_build() -> bool:
    """Return whether the docker command is here."""
    return shutil.which("docker") is not None


def build_with_buildkit(
    content: BuildContent, tag: str, platform: str | None, told: BuildTelling, label: str
) -> None:
    """Build an image from the very content that the engine's own builder would get.

    Raises `ImageUnavailableError`, and OSError where the command cannot be run.
    """
    build = content.build
    words = ["docker", "build", "--progress", "plain", "-t", tag, "-f", content.dockerfile]
    words += ["--label", f"{label}={build.context}"]
    words += [] if build.target is None else ["--target", build.target]
    words += [] if platform is None else ["--platform", platform]
    for name, value in build.args.items():
        words += ["--build-arg", f"{name}={value}"]
    last = ""
    with (
        # Compressed, for the command knows an archive by its first bytes, and not every tar file.
        _from_its_start(content.archive(compressed=True)) as archive,
        subprocess.Popen(  # noqa: S603 - words of ours, and no shell
            [*words, "-"],
            stdin=archive,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=os.environ | {"DOCKER_BUILDKIT": "1"},
        ) as process,
    ):
        try:
            for line in _lines(process):
                told.tell(line)
                last = line.strip() or last
        except TimeoutError as error:
            raise told.failure(SILENT) from error
        if process.wait() != 0:
            raise told.failure(last or f"docker build ended with {process.returncode}")


def _from_its_start(file: IO[bytes]) -> IO[bytes]:
    """Have another process read a file from its start: Python's position is not the system's."""
    file.flush()
    os.lseek(file.fileno(), 0, os.SEEK_SET)
    return file


def _lines(process: "subprocess.Popen[bytes]") -> Iterator[str]:
    """Yield what a process writes, line by line. Raises TimeoutError when it is silent too long."""
    assert process.stdout is not None
    rest = b""
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while True:
            if not selector.select(SILENCE_SECONDS):
                process.kill()
                raise TimeoutError
            chunk = os.read(process.stdout.fileno(), _CHUNK)
            *whole, rest = (rest + chunk).split(b"\n")
            yield from (line.decode("utf-8", "replace") for line in whole)
            if not chunk:
                yield rest.decode("utf-8", "replace")
                return
