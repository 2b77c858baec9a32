"""A task in the shape of ECS DescribeTasks (pure).

AWS: Task and Container in the ECS API reference; instants as ISO 8601, unknown keys absent. A task
of the fake engine says so by an attribute, which is where ECS tells of the machine it ran on.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from emulator.clock import iso_instant
from emulator.model.rules import TaskOverride
from emulator.model.task import FAKE_ENGINE, Task, TaskContainer
from emulator.model.task_definition import LaunchType

if TYPE_CHECKING:
    from emulator.model.container_override import ContainerOverride
    from emulator.model.networking import NetworkBinding

ENGINE_ATTRIBUTE: Final = "ecs-local.engine"


def describe_task(task: Task) -> dict[str, Any]:
    """Return one entry of `tasks` of DescribeTasks."""
    fargate = task.launch_type is LaunchType.FARGATE
    document: dict[str, Any] = {
        "attachments": _attachments(task),
        "attributes": _attributes(task),
        "availabilityZone": task.availability_zone,
        "clusterArn": task.cluster_arn,
        "connectivity": None if task.connectivity_at is None else "CONNECTED",
        "connectivityAt": _instant(task.connectivity_at),
        "containers": [_container(container, task) for container in task.containers],
        "cpu": _text(task.cpu),
        "createdAt": _instant(task.created_at),
        "desiredStatus": task.desired_status.value,
        "enableExecuteCommand": False,
        "executionStoppedAt": _instant(task.execution_stopped_at),
        "group": task.group,
        "healthStatus": task.health_status.value,
        "lastStatus": task.last_status.value,
        "launchType": task.launch_type.value,
        "memory": _text(task.memory),
        "overrides": _overrides(task),
        "platformVersion": "1.4.0" if fargate else None,
        "platformFamily": "Linux" if fargate else None,
        "pullStartedAt": _instant(task.pull_started_at),
        "pullStoppedAt": _instant(task.pull_stopped_at),
        "startedAt": _instant(task.started_at),
        "startedBy": task.started_by,
        "stopCode": None if task.stop_code is None else task.stop_code.value,
        "stoppedAt": _instant(task.stopped_at),
        "stoppedReason": task.stopped_reason,
        "stoppingAt": _instant(task.stopping_at),
        "tags": [{"key": key, "value": value} for key, value in task.tags],
        "taskArn": task.arn,
        "taskDefinitionArn": task.task_definition_arn,
        "version": task.version,
        "ephemeralStorage": _storage(task) if fargate else None,
        "fargateEphemeralStorage": _storage(task) if fargate else None,
    }
    return _known(document)


def is_fake(document: Mapping[str, Any]) -> bool:
    """Tell whether the task of such an entry was the fake engine's: nothing was really run."""
    return {"name": ENGINE_ATTRIBUTE, "value": FAKE_ENGINE} in document.get("attributes", ())


def _attributes(task: Task) -> list[dict[str, str]]:
    attributes = {"ecs.cpu-architecture": _architecture(task)}
    if task.engine == FAKE_ENGINE:
        attributes[ENGINE_ATTRIBUTE] = FAKE_ENGINE
    return [{"name": name, "value": value} for name, value in attributes.items()]


def _container(container: TaskContainer, task: Task) -> dict[str, Any]:
    return _known(
        {
            "containerArn": container.arn,
            "taskArn": task.arn,
            "name": container.name,
            "image": container.image,
            "imageDigest": container.image_digest,
            "runtimeId": container.runtime_id,
            "lastStatus": container.last_status.value,
            "exitCode": container.exit_code,
            "reason": container.reason,
            "networkBindings": [_binding(binding) for binding in container.network_bindings],
            "networkInterfaces": _interfaces(task),
            "healthStatus": container.health_status.value,
            "managedAgents": [],
            "cpu": str(container.cpu),
            "memory": _text(container.memory),
            "memoryReservation": _text(container.memory_reservation),
        }
    )


def _binding(binding: "NetworkBinding") -> dict[str, Any]:
    return {
        "bindIP": binding.bind_ip,
        "containerPort": binding.container_port,
        "hostPort": binding.host_port,
        "protocol": binding.protocol,
    }


def _interfaces(task: Task) -> list[dict[str, str]]:
    interface = task.network_interface
    if interface is None:
        return []
    return [
        {
            "attachmentId": interface.attachment_id,
            "privateIpv4Address": interface.private_ipv4_address,
        }
    ]


def _attachments(task: Task) -> list[dict[str, Any]]:
    """Return the network interface of an awsvpc task as the API shows it."""
    interface = task.network_interface
    if interface is None:
        return []
    details = {
        "networkInterfaceId": f"eni-{task.id[:17]}",
        "macAddress": interface.mac_address,
        "privateDnsName": interface.private_dns_name,
        "privateIPv4Address": interface.private_ipv4_address,
    }
    return [
        {
            "id": interface.attachment_id,
            "type": "ElasticNetworkInterface",
            "status": "DELETED" if task.stopped else "ATTACHED",
            "details": [{"name": name, "value": value} for name, value in details.items()],
        }
    ]


def describe_overrides(overrides: TaskOverride) -> dict[str, Any]:
    """Return overrides as RunTask is given them."""
    storage = overrides.ephemeral_storage_gib
    return _known(
        {
            "containerOverrides": [_override(each) for each in overrides.container_overrides],
            "cpu": _text(overrides.cpu),
            "memory": _text(overrides.memory),
            "taskRoleArn": overrides.task_role_arn,
            "executionRoleArn": overrides.execution_role_arn,
            "ephemeralStorage": None if storage is None else {"sizeInGiB": storage},
        }
    )


def _overrides(task: Task) -> dict[str, Any]:
    """Return the overrides; ECS lists every container, at least by name."""
    given = describe_overrides(task.overrides)
    by_name = {each["name"]: each for each in given.pop("containerOverrides")}
    return {
        "containerOverrides": [by_name.get(c.name, {"name": c.name}) for c in task.containers],
        "inferenceAcceleratorOverrides": [],
        **given,
    }


def _override(override: "ContainerOverride") -> dict[str, Any]:
    environment = [{"name": n, "value": v} for n, v in override.environment.items()]
    files = [{"value": file.value, "type": file.type} for file in override.environment_files]
    return _known(
        {
            "name": override.name,
            "command": None if override.command is None else list(override.command),
            "environment": environment or None,
            "environmentFiles": files or None,
            "cpu": override.cpu,
            "memory": override.memory,
            "memoryReservation": override.memory_reservation,
            "resourceRequirements": None
            if override.gpus is None
            else [{"type": "GPU", "value": str(override.gpus)}],
        }
    )


def _architecture(task: Task) -> str:
    return "arm64" if task.task_definition.cpu_architecture == "ARM64" else "x86_64"


def _storage(task: Task) -> dict[str, int]:
    return {"sizeInGiB": task.task_definition.ephemeral_storage_gib or 20}


@lru_cache(maxsize=1024)
def _instant(instant: datetime | None) -> str | None:
    """Return an instant as text: every state of a task tells those of the states before again."""
    return None if instant is None else iso_instant(instant, timespec="milliseconds")


def _text(number: int | None) -> str | None:
    return None if number is None else str(number)


def _known(document: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in document.items() if value is not None}
