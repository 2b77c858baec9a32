"""The Docker engine through the Docker SDK's low-level client.

SDK types and exceptions end here: everything else sees `engines.base`.
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from docker.errors import NotFound
from requests.exceptions import RequestException

from emulator.engines.base import (
    ContainerExit,
    ContainerSummary,
    EngineInfo,
    EngineRefusedError,
    LogRecord,
    NetworkAddress,
    OutputChunk,
)
from emulator.engines.docker_container import container_config
from emulator.engines.docker_convert import (
    container_exit,
    container_summary,
    label_filter,
    network_address,
)
from emulator.engines.docker_description import description
from emulator.engines.docker_errors import gone_is_fine, timed_out, translated, understood
from emulator.engines.docker_group_steps import Kind, Limits, making, parent, removing
from emulator.engines.docker_groups import carry_out
from emulator.engines.docker_images import DockerImages
from emulator.engines.docker_log import log_config, read_log
from emulator.engines.docker_stream import AttachedOutput
from emulator.engines.spec import ContainerSpec, OwnNetwork
from emulator.model.health import HealthStatus

_ITSELF: Final = "its description of itself"
_A_CONTAINER: Final = "the state of a container"


class DockerEngine(DockerImages):
    """A `ContainerEngine` over a Docker engine. Connects at the first request.

    `labels` are given to all that it makes. `left_out` is a directory that goes into no image.
    """

    def __init__(
        self, *, labels: Mapping[str, str] | None = None, left_out: Path | None = None
    ) -> None:
        super().__init__(left_out=left_out)
        self._labels = dict(labels or {})

    def info(self) -> EngineInfo:
        """Describe the engine."""
        return self._described(self._asked())

    def known(self) -> EngineInfo:
        """Describe the engine as this process knows it, and prove that it answers."""
        return self._described(self._met())._replace(system_time=None)

    def _described(self, details: Mapping[str, Any]) -> EngineInfo:
        with understood(_ITSELF):
            return description(self._api, details)

    def create(self, spec: ContainerSpec) -> str:
        """Create a container and return its id. Raises `ImageUnavailableError`."""
        info = self._info()
        with understood(_ITSELF):
            log = log_config(info, tty=spec.tty)
            group = None if spec.group is None else parent(Kind.of(info), spec.group)
        config = container_config(spec, log=log, parent=group)
        config["Labels"].update(self._labels)
        with translated():
            created = self._api.create_container_from_config(config, spec.name, spec.platform)
        with understood("the id of a created container"):
            container_id = str(created["Id"])
        if isinstance(spec.network, OwnNetwork):
            self._connect(container_id, spec.network.names[1:])
        return container_id

    def _connect(self, container_id: str, networks: tuple[str, ...]) -> None:
        """Connect a created container to more networks; a container that cannot be is removed."""
        try:
            for network in networks:
                with translated():
                    self._api.connect_container_to_network(container_id, network)
        except EngineRefusedError:
            self.remove(container_id)
            raise

    def attach(self, container_id: str, *, tty: bool = False) -> Iterator[OutputChunk]:
        """Connect to a container's output before it is started."""
        with translated():
            stream = self._api.attach_socket(container_id, {"stdout": 1, "stderr": 1, "stream": 1})
        return iter(AttachedOutput(stream._response, stream, tty=tty))

    def start(self, container_id: str) -> None:
        """Start a container."""
        with translated():
            self._api.start(container_id)

    def wait(self, container_id: str) -> ContainerExit:
        """Block until a container has exited, and say how."""
        with translated():
            # Answers at once when the container is down already: no need to look first.
            self._api.wait(container_id, timeout=None)
        return self._exit(container_id)

    def _exit(self, container_id: str) -> ContainerExit:
        found = self._inspected(container_id)
        with understood(_A_CONTAINER):
            return container_exit(found["State"])

    def _inspected(self, container_id: str) -> Any:
        with translated():
            return self._api.inspect_container(container_id)

    def wait_briefly(self, container_id: str, patience: timedelta) -> ContainerExit | None:
        """Wait as `wait` does, but not for long."""
        # Busy with the end of the container, the engine answers once it has got through with
        # it, however long that takes: only what really lives on is waited for by the clock.
        found = self._inspected(container_id)
        with understood(_A_CONTAINER):
            if not found["State"]["Running"]:
                return container_exit(found["State"])
        with translated():
            try:
                self._api.wait(container_id, timeout=patience.total_seconds())
            except RequestException as error:
                if not timed_out(error):
                    raise
                return None
        return self._exit(container_id)

    def read_log(
        self, container_id: str, *, tty: bool = False, follow: bool = False
    ) -> Iterator[LogRecord]:
        """Return the engine's own copy of a container's output."""
        with translated():
            try:
                yield from read_log(self._api, container_id, tty=tty, follow=follow)
            except ValueError as error:
                raise EngineRefusedError(str(error)) from error

    def address(self, container_id: str) -> NetworkAddress:
        """Return where a running container is in the network."""
        found = self._inspected(container_id)
        with understood(_A_CONTAINER):
            return network_address(found)

    def watch_health(self, container_id: str) -> Iterator[HealthStatus]:
        """Return what the health check of a started container finds, each change of it."""
        from emulator.engines.docker_health import health_changes

        with translated(), understood("the health of a container"):
            yield from health_changes(self._api, container_id)

    def stats(self, container_id: str) -> Mapping[str, Any] | None:
        """Return what a running container uses; None for one that is down."""
        with translated():
            try:
                found = self._api.stats(container_id, stream=False, one_shot=True)
            except NotFound:
                return None
        with understood("what a container uses"):
            return dict(found) if (found.get("pids_stats") or {}).get("current") else None

    def stop(self, container_id: str, *, grace: timedelta) -> None:
        """Send the stop signal and, after `grace`, SIGKILL."""
        with translated(), gone_is_fine():
            self._api.stop(container_id, timeout=int(grace.total_seconds()))

    def kill(self, container_id: str) -> None:
        """Send SIGKILL."""
        with translated(), gone_is_fine():
            self._api.kill(container_id)

    def remove(self, container_id: str) -> None:
        """Remove a container and its anonymous volumes, killing it if need be."""
        with translated(), gone_is_fine():
            self._api.remove_container(container_id, v=True, force=True)

    def create_volume(
        self,
        name: str,
        labels: Mapping[str, str],
        *,
        driver: str | None = None,
        driver_opts: Mapping[str, str] | None = None,
    ) -> None:
        """Create a named volume."""
        with translated():
            self._api.create_volume(
                name,
                driver=driver,
                driver_opts=None if driver_opts is None else dict(driver_opts),
                labels={**labels, **self._labels},
            )

    def remove_volume(self, name: str) -> None:
        """Remove a named volume."""
        with translated():
            try:
                self._api.remove_volume(name)
            except NotFound:
                return

    def create_group(self, name: str, *, memory_bytes: int | None, nano_cpus: int | None) -> None:
        """Make a control group whose containers together stay below limits."""
        limits = Limits(memory_bytes=memory_bytes, nano_cpus=nano_cpus)
        carry_out(making(Kind.of(self._info()), name, limits))

    def remove_group(self, name: str) -> None:
        """Remove a control group without containers."""
        carry_out(removing(Kind.of(self._info()), name))

    def find_containers(self, labels: Mapping[str, str]) -> list[ContainerSummary]:
        """Return all containers that carry all these labels."""
        with translated():
            found = self._api.containers(all=True, filters={"label": label_filter(labels)})
        with understood("the list of containers"):
            return [container_summary(container) for container in found]

    def find_volumes(self, labels: Mapping[str, str]) -> list[str]:
        """Return the names of all volumes that carry all these labels."""
        with translated():
            found = self._api.volumes(filters={"label": label_filter(labels)})
        with understood("the list of volumes"):
            return [str(volume["Name"]) for volume in found.get("Volumes") or []]
