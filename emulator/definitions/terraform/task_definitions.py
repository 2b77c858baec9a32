"""`aws_ecs_task_definition` in the shape of RegisterTaskDefinition."""

from typing import Final

from emulator.definitions.nodes import Node
from emulator.definitions.terraform.container_names import spelled_as_the_api
from emulator.definitions.terraform.drafts import Arguments, Draft
from emulator.definitions.terraform.items import Item
from emulator.definitions.terraform.placeholder_names import name_placeholder, name_placeholders
from emulator.definitions.terraform.plain_values import as_bool
from emulator.definitions.terraform.values import EvaluationError
from emulator.errors import Problem, Severity

_PLAIN: Final = {
    "family": "family",
    "cpu": "cpu",
    "memory": "memory",
    "network_mode": "networkMode",
    "task_role_arn": "taskRoleArn",
    "execution_role_arn": "executionRoleArn",
    "requires_compatibilities": "requiresCompatibilities",
    "pid_mode": "pidMode",
    "ipc_mode": "ipcMode",
    "enable_fault_injection": "enableFaultInjection",
}
_EFS: Final = {
    "file_system_id": "fileSystemId",
    "root_directory": "rootDirectory",
    "transit_encryption": "transitEncryption",
    "transit_encryption_port": "transitEncryptionPort",
}
_DOCKER: Final = {
    "scope": "scope",
    "autoprovision": "autoprovision",
    "driver": "driver",
    "driver_opts": "driverOpts",
    "labels": "labels",
}
_FSX: Final = {"file_system_id": "fileSystemId", "root_directory": "rootDirectory"}
_S3_FILES: Final = {
    "access_point_arn": "accessPointArn",
    "file_system_arn": "fileSystemArn",
    "root_directory": "rootDirectory",
    "transit_encryption_port": "transitEncryptionPort",
}
_PLATFORM: Final = {
    "operating_system_family": "operatingSystemFamily",
    "cpu_architecture": "cpuArchitecture",
}


def task_definition_node(item: Item, draft: Draft) -> Node:
    """Return a task definition. Raises `EvaluationError`."""
    fields = draft.take(item, _PLAIN)
    containers = item.value("container_definitions")
    if containers is None:
        message = "there is no container_definitions"
        hint = "a plan may not know it yet: read the directory instead"
        raise EvaluationError(message, item.source, hint)
    fields["containerDefinitions"] = _containers(draft.document(containers))
    revision = item.value("revision")
    if revision is not None and revision.content != 1:
        fields["revision"] = draft.node(revision)
    volumes = [_volume(block, draft) for block in item.blocks("volume")]
    if volumes:
        fields["volumes"] = Node(volumes, volumes[0].source)
    for name, aws_name, inner in (
        ("ephemeral_storage", "ephemeralStorage", {"size_in_gib": "sizeInGiB"}),
        ("runtime_platform", "runtimePlatform", _PLATFORM),
    ):
        for block in item.blocks(name):
            fields[aws_name] = Node(draft.take(block, inner), block.source)
    for block in item.blocks("proxy_configuration"):
        kind = draft.take(block, {"type": "type", "container_name": "containerName"})
        fields["proxyConfiguration"] = Node(kind, block.source)
    constraints = [
        Node(draft.take(block, {"type": "type", "expression": "expression"}), block.source)
        for block in item.blocks("placement_constraints")
    ]
    if constraints:
        fields["placementConstraints"] = Node(constraints, constraints[0].source)
    return Node(fields, item.source)


def forgiven(problem: Problem) -> Problem:
    """Return a problem as Terraform's provider sees it.

    The provider decodes the JSON of containers into what it knows and leaves out the rest without
    a word, such as a `networkMode` of a container: ECS never gets to see it.
    """
    if problem.rule != "unknown-key":
        return problem
    message = f"{problem.message}: Terraform leaves it out without a word"
    return problem._replace(message=message, severity=Severity.WARNING)


def _containers(node: Node) -> Node:
    """Forgive what Terraform's provider forgives: the case of names."""
    if not isinstance(node.value, list):
        if isinstance(node.value, str) and node.guess:
            return node
        message = f"container_definitions must be a JSON list of containers, not {node.kind}"
        one = "put the container into a list: [{ … }]" if isinstance(node.value, dict) else None
        raise EvaluationError(message, node.source, one)
    for container in map(spelled_as_the_api, node.value):
        if isinstance(container.value, dict):
            _leave_unknown_limits(container.value)
            name_placeholders(container.value)
    return node


_NUMBERS: Final = ("cpu", "memory", "memoryReservation", "startTimeout", "stopTimeout")


def _leave_unknown_limits(container: dict[str, Node]) -> None:
    for name in _NUMBERS:
        node = container.get(name)
        if node is None or not isinstance(node.value, str):
            continue
        if not node.value.isdecimal() and node.guess and "var." not in node.guess:
            # A limit that only AWS knows is none here; the container can do without.
            container[name] = Node(None, node.source, node.guess)


def _volume(block: Arguments, draft: Draft) -> Node:
    fields = draft.take(block, {"name": "name"})
    name_placeholder(fields.get("name"))
    path = block.value("host_path")
    if path is not None and path.content != "":
        fields["host"] = Node({"sourcePath": draft.node(path)}, path.source)
    launch = block.value("configure_at_launch")
    if launch is not None and launch.known and as_bool(launch):
        fields["configuredAtLaunch"] = draft.node(launch)
    for inner in block.blocks("efs_volume_configuration"):
        efs = draft.take(inner, _EFS)
        for access in inner.blocks("authorization_config"):
            own = draft.take(access, {"access_point_id": "accessPointId", "iam": "iam"})
            efs["authorizationConfig"] = Node(own, access.source)
        fields["efsVolumeConfiguration"] = Node(efs, inner.source)
    for inner in block.blocks("docker_volume_configuration"):
        fields["dockerVolumeConfiguration"] = Node(draft.take(inner, _DOCKER), inner.source)
    for inner in block.blocks("fsx_windows_file_server_volume_configuration"):
        fields["fsxWindowsFileServerVolumeConfiguration"] = Node(
            draft.take(inner, _FSX), inner.source
        )
    for inner in block.blocks("s3files_volume_configuration"):
        fields["s3filesVolumeConfiguration"] = Node(draft.take(inner, _S3_FILES), inner.source)
    return Node(fields, block.source)
