"""What AWS, EventBridge and this machine allow of a task's volumes (pure).

Imported where a task definition has some: few have.
"""

from collections.abc import Iterable, Mapping, Sequence

from emulator.definitions.nodes import Problems, did_you_mean
from emulator.definitions.permissions import allow_hint
from emulator.errors import SourceRef
from emulator.model.definitions import Local, Permission
from emulator.model.names import split_task_definition
from emulator.model.rules import Rule
from emulator.model.task_definition import LaunchType, TaskDefinition
from emulator.model.volumes import ConfiguredAtLaunch, DockerVolume, FileSystem, HostPath, Volume


def check_volumes(definition: TaskDefinition, problems: Problems) -> None:
    """Note what AWS would reject of the volumes of a task definition."""
    fargate = LaunchType.FARGATE in definition.requires_compatibilities
    for volume in definition.volumes:
        content = volume.content
        if isinstance(content, FileSystem) and content.iam and not definition.task_role_arn:
            problems.rejected("EFS IAM authorization requires a task role.", volume.source)
        for kind, name in ((HostPath, "host.sourcePath"), (DockerVolume, "a Docker volume")):
            if fargate and isinstance(content, kind):
                message = f"volume {volume.name}: {name} is not supported on Fargate"
                problems.rejected(message, volume.source)
    at_launch = [v for v in definition.volumes if isinstance(v.content, ConfiguredAtLaunch)]
    for volume in at_launch[1:]:
        message = "only one volume of a task definition can be configured at launch"
        problems.rejected(message, volume.source)


def check_host_paths(definition: TaskDefinition, local: Local, problems: Problems) -> None:
    """Note volumes that show a path of this machine and are not allowed to."""
    if Permission.HOST_PATHS in local.allow:
        return
    for volume in definition.volumes:
        if _wants_path(volume) and volume.name not in local.volumes:
            other = f", or `local.volumes: {{{volume.name}: DIRECTORY}}` to mount another one"
            message = f"volume {volume.name}: a path of this machine is not allowed here"
            hint = allow_hint(Permission.HOST_PATHS) + other
            problems.error(message, volume.source, hint=hint)


def _wants_path(volume: Volume) -> bool:
    content = volume.content
    return isinstance(content, HostPath) or (
        isinstance(content, DockerVolume) and "device" in content.driver_opts
    )


def check_launch_volumes(
    rules: Sequence[Rule],
    families: Mapping[str, TaskDefinition],
    local: Local,
    problems: Problems,
) -> None:
    """Note targets whose task has a volume that only RunTask's caller could configure."""
    for rule in rules:
        for target in rule.targets:
            definition = families.get(split_task_definition(target.task_definition)[0])
            for volume in () if definition is None else definition.volumes:
                at_launch = isinstance(volume.content, ConfiguredAtLaunch)
                if at_launch and volume.name not in local.volumes:
                    problems.error(
                        f"rule {rule.name}: volume {volume.name} is configured at launch, which "
                        "EventBridge cannot do",
                        target.source,
                        hint=f"`local.volumes: {{{volume.name}: DIRECTORY}}` puts a directory "
                        "in its place",
                        rule="target-overrides",
                    )


def check_volume_places(
    places: Mapping[str, SourceRef],
    definitions: Iterable[TaskDefinition],
    problems: Problems,
) -> None:
    """Note what `local.volumes` names, with its place, and no task definition has."""
    known: list[str] = []
    for volume in (v for definition in definitions for v in definition.volumes):
        known.append(volume.name)
        if isinstance(volume.content, FileSystem):
            known += filter(None, (volume.content.file_system, volume.content.access_point))
    for name, source in places.items():
        if name not in known:
            message = f"local.volumes: no task definition has a volume or file system {name!r}"
            problems.error(message, source, hint=did_you_mean(name, tuple(known)))
