"""A scriptable engine that runs nothing: for tests, and for machines without Docker.

It keeps the contract of `ContainerEngine` with timers and signals instead of processes: what
lasts lasts by the timers it is given, so that a simulated clock drives it.
"""

import itertools
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import PurePath
from typing import Any, Final

from emulator.activity import Activity, Mailbox, Signal
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
from emulator.engines.spec import CONTAINER_NAME_LABEL, ContainerSpec, OwnNetwork
from emulator.errors import EngineUnavailableError
from emulator.model.health import HealthStatus
from emulator.model.image_builds import ImageBuild
from emulator.model.networking import NetworkBinding
from emulator.model.task import FAKE_ENGINE
from emulator.timers import Timer, Timers, WallTimers, after

PAUSE_IMAGE: Final = "ecs-local/pause:1"
_SIGTERM_EXIT: Final = 143
_SIGKILL_EXIT: Final = 137


@dataclass(frozen=True, kw_only=True, slots=True)
class FakeProcess:
    """What a container does: writes, lasts, and exits.

    `duration` None: it runs until it is stopped. `never_starts` is the engine's text for a start
    that fails. `health` is what its health check finds, one after the other, and `then` what it
    does when it is started again (None: the same).
    """

    output: tuple[OutputChunk, ...] = ()
    exit_code: int = 0
    duration: timedelta | None = timedelta(0)
    oom_killed: bool = False
    never_starts: str | None = None
    ignores_sigterm: bool = False
    health: tuple[HealthStatus, ...] = ()
    then: "FakeProcess | None" = None


class _FakeContainer:
    """One container: what it is to do, and how far it is."""

    def __init__(
        self, container_id: str, spec: ContainerSpec, process: FakeProcess, activity: Activity
    ) -> None:
        self.id = container_id
        self.spec = spec
        self.process = process
        self.output: Mailbox[OutputChunk | None] = Mailbox(activity)
        self.log: list[LogRecord] = []
        self.ended = Signal(activity)
        self.life = 0
        self.exit = ContainerExit(exit_code=None)
        self.started_at: datetime | None = None
        self.end_timer: Timer | None = None


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
        self._images = None if images is None else set(images)
        self._registry = registry
        self._clock = clock
        self._paced = timers is not None
        self._own_timers = WallTimers(system_clock)
        self._timers: Timers = timers or self._own_timers
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self._containers: dict[str, _FakeContainer] = {}
        self._volumes: dict[str, Mapping[str, str]] = {}
        self._groups: set[str] = set()
        self._gone = False
        self._called = name

    def disappear(self) -> None:
        """Be an engine that is shut down: output ends, and no request is answered any more."""
        self._gone = True
        for container in self._listed():
            container.output.put(None)
            container.ended.set()

    def fall_silent(self) -> None:
        """Be an engine that answers no more, though its containers live on."""
        self._gone = True
        for container in self._listed():
            container.output.put(None)
            awaited, container.ended = container.ended, Signal(self._timers.activity)
            if awaited.is_set():
                container.ended.set()
            awaited.set()

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
            storage_driver="-",
            cpus=2,
            memory_bytes=0,
            root_directory="",
        )

    def find_image(self, image: str) -> ImageInfo | None:
        """Return an image that is here, or None."""
        self._answer()
        known = self._images is None or image in self._images or image == PAUSE_IMAGE
        return ImageInfo(id=f"sha256:{image}", digest=None, architecture="") if known else None

    def build_image(
        self, build: ImageBuild, *, platform: str | None = None, progress: Callable[[str], None]
    ) -> str:
        """Return an image named after the directory."""
        self._answer()
        self._note(f"build {build.context}")
        progress(f"building from {build.context}")
        tag = f"ecs-local/build:{PurePath(build.context).name}"
        if self._images is not None:
            self._images.add(tag)
        return tag

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
        if image not in self._registry:
            message = f"manifest for {image} not found: manifest unknown"
            raise ImageUnavailableError(message)
        progress(f"pulled {image}")
        if self._images is not None:
            self._images.add(image)
        return ImageInfo(id=f"sha256:{image}", digest=f"sha256:{image}", architecture="")

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
        name = spec.labels.get(CONTAINER_NAME_LABEL, spec.name)
        self._note(f"create {name}")
        default = FakeProcess(duration=None) if spec.image == PAUSE_IMAGE else FakeProcess()
        chosen = None if spec.image == PAUSE_IMAGE else self._choose(spec)
        process = chosen or self._processes.get(name) or self._processes.get(spec.image) or default
        with self._lock:
            number = f"{next(self._numbers):064x}"
            container = _FakeContainer(number, spec, process, self._timers.activity)
            self._containers[container.id] = container
        return container.id

    def attach(self, container_id: str, *, tty: bool = False) -> Iterator[OutputChunk]:
        """Return the output of a container."""
        return iter(self._get(container_id).output.get, None)

    def start(self, container_id: str) -> None:
        """Start a container's process."""
        container = self._get(container_id)
        self._note(f"start {self._name(container)}")
        if container.process.never_starts is not None:
            raise EngineRefusedError(container.process.never_starts)
        if container.ended.is_set():
            again = container.process.then or self._choose(container.spec)
            container.process = again or container.process
            container.ended = Signal(self._timers.activity)
        container.started_at = self._clock()
        container.life += 1
        self._live(container)

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
        container = self._get(container_id)
        network = container.spec.network
        if not isinstance(network, OwnNetwork):
            return NetworkAddress(ip="", mac="")
        number = int(container.id, 16)
        return NetworkAddress(
            ip=f"172.17.{number // 256 % 256}.{number % 256}",
            mac=f"02:42:ac:11:{number // 256 % 256:02x}:{number % 256:02x}",
            bindings=tuple(
                NetworkBinding(
                    bind_ip=port.host_ip,
                    container_port=port.container_port,
                    host_port=port.host_port or 49153 + number,
                    protocol=port.protocol,
                )
                for port in network.ports
            ),
        )

    def watch_health(self, container_id: str) -> Iterator[HealthStatus]:
        """Return what the process's script says of its health, until it has ended."""
        container = self._get(container_id)
        ended, check = container.ended, container.spec.health_check
        for status in container.process.health:
            if self._paced and check is not None:
                passed = Signal(self._timers.activity)
                after(self._timers, timedelta(seconds=check.interval), passed.set)
                passed.wait()
            if ended.is_set():
                return
            yield status
        ended.wait()

    def stats(self, container_id: str) -> Mapping[str, Any] | None:
        """Return that a running container has one process."""
        container = self._get(container_id)
        up = container.started_at is not None and not container.ended.is_set()
        return {"pids_stats": {"current": 1}} if up else None

    def stop(self, container_id: str, *, grace: timedelta) -> None:
        """Send SIGTERM and, after `grace`, SIGKILL."""
        self._answer()
        container = self._containers.get(container_id)
        if container is None or container.started_at is None:
            return
        self._note(f"stop {self._name(container)}")
        ignores = container.process.ignores_sigterm
        if ignores and grace > timedelta():
            ended, life = container.ended, container.life
            after(self._timers, grace, lambda: self._end(container, _SIGKILL_EXIT, life))
            ended.wait()
        else:
            self._end(container, _SIGKILL_EXIT if ignores else _SIGTERM_EXIT)

    def kill(self, container_id: str) -> None:
        """Send SIGKILL."""
        self._answer()
        container = self._containers.get(container_id)
        if container is not None and container.started_at is not None:
            self._note(f"kill {self._name(container)}")
            self._end(container, _SIGKILL_EXIT)

    def remove(self, container_id: str) -> None:
        """Remove a container, killing it if need be."""
        self._answer()
        self.kill_quietly(container_id)
        with self._lock:
            container = self._containers.pop(container_id, None)
        if container is not None:
            self._note(f"remove {self._name(container)}")

    def kill_quietly(self, container_id: str) -> None:
        """End a container without a note of it."""
        container = self._containers.get(container_id)
        if container is not None and container.started_at is not None:
            self._end(container, _SIGKILL_EXIT)

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
        self._volumes[name] = labels
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
            ContainerSummary(
                id=container.id,
                name=container.spec.name,
                running=container.started_at is not None and not container.ended.is_set(),
                labels=container.spec.labels,
                never_started=container.started_at is None,
            )
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

    def _live(self, container: _FakeContainer) -> None:
        process, life = container.process, container.life
        for chunk in process.output:
            at = self._clock()
            container.log += [LogRecord(chunk.stream, line, at) for line in _records_of(chunk.data)]
            if not self._gone:
                container.output.put(chunk)
        if process.duration is not None:
            container.end_timer = after(
                self._timers,
                process.duration,
                lambda: self._end(container, process.exit_code, life, oom=process.oom_killed),
            )

    def _end(
        self,
        container: _FakeContainer,
        exit_code: int,
        life: int | None = None,
        *,
        oom: bool = False,
    ) -> None:
        """End a container's present life; nothing happens where it is over, or not `life`."""
        with self._lock:
            if container.ended.is_set() or life not in (None, container.life):
                return
            container.exit = ContainerExit(
                exit_code=exit_code,
                oom_killed=oom,
                started_at=container.started_at,
                finished_at=self._clock().astimezone(UTC),
            )
            if container.end_timer is not None:
                container.end_timer.cancel()
            container.output.put(None)
            container.ended.set()

    def _answer(self) -> None:
        if self._gone:
            message = "no container engine answers: it has disappeared"
            raise EngineUnavailableError(message)

    def _listed(self) -> list[_FakeContainer]:
        with self._lock:
            return list(self._containers.values())

    def _get(self, container_id: str) -> _FakeContainer:
        self._answer()
        container = self._containers.get(container_id)
        if container is None:
            message = f"No such container: {container_id}"
            raise EngineRefusedError(message)
        return container

    def _name(self, container: _FakeContainer) -> str:
        return container.spec.labels.get(CONTAINER_NAME_LABEL, container.spec.name)

    def _note(self, call: str) -> None:
        with self._lock:
            self.calls.append(call)


def _records_of(data: bytes) -> list[bytes]:
    """Return output as an engine copies it: line by line."""
    *lines, rest = data.split(b"\n")
    return [line + b"\n" for line in lines] + ([rest] if rest else [])


def _carries(own: Mapping[str, str], wanted: Mapping[str, str]) -> bool:
    return all(name in own and value in ("", own[name]) for name, value in wanted.items())
