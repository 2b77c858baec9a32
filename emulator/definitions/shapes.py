"""Fields of the model whose shape in ecs-local.yaml is more than their name in camelCase.

Each entry makes a part of a document of one field's value; the values in it may be of the model.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from emulator.model.rules import TaskOverride

if TYPE_CHECKING:
    from emulator.model.environment import SecretSource
    from emulator.model.image_builds import LocalImage
    from emulator.model.networking import Link
    from emulator.model.volumes import FileSystem, VolumeSource

Document = dict[str, Any]


def _renamed(name: str) -> Callable[[Any], Document]:
    return lambda value: {name: value}


def _as_text(name: str) -> Callable[[Any], Document]:
    return lambda value: {name: str(value)}


def _pairs(name: str, key: str) -> Callable[[Mapping[str, str]], Document]:
    return lambda value: {name: [{key: k, "value": text} for k, text in value.items()]}


def _nothing(_value: object) -> Document:
    return {}


def _overrides(overrides: TaskOverride) -> Document:
    """Return a TaskOverride as ecschedule has it: the task's own part stands by itself."""
    own = {
        "cpu": overrides.cpu,
        "memory": overrides.memory,
        "taskRoleArn": overrides.task_role_arn,
        "executionRoleArn": overrides.execution_role_arn,
    }
    task: Document = {key: str(value) for key, value in own.items() if value is not None}
    if overrides.ephemeral_storage_gib is not None:
        task["ephemeralStorage"] = {"sizeInGiB": overrides.ephemeral_storage_gib}
    containers = overrides.container_overrides
    return ({"taskOverride": task} if task else {}) | (
        {"containerOverrides": containers} if containers else {}
    )


def _local_image(image: "LocalImage") -> Document | str:
    from emulator.model.image_builds import LocalImage

    if image.image is not None and image == LocalImage(image=image.image):
        return image.image
    build = image.build
    given = {
        "image": image.image,
        "build": None if build is None else build.context,
        "dockerfile": None if build is None else build.dockerfile,
        "target": None if build is None else build.target,
        "args": None if build is None else build.args or None,
        "pull": image.pull,
        "platform": image.platform,
    }
    return {name: value for name, value in given.items() if value is not None}


def _secret_source(source: "SecretSource") -> Document | str:
    """Return where a secret is; a value that stands in the file itself is never told."""
    given = {"env": source.env, "file": source.file, "key": source.key}
    return {name: text for name, text in given.items() if text is not None} or "***"


def _links(links: "Sequence[Link]") -> Document:
    return {"links": [f"{link.container_name}:{link.alias}" for link in links]}


def _volume(content: "VolumeSource") -> Document:
    from emulator.model.volumes import ConfiguredAtLaunch, DockerVolume, FileSystem, HostPath

    match content:
        case HostPath():
            return {"host": {"sourcePath": content.source_path}}
        case DockerVolume():
            return {"dockerVolumeConfiguration": content}
        case ConfiguredAtLaunch():
            return {"configuredAtLaunch": True}
        case FileSystem():
            return _file_system(content)
        case _:
            return {}


def _file_system(system: "FileSystem") -> Document:
    """Return EFS, which has an id, or S3 Files, which has an ARN."""
    root = {} if system.root_directory == "/" else {"rootDirectory": system.root_directory}
    if system.s3_files:
        point = {} if system.access_point is None else {"accessPointArn": system.access_point}
        return {
            "s3filesVolumeConfiguration": {"fileSystemArn": system.file_system, **root, **point}
        }
    point = {} if system.access_point is None else {"accessPointId": system.access_point}
    authorization = point | ({"iam": "ENABLED"} if system.iam else {})
    return {
        "efsVolumeConfiguration": {
            "fileSystemId": system.file_system,
            **root,
            **({"transitEncryption": "ENABLED"} if system.transit_encryption else {}),
            **({"authorizationConfig": authorization} if authorization else {}),
        }
    }


KINDS: Final = {
    "WebhookSink": "webhook",
    "CommandSink": "command",
    "DesktopSink": "desktop",
    "MailSink": "email",
}
"""What the `type` of an object says, where it is a class in the model."""


def _origin(url: str) -> str:
    """Return where a webhook is, without its path, which with Slack is the secret."""
    parts = urlsplit(url)
    path = "/***" if parts.path.strip("/") or parts.query else parts.path
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{path}"


SHAPES: Final[Mapping[tuple[str, str], Callable[[Any], Document]]] = {
    ("ContainerDefinition", "environment"): _pairs("environment", "name"),
    ("ContainerDefinition", "init_process_enabled"): lambda value: {
        "linuxParameters": {"initProcessEnabled": value}
    },
    ("ContainerDefinition", "restart_policy"): lambda value: {
        "restartPolicy": {
            "enabled": True,
            "ignoredExitCodes": value.ignored_exit_codes,
            "restartAttemptPeriod": value.restart_attempt_period,
        }
    },
    ("ContainerDefinition", "links"): _links,
    ("ContainerDefinition", "gpus"): lambda value: {
        "resourceRequirements": [{"type": "GPU", "value": str(value)}]
    },
    ("ContainerOverride", "gpus"): lambda value: {
        "resourceRequirements": [{"type": "GPU", "value": str(value)}]
    },
    ("PortMapping", "container_port_range"): lambda value: {
        "containerPortRange": "{}-{}".format(*value)
    },
    ("LinuxParameters", "capabilities_add"): lambda value: {"capabilities": {"add": value}},
    ("LinuxParameters", "capabilities_drop"): lambda value: {"capabilities": {"drop": value}},
    ("TaskDefinition", "family"): _nothing,
    ("TaskDefinition", "cpu"): _as_text("cpu"),
    ("TaskDefinition", "memory"): _as_text("memory"),
    ("TaskDefinition", "tags"): _pairs("tags", "key"),
    ("TaskDefinition", "placement_constraints"): lambda value: {
        "placementConstraints": [{"type": "memberOf", "expression": text} for text in value]
    },
    ("TaskDefinition", "cpu_architecture"): lambda value: {
        "runtimePlatform": {"cpuArchitecture": value}
    },
    ("TaskDefinition", "ephemeral_storage_gib"): lambda value: {
        "ephemeralStorage": {"sizeInGiB": value}
    },
    ("Volume", "content"): _volume,
    ("NetworkConfiguration", "assign_public_ip"): lambda value: {
        "assignPublicIp": "ENABLED" if value else "DISABLED"
    },
    ("Rule", "state"): lambda _: {"disabled": True},
    ("Local", "declared_secrets"): _nothing,
    ("Rule", "dialect"): _nothing,
    ("Rule", "timezone"): _nothing,
    ("Rule", "targets"): _nothing,
    ("Rule", "notification_targets"): _nothing,
    ("Rule", "maximum_window_in_minutes"): lambda value: {
        "flexibleTimeWindow": {"mode": "FLEXIBLE", "maximumWindowInMinutes": value}
    },
    ("Rule", "schedule_group"): _renamed("groupName"),
    ("Target", "id"): _renamed("targetId"),
    ("Target", "role_arn"): _renamed("role"),
    ("Target", "dead_letter_arn"): lambda value: {"deadLetterConfig": {"arn": value}},
    ("Target", "enable_ecs_managed_tags"): _renamed("enableECSManagedTags"),
    ("Target", "network_configuration"): lambda value: {
        "networkConfiguration": {"awsvpcConfiguration": value}
    },
    ("Target", "tags"): _pairs("tags", "key"),
    ("Target", "overrides"): _overrides,
    ("EventRule", "state"): lambda _: {"disabled": True},
    ("EventRule", "event_bus"): _renamed("eventBusName"),
    ("EventRule", "targets"): _nothing,
    ("NotificationTarget", "id"): _renamed("targetId"),
    ("NotificationTarget", "kind"): _nothing,
    ("NotificationTarget", "role_arn"): _renamed("role"),
    ("NotificationTarget", "dead_letter_arn"): lambda value: {"deadLetterConfig": {"arn": value}},
    ("LogGroup", "name"): _nothing,
    ("Role", "name"): _nothing,
    ("Role", "trusted"): _renamed("trustedPrincipals"),
    ("Role", "managed_policies"): _renamed("managedPolicyArns"),
    ("Statement", "allow"): lambda _: {"Effect": "Deny"},
    ("Statement", "actions"): _renamed("Action"),
    ("Statement", "not_actions"): _renamed("NotAction"),
    ("Statement", "resources"): _renamed("Resource"),
    ("Statement", "not_resources"): _renamed("NotResource"),
    ("Statement", "conditions"): _renamed("Condition"),
    ("ContainerDefinition", "repository_credentials"): lambda value: {
        "repositoryCredentials": {"credentialsParameter": value}
    },
    ("Local", "secrets"): lambda value: {
        "secrets": {name: _secret_source(source) for name, source in value.items()}
    },
    ("CredentialsSource", "secret_access_key"): lambda _: {"secretAccessKey": "***"},
    ("CredentialsSource", "session_token"): lambda _: {"sessionToken": "***"},
    ("Local", "images"): lambda value: {
        "images": {name: _local_image(image) for name, image in value.items()}
    },
    ("Local", "secrets_file"): _renamed("secrets"),
    ("WebhookSink", "url"): lambda value: {"url": _origin(value)},
    ("WebhookSink", "headers"): lambda value: {"headers": dict.fromkeys(value, "***")},
    ("CommandSink", "command"): lambda value: {"command": [value[0], *["***"] * len(value[1:])]},
    ("MailSink", "sender"): _renamed("from"),
}
"""Class and field to the part of the document that its value makes."""
