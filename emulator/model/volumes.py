"""Volumes of a task, and where its containers see them (AWS: Volume, MountPoint, VolumeFrom)."""

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum

from emulator.errors import SourceRef
from emulator.values import frozen


@frozen
class TaskVolume:
    """Empty storage that lives as long as the task."""


@frozen
class HostPath:
    """A path of the machine that runs the containers: `host.sourcePath`."""

    source_path: str


class VolumeScope(StrEnum):
    """How long a Docker volume lives: as the task, or until somebody removes it."""

    TASK = "task"
    SHARED = "shared"


@frozen
class DockerVolume:
    """A volume of the engine; `autoprovision` makes a shared one that is not there."""

    scope: VolumeScope = VolumeScope.TASK
    autoprovision: bool = False
    driver: str | None = None
    driver_opts: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)


@frozen
class FileSystem:
    """An EFS or S3 Files file system: a directory here, one for each access point.

    `file_system` is an id such as `fs-1234` or an ARN, as written; `s3_files` tells the two kinds
    apart where it is neither, because only AWS knows it.
    """

    file_system: str
    root_directory: str = "/"
    access_point: str | None = None
    transit_encryption: bool = False
    iam: bool = False
    s3_files: bool = False


@frozen
class ConfiguredAtLaunch:
    """Storage that RunTask's `volumeConfigurations` describe: an EBS volume on AWS."""


VolumeSource = TaskVolume | HostPath | DockerVolume | FileSystem | ConfiguredAtLaunch


@frozen
class Volume:
    """One entry of `volumes`: a name, and what is behind it."""

    name: str
    content: VolumeSource = field(default_factory=TaskVolume)
    source: SourceRef | None = field(default=None, compare=False)


@frozen
class MountPoint:
    """A volume of the task, as one container sees it."""

    source_volume: str
    container_path: str
    read_only: bool = False


@frozen
class VolumeFrom:
    """All mounts of another container of the task."""

    source_container: str
    read_only: bool = False
