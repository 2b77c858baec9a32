"""A scriptable engine that runs nothing: for tests, and for machines without Docker.

It keeps the contract of `ContainerEngine` with timers and signals instead of processes: what
lasts lasts by the timers it is given, so that a simulated clock drives it.
"""

import itertools
import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from emulator.clock import Clock, system_clock
from emulator.engines.base import (
    ContainerExit,
    ContainerSummary,
    EngineInfo,
    EngineRefusedError,
    ImageInfo,
    ImageUnavailableError,
    LogRecord,
    NetworkAddress,
    OutputChunk,
)
from emulator.engines.fake_container import SIGKILL_EXIT, FakeContainer, FakeProcess
from emulator.engines.fake_ends import FakeEnds
from emulator.engines.fake_images import PAUSE_IMAGE, FakeImages
from emulator.engines.spec import CONTAINER_NAME_LABEL, ContainerSpec
from emulator.errors import EngineUnavailableError
from emulator.model.health import HealthStatus
from emulator.model.task import FAKE_ENGINE
from emulator.timers import Timers, WallTimers

if TYPE_CHECKING:
    from emulator.model.image_builds import ImageBuild

__all__ = ["FakeEngine", "FakeProcess"]


class FakeEngine:
    """A `ContainerEngine` of scripted processes, by container name or by image.

    A container's name is its ECS one, from its label, or the name it was created with. What no
    script speaks of exits 0 at once; `choose` is asked first, each time one starts. `images` are
    here already (None: all there are); `registry` can be pulled. `timers` say how long everything
    lasts; without any, by the machine's clock, and health checks do not wait for their interval.
    `name` is the engine it says it is.
    """

    def __init__(
        self,
        processes: Mapping[str, FakeProcess] | None = None,
        *,
        choose: Callable[[ContainerSpec], FakeProcess | None] = lambda _spec: None,
        images: frozenset[str] | None = frozenset({"alpine:latest"}),
        registry: frozenset[str] = frozenset(),
        clock: Clock = system_clock,
        timers: Timers | None = None,
        name: str = FAKE_ENGINE,
    ) -> None:
        self.calls: list[str] = []
        self._processes = dict(processes or {})
        self._choose = choose
        self._images = FakeImages(images, registry)
        self._clock = clock
        self._paced = timers is not None
        self._own_timers = WallTimers(system_clock)
        self._timers: Timers = timers or self._own_timers
        self._ends = FakeEnds(self._timers)
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self._containers: dict[str, FakeContainer] = {}
        self._volumes: dict[str, Mapping[str, str]] = {}
        self._groups: set[str] = set()
        self._gone = False
        self._called = name

    def disappear(self) -> None:
        """Be an engine that is shut down: output ends, and no request is answered any more."""
        self._gone = True
        for container in self._listed():
            container.vanish()

    def fall_silent(self) -> None:
        """Be an engine that answers no more, though its containers live on."""
        self._gone = True
        for container in self._listed():
            container.fall_silent()

    def come_back(self) -> None:
        """Answer again, with the containers as they are by now."""
        self._gone = False

    def info(self) -> EngineInfo:
        """Describe the engine, and that it runs nothing."""
        self._answer()
        return EngineInfo(
            name=self._called,
            version="0",
            api_version="0",
            operating_system="none: nothing is really run",
            architecture="x86_64",
            cgroup_version="-",
            cgroup_driver="-",
            cpus=2,
            memory_bytes=0,
            root_directory="",
        )

    def known(self) -> EngineInfo:
        """Describe the engine, which has no time of its own."""
        return self.info()

    def find_image(self, image: str) -> ImageInfo | None:
        """Return an image that is here, or None."""
        self._answer()
        return self._images.find(image)

    def build_image(
        self, build: "ImageBuild", *, platform: str | None = None, progress: Callable[[str], None]
    ) -> str:
        """Return an image named after the directory."""
        self._answer()
        self._note(f"build {build.context}")
        progress(f"building from {build.context}")
        return self._images.build(build)

    def pull_image(
        self,
        image: str,
        *,
        platform: str | None = None,
        login: tuple[str, str] | None = None,
        progress: Callable[[str], None],
    ) -> ImageInfo:
        """Take an image from the made-up registry. Raises `ImageUnavailableError`."""
        self._answer()
        self._note(f"pull {image}" + (f" as {login[0]}" if login else ""))
        pulled = self._images.pull(image)
        progress(f"pulled {image}")
        return pulled

    def pause_image(self) -> str:
        """Return the name of the pause image."""
        return PAUSE_IMAGE

    def create(self, spec: ContainerSpec) -> str:
        """Create a container. Raises `ImageUnavailableError`."""
        if self.find_image(spec.image) is None:
            message = f"No such image: {spec.image}"
            raise ImageUnavailableError(message)
        if any(container.spec.name == spec.name for container in self._listed()):
            message = f'Conflict. The container name "/{spec.name}" is already in use'
            raise EngineRefusedError(message)
        with self._lock:
            number = next(self._numbers)
        name = spec.labels.get(CONTAINER_NAME_LABEL, spec.name)
        self._note(f"create {name}")
        process = self._process(spec, name)
        container = FakeContainer(number, spec, process, self._timers, self._ends, self._clock)
        with self._lock:
            self._containers[container.id] = container
        return container.id

    def attach(self, container_id: str, *, tty: bool = False) -> Iterator[OutputChunk]:
        """Return the output of a container."""
        return iter(self._get(container_id).output.get, None)

    def start(self, container_id: str) -> None:
        """Start a container's process."""
        container = self._get(container_id)
        self._note(f"start {container.name}")
        process = container.process
        if container.ended.is_set():
            process = process.then or self._choose(container.spec) or process
        container.start(process, heard=not self._gone)

    def wait(self, container_id: str) -> ContainerExit:
        """Block until a container has exited, and say how."""
        container = self._get(container_id)
        if container.started_at is not None:
            container.ended.wait()
            self._answer()
        return container.exit

    def wait_briefly(self, container_id: str, patience: timedelta) -> ContainerExit | None:
        """Wait for a container's end, but not for long."""
        container = self._get(container_id)
        if container.started_at is not None:
            ended = container.ended.wait(patience.total_seconds())
            self._answer()
            if not ended:
                return None
        return container.exit

    def read_log(
        self, container_id: str, *, tty: bool = False, follow: bool = False
    ) -> Iterator[LogRecord]:
        """Return what a container has written, with `follow` once it has ended."""
        container = self._get(container_id)
        if follow:
            container.ended.wait()
        self._answer()
        yield from list(container.log)

    def address(self, container_id: str) -> NetworkAddress:
        """Return an address made of the container's number."""
        return self._get(container_id).address()

    def watch_health(self, container_id: str) -> Iterator[HealthStatus]:
        """Return what the process's script says of its health, until it has ended."""
        yield from self._get(container_id).watch_health(paced=self._paced)
        self._answer()

    def stats(self, container_id: str) -> Mapping[str, Any] | None:
        """Return that a running container has one process."""
        return {"pids_stats": {"current": 1}} if self._get(container_id).up else None

    def stop(self, container_id: str, *, grace: timedelta) -> None:
        """Send SIGTERM and, after `grace`, SIGKILL."""
        self._answer()
        container = self._containers.get(container_id)
        if container is None or container.started_at is None:
            return
        self._note(f"stop {container.name}")
        container.stop(grace)

    def kill(self, container_id: str) -> None:
        """Send SIGKILL."""
        self._answer()
        container = self._containers.get(container_id)
        if container is not None and container.started_at is not None:
            self._note(f"kill {container.name}")
            container.end(SIGKILL_EXIT)

    def remove(self, container_id: str) -> None:
        """Remove a container, killing it if need be."""
        self._answer()
        self._kill_quietly(container_id)
        with self._lock:
            container = self._containers.pop(container_id, None)
        if container is not None:
            self._note(f"remove {container.name}")

    def create_volume(
        self,
        name: str,
        labels: Mapping[str, str],
        *,
        driver: str | None = None,
        driver_opts: Mapping[str, str] | None = None,
    ) -> None:
        """Create a named volume."""
        self._answer()
        self._volumes.setdefault(name, labels)

    def remove_volume(self, name: str) -> None:
        """Remove a named volume."""
        self._answer()
        self._volumes.pop(name, None)

    def create_group(self, name: str, *, memory_bytes: int | None, nano_cpus: int | None) -> None:
        """Make a group."""
        self._answer()
        self._groups.add(name)

    def remove_group(self, name: str) -> None:
        """Remove a group."""
        self._answer()
        self._groups.discard(name)

    def find_containers(self, labels: Mapping[str, str]) -> list[ContainerSummary]:
        """Return all containers that carry all these labels."""
        self._answer()
        return [
            container.summary()
            for container in self._listed()
            if _carries(container.spec.labels, labels)
        ]

    def find_volumes(self, labels: Mapping[str, str]) -> list[str]:
        """Return the names of all volumes that carry all these labels."""
        self._answer()
        return [name for name, own in self._volumes.items() if _carries(own, labels)]

    def close(self) -> None:
        """End the timers, where they are its own."""
        self._own_timers.close()

    def _kill_quietly(self, container_id: str) -> None:
        """End a container without a note of it."""
        container = self._containers.get(container_id)
        if container is not None and container.started_at is not None:
            container.end(SIGKILL_EXIT)

    def _process(self, spec: ContainerSpec, name: str) -> FakeProcess:
        """Return what a new container does."""
        pauses = spec.image == PAUSE_IMAGE
        chosen = None if pauses else self._choose(spec)
        known = chosen or self._processes.get(name) or self._processes.get(spec.image)
        return known or FakeProcess(duration=None if pauses else timedelta())

    def _answer(self) -> None:
        if self._gone:
            message = "no container engine answers: it has disappeared"
            raise EngineUnavailableError(message)

    def _listed(self) -> list[FakeContainer]:
        with self._lock:
            return list(self._containers.values())

    def _get(self, container_id: str) -> FakeContainer:
        self._answer()
        container = self._containers.get(container_id)
        if container is None:
            message = f"No such container: {container_id}"
            raise EngineRefusedError(message)
        return container

    def _note(self, call: str) -> None:
        with self._lock:
            self.calls.append(call)


def _carries(own: Mapping[str, str], wanted: Mapping[str, str]) -> bool:
    return all(name in own and value in ("", own[name]) for name, value in wanted.items())
