"""Volumes of task definitions, and where containers mount them."""

import re
from dataclasses import replace
from typing import Final

from emulator.definitions.nodes import Fields, Node, Problems
from emulator.model.task_definition import ContainerDefinition
from emulator.model.volumes import (
    ConfiguredAtLaunch,
    DockerVolume,
    FileSystem,
    HostPath,
    MountPoint,
    TaskVolume,
    Volume,
    VolumeFrom,
    VolumeScope,
    VolumeSource,
)

_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,255}", re.ASCII)
_KINDS: Final = (
    "host",
    "dockerVolumeConfiguration",
    "efsVolumeConfiguration",
    "s3filesVolumeConfiguration",
    "fsxWindowsFileServerVolumeConfiguration",
    "configuredAtLaunch",
)
_SWITCH: Final = ("ENABLED", "DISABLED")


def read_volumes(fields: Fields, problems: Problems) -> tuple[Volume, ...]:
    """Take the `volumes` of a task definition."""
    found: dict[str, Volume] = {}
    for item in fields.items("volumes"):
        volume = _volume(item, problems)
        if volume is None:
            continue
        if volume.name in found:
            problems.error(f"volumes: {volume.name} is there twice", item.source)
        else:
            found[volume.name] = volume
    return tuple(found.values())


def _volume(node: Node, problems: Problems) -> Volume | None:
    entry = Fields(node, "the volume", problems)
    name = entry.text("name")
    given = [kind for kind in _KINDS if _is_given(kind, entry.take(kind))]
    if len(given) > 1:
        problems.error(f"volumes: {' and '.join(given)} exclude each other", node.source)
    content = _content(entry, given[0] if given else "host", problems)
    entry.refuse_rest()
    if not name or not _NAME.fullmatch(name):
        problems.error(
            f"volumes: {name or ''!r} cannot be the name of a volume",
            node.source,
            hint="1 to 255 letters, digits, - and _",
        )
        return None
    return Volume(name=name, content=content, source=node.source)


def _is_given(kind: str, node: Node | None) -> bool:
    """Return whether a volume is of a kind; `host: {}` says what holds anyway."""
    if node is None or node.value is None or node.value is False:
        return False
    return kind != "host" or node.value != {}


def _content(entry: Fields, kind: str, problems: Problems) -> VolumeSource:
    match kind:
        case "dockerVolumeConfiguration":
            return _docker_volume(entry.section(kind), problems)
        case "efsVolumeConfiguration":
            return _efs(entry.section(kind), problems)
        case "s3filesVolumeConfiguration":
            return _s3_files(entry.section(kind), problems)
        case "configuredAtLaunch":
            return ConfiguredAtLaunch() if entry.boolean(kind) else TaskVolume()
        case "fsxWindowsFileServerVolumeConfiguration":
            problems.error(f"volumes: {kind} is for Windows containers", entry.place(kind))
            return TaskVolume()
        case _:
            return _host(entry.section("host"), problems)


def _host(section: Fields | None, problems: Problems) -> VolumeSource:
    path = None if section is None else section.text("sourcePath")
    if section is not None:
        section.refuse_rest()
    if not path:
        return TaskVolume()
    if section is not None and (not path.startswith("/") or ":" in path):
        message = f"host.sourcePath {path!r} must begin with / and have no colon"
        problems.error(message, section.place("sourcePath"))
        return TaskVolume()
    return HostPath(source_path=path)


def _docker_volume(section: Fields | None, problems: Problems) -> VolumeSource:
    if section is None:
        return TaskVolume()
    scope = section.member("scope", of=VolumeScope)
    volume = DockerVolume(
        scope=scope or VolumeScope.TASK,
        autoprovision=section.boolean("autoprovision"),
        driver=section.text("driver"),
        driver_opts=section.mapping("driverOpts"),
        labels=section.mapping("labels"),
    )
    section.refuse_rest()
    if volume.autoprovision and volume.scope is VolumeScope.TASK:
        message = "dockerVolumeConfiguration.autoprovision is for volumes of the scope shared"
        problems.error(message, section.place("autoprovision"))
    return volume


def _efs(section: Fields | None, problems: Problems) -> VolumeSource:
    if section is None:
        return TaskVolume()
    system = section.text("fileSystemId", required=True)
    encryption = section.choice("transitEncryption", among=_SWITCH) == "ENABLED"
    port = section.integer("transitEncryptionPort")
    authorization = section.section("authorizationConfig")
    access_point, iam = None, False
    if authorization is not None:
        access_point = authorization.text("accessPointId")
        iam = authorization.choice("iam", among=_SWITCH) == "ENABLED"
        authorization.refuse_rest()
    root = _root_directory(section, problems)
    section.refuse_rest()
    if access_point and root != "/":
        message = "efsVolumeConfiguration: with an access point rootDirectory is left out or /"
        problems.rejected(message, section.place("rootDirectory"))
    if (access_point or iam or port is not None) and not encryption:
        wanted = "an access point" if access_point else "iam" if iam else "transitEncryptionPort"
        message = f"efsVolumeConfiguration: {wanted} needs transitEncryption ENABLED"
        problems.rejected(message, section.place("transitEncryption", "authorizationConfig"))
    return FileSystem(
        file_system=system or "",
        root_directory=root,
        access_point=access_point,
        transit_encryption=encryption,
        iam=iam,
    )


def _s3_files(section: Fields | None, problems: Problems) -> VolumeSource:
    if section is None:
        return TaskVolume()
    arn = section.text("fileSystemArn", required=True)
    access_point = section.text("accessPointArn")
    section.integer("transitEncryptionPort")
    root = _root_directory(section, problems)
    section.refuse_rest()
    return FileSystem(
        file_system=arn or "", root_directory=root, access_point=access_point, s3_files=True
    )


def _root_directory(section: Fields, problems: Problems) -> str:
    root = section.text("rootDirectory") or "/"
    if not root.startswith("/") or ".." in root.split("/"):
        message = f"rootDirectory {root!r} must begin with / and have no .."
        problems.error(message, section.place("rootDirectory"))
        return "/"
    return root


def with_mounts(
    container: ContainerDefinition, fields: Fields, problems: Problems
) -> ContainerDefinition:
    """Return a container with its mount points, and the containers it takes volumes from."""
    return replace(
        container,
        mount_points=_mount_points(fields, problems),
        volumes_from=_volumes_from(fields, problems),
    )


def _mount_points(fields: Fields, problems: Problems) -> tuple[MountPoint, ...]:
    """Take the `mountPoints` of a container definition."""
    found = []
    for item in fields.items("mountPoints"):
        entry = Fields(item, "the mount point", problems)
        volume = entry.text("sourceVolume", required=True)
        path = entry.text("containerPath", required=True)
        read_only = entry.boolean("readOnly")
        entry.refuse_rest()
        if path and (not path.startswith("/") or ":" in path):
            message = f"containerPath {path!r} must begin with / and have no colon"
            problems.error(message, item.source)
        elif volume and path:
            found.append(MountPoint(source_volume=volume, container_path=path, read_only=read_only))
    return tuple(found)


def _volumes_from(fields: Fields, problems: Problems) -> tuple[VolumeFrom, ...]:
    """Take `volumesFrom`."""
    found = []
    for item in fields.items("volumesFrom"):
        entry = Fields(item, "the entry of volumesFrom", problems)
        name = entry.text("sourceContainer", required=True)
        read_only = entry.boolean("readOnly")
        entry.refuse_rest()
        if name:
            found.append(VolumeFrom(source_container=name, read_only=read_only))
    return tuple(found)
