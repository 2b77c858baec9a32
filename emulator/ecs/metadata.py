"""A running task as the task metadata endpoint tells it to its own containers (pure).

AWS: "Amazon ECS task metadata endpoint version 4 for tasks on Fargate", and version 3. What is not
known here - subnets, the gateway, the disk that is in use - is left out.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from emulator.clock import iso_instant
from emulator.ecs import identity
from emulator.model.health import HealthStatus
from emulator.model.task import Task, TaskContainer
from emulator.model.task_definition import ContainerDefinition, LaunchType, NetworkMode

Document = dict[str, Any]

_MINIMUM_SHARES: Final = 2
"""What the agent gives, and tells, where a container asks for no cpu."""

_ROOT_MIB: Final = 16
"""How much more than its size Fargate reserves of the ephemeral storage."""


Address = Callable[[str], str | None]
"""Gives the address of a container that has one of its own, by its name."""


def docker_id(task: Task, container: TaskContainer) -> str:
    """Return what the endpoint calls `DockerId`: on EC2 the engine's own id, once there is one."""
    if task.launch_type is LaunchType.FARGATE:
        return identity.fargate_id(task.id, container.name)
    return container.runtime_id or ""


def container_metadata(task: Task, name: str, address: Address, *, version: int = 4) -> Document:
    """Return one container."""
    container = next(c for c in task.containers if c.name == name)
    definition = next(d for d in task.task_definition.container_definitions if d.name == name)
    document: Document = {
        "DockerId": docker_id(task, container),
        "Name": name,
        "DockerName": name,
        "Image": container.image,
        "ImageID": container.image_digest or "",
        "Ports": _ports(definition) or None,
        "Labels": _labels(task, definition),
        "DesiredStatus": task.desired_status.value,
        "KnownStatus": container.last_status.value,
        "ExitCode": container.exit_code,
        "Limits": _known({"CPU": container.cpu or _MINIMUM_SHARES, "Memory": container.memory}),
        # A container is created as soon as all images are here.
        "CreatedAt": _instant(task.pull_stopped_at),
        "StartedAt": _instant(container.started_at),
        "FinishedAt": _instant(container.stopped_at),
        "Type": "NORMAL",
        "Health": _health(container, definition),
        "Networks": _networks(task, name, address, version),
    }
    if version == 4:
        document |= _newer(container, definition)
    return _known(document)


def task_metadata(task: Task, now: datetime, address: Address, *, version: int = 4) -> Document:
    """Return the whole task."""
    fargate = task.launch_type is LaunchType.FARGATE
    document: Document = {
        "Cluster": task.cluster_arn if fargate else task.cluster_arn.rpartition("/")[2],
        "TaskARN": task.arn,
        "Family": task.task_definition.family,
        "Revision": str(task.task_definition.revision),
        "DesiredStatus": task.desired_status.value,
        "KnownStatus": task.last_status.value,
        "Limits": _task_limits(task),
        "PullStartedAt": _instant(task.pull_started_at),
        "PullStoppedAt": _instant(task.pull_stopped_at),
        "ExecutionStoppedAt": _instant(task.execution_stopped_at),
        "AvailabilityZone": task.availability_zone,
        "LaunchType": task.launch_type.value if version == 4 else None,
        "Containers": [
            container_metadata(task, container.name, address, version=version)
            for container in task.containers
        ],
    }
    if version == 4 and fargate:
        document |= {
            # Nobody compares this machine's clock with another one.
            "ClockDrift": {
                "ReferenceTimestamp": _instant(now),
                "ClockSynchronizationStatus": "NOT_SYNCHRONIZED",
            },
            "EphemeralStorageMetrics": {
                "Reserved": (task.task_definition.ephemeral_storage_gib or 20) * 1024 + _ROOT_MIB
            },
            "FaultInjectionEnabled": False,
        }
    return _known(document)


def _newer(container: TaskContainer, definition: ContainerDefinition) -> Document:
    """Return what version 4 has more than version 3."""
    log, stream = definition.log_configuration, container.log_stream
    options = None if log is None else dict(log.options)
    if options is not None and stream is not None and "awslogs-group" in options:
        options.pop("awslogs-stream-prefix", None)
        options["awslogs-stream"] = stream.log_stream
    restarts = definition.restart_policy is not None
    return {
        "LogDriver": None if log is None else log.log_driver,
        "LogOptions": options,
        "ContainerARN": container.arn,
        "RestartCount": container.restart_count if restarts else None,
        "Snapshotter": "overlayfs",
    }


def _ports(definition: ContainerDefinition) -> list[Document]:
    return [
        {"ContainerPort": port, "Protocol": mapping.protocol}
        for mapping in definition.port_mappings
        for port in mapping.container_ports
    ]


def _labels(task: Task, definition: ContainerDefinition) -> dict[str, str]:
    own = identity.labels(task, definition.name)
    ecs = {name: text for name, text in own.items() if name.startswith("com.amazonaws.ecs.")}
    return {**definition.docker_labels, **ecs}


def _health(container: TaskContainer, definition: ContainerDefinition) -> Document | None:
    if definition.health_check is None or container.health_status is HealthStatus.UNKNOWN:
        return None
    return {"status": container.health_status.value}


def _networks(task: Task, name: str, address: Address, version: int) -> list[Document]:
    interface = task.network_interface
    mode = task.task_definition.network_mode
    if interface is None:
        own = None if mode is NetworkMode.AWSVPC else address(name)
        known = {"NetworkMode": mode.value, "IPv4Addresses": None if own is None else [own]}
        return [] if mode is NetworkMode.AWSVPC else [_known(known)]
    document: Document = {
        "NetworkMode": mode.value,
        "IPv4Addresses": [interface.private_ipv4_address],
    }
    if version == 4:
        document |= {
            "AttachmentIndex": 0,
            "MACAddress": interface.mac_address,
            "PrivateDNSName": interface.private_dns_name,
        }
    return [document]


def _task_limits(task: Task) -> Document | None:
    cpu = None if task.cpu is None else task.cpu / 1024
    return _known({"CPU": cpu, "Memory": task.memory}) or None


def _instant(instant: datetime | None) -> str | None:
    return None if instant is None else iso_instant(instant, timespec="microseconds")


def _known(document: Document) -> Document:
    return {key: value for key, value in document.items() if value is not None}
