"""Which volumes and directories stand behind the volumes of a task (pure)."""

from collections.abc import Mapping
from dataclasses import field
from pathlib import PurePath
from typing import Final, assert_never
from urllib.parse import quote

from emulator.engines.spec import HostMount, VolumeMount
from emulator.model.definitions import Local
from emulator.model.task import Task
from emulator.model.task_definition import ContainerDefinition
from emulator.model.volumes import (
    ConfiguredAtLaunch,
    DockerVolume,
    FileSystem,
    HostPath,
    TaskVolume,
    Volume,
    VolumeScope,
)
from emulator.values import frozen

FILE_SYSTEMS: Final = "efs"
"""The directory of the state directory that holds file systems."""


@frozen
class PlannedVolume:
    """A volume to create in the engine; `shared` ones stay when the task is over."""

    name: str
    labels: Mapping[str, str] = field(default_factory=dict)
    driver: str | None = None
    driver_opts: Mapping[str, str] = field(default_factory=dict)
    shared: bool = False


@frozen
class PlannedDirectory:
    """A directory of this machine, made when it is missing.

    `open_to_all`: it stands for an access point, which lets any user of a container write.
    """

    path: PurePath
    open_to_all: bool = False


Planned = PlannedVolume | PlannedDirectory | HostPath


def plan_volumes(
    task: Task, local: Local, state_directory: PurePath, labels: Mapping[str, str]
) -> dict[str, Planned]:
    """Return what stands behind each volume, by its name in the task definition."""
    return {
        volume.name: _planned(volume, task, local, state_directory, labels)
        for volume in task.task_definition.volumes
    }


def _planned(
    volume: Volume,
    task: Task,
    local: Local,
    state_directory: PurePath,
    labels: Mapping[str, str],
) -> Planned:
    mapped = local.volumes.get(volume.name)
    if mapped is not None:
        return PlannedDirectory(path=PurePath(mapped))
    own = f"ecs-{task.task_definition.family}-{task.id}-{volume.name}"
    match volume.content:
        case TaskVolume() | ConfiguredAtLaunch():
            return PlannedVolume(name=own, labels=labels)
        case HostPath():
            return volume.content
        case DockerVolume():
            return _docker_volume(volume.name, own, volume.content, labels)
        case FileSystem():
            return _file_system(volume.content, local, state_directory)
        case _:
            assert_never(volume.content)


def _docker_volume(
    name: str, own: str, content: DockerVolume, labels: Mapping[str, str]
) -> PlannedVolume:
    shared = content.scope is VolumeScope.SHARED
    return PlannedVolume(
        name=name if shared else own,
        labels=content.labels if shared else {**content.labels, **labels},
        driver=content.driver,
        driver_opts=content.driver_opts,
        shared=shared,
    )


def _file_system(content: FileSystem, local: Local, state_directory: PurePath) -> PlannedDirectory:
    """Return the directory of a file system: one per access point, else its root directory."""
    point = content.access_point
    below = content.root_directory.strip("/")
    if point is not None and point in local.volumes:
        return PlannedDirectory(path=PurePath(local.volumes[point]))
    if content.file_system in local.volumes:
        return PlannedDirectory(path=PurePath(local.volumes[content.file_system]) / below)
    root = state_directory / FILE_SYSTEMS / _directory_name(content.file_system)
    if point is not None:
        return PlannedDirectory(path=root / _directory_name(point), open_to_all=True)
    return PlannedDirectory(path=root / below)


def _directory_name(name: str) -> str:
    """Return a name of one directory for an id or ARN, which leads nowhere else."""
    return quote(name.rpartition("/")[2] or name, safe="").replace(".", "%2E")


def container_mounts(
    container: ContainerDefinition, planned: Mapping[str, Planned]
) -> tuple[VolumeMount | HostMount, ...]:
    """Return a container's mounts."""
    return tuple(
        _mount(planned[m.source_volume], m.container_path, read_only=m.read_only)
        for m in container.mount_points
    )


def _mount(planned: Planned, path: str, *, read_only: bool) -> VolumeMount | HostMount:
    match planned:
        case PlannedVolume():
            return VolumeMount(volume=planned.name, container_path=path, read_only=read_only)
        case PlannedDirectory():
            host = str(planned.path)
            return HostMount(host_path=host, container_path=path, read_only=read_only)
        case HostPath():
            return HostMount(
                host_path=planned.source_path, container_path=path, read_only=read_only
            )
        case _:
            assert_never(planned)
