"""A Docker engine whose containers see another clock, where their image has libfaketime.

libfaketime (https://github.com/wolfcw/libfaketime) stands between a program and the C library. It
is told how far the clock is off, so that all processes of a container agree and time goes on for
them. A program that is linked statically never asks it.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Final

from docker.errors import NotFound

from emulator.clock import Clock, system_clock
from emulator.engines.docker import DockerEngine
from emulator.engines.docker_errors import translated
from emulator.engines.spec import CONTAINER_NAME_LABEL, PAUSE_CONTAINER, ContainerSpec

LIBRARY: Final = "libfaketime.so.1"
DIRECTORIES: Final = (
    "/usr/lib/x86_64-linux-gnu/faketime",
    "/usr/lib/aarch64-linux-gnu/faketime",
    "/usr/lib64/faketime",
    "/usr/lib/faketime",
    "/usr/local/lib/faketime",
)
"""Where Debian, Ubuntu, Fedora, Alpine and a build from source have it."""


class FakedClockEngine(DockerEngine):
    """A `ContainerEngine` over a Docker engine, with `clock` as what containers see.

    `tell` is called once for each image that has no library: its containers see the true clock.
    """

    def __init__(
        self,
        clock: Clock,
        tell: Callable[[str], None],
        *,
        left_out: Path | None = None,
        true_clock: Clock = system_clock,
    ) -> None:
        super().__init__(left_out=left_out)
        self._clock = clock
        self._true_clock = true_clock
        self._tell = tell
        self._looking = threading.Lock()
        self._libraries: dict[str, str | None] = {}
        """By image, the library's path in it; None: it has none."""

    def create(self, spec: ContainerSpec) -> str:
        """Create a container and return its id. Raises `ImageUnavailableError`."""
        if spec.labels.get(CONTAINER_NAME_LABEL, PAUSE_CONTAINER).startswith(PAUSE_CONTAINER):
            return super().create(spec)
        library = self._library_of(spec)
        if library is not None:
            ahead = self._clock() - self._true_clock()
            spec = replace(spec, environment=faked(spec.environment, library, ahead))
        return super().create(spec)

    def _library_of(self, spec: ContainerSpec) -> str | None:
        """Return the library's path in an image, by a container of it that never starts."""
        with self._looking:
            if spec.image not in self._libraries:
                container_id = super().create(spec)
                try:
                    self._libraries[spec.image] = self._find_library(container_id)
                finally:
                    self.remove(container_id)
                if self._libraries[spec.image] is None:
                    self._tell(f"{spec.image} has no {LIBRARY}: it sees this machine's clock")
            return self._libraries[spec.image]

    def _find_library(self, container_id: str) -> str | None:
        paths = (f"{directory}/{LIBRARY}" for directory in DIRECTORIES)
        return next((path for path in paths if self._has(container_id, path)), None)

    def _has(self, container_id: str, path: str) -> bool:
        with translated():
            try:
                chunks, _ = self._api.get_archive(container_id, path)
            except NotFound:
                return False
            chunks.close()
            return True


def faked(environment: Mapping[str, str], library: str, ahead: timedelta) -> dict[str, str]:
    """Return an environment in which the clock is so far ahead, or behind (pure).

    A library that is loaded already is loaded all the same. The clock that only measures is left
    as it is, so that timeouts and sleeps last as long as they say.
    """
    loaded = environment.get("LD_PRELOAD")
    return {
        **environment,
        "LD_PRELOAD": f"{library}:{loaded}" if loaded else library,
        "FAKETIME": f"{ahead.total_seconds():+.3f}",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "DONT_FAKE_MONOTONIC": "1",
    }
