"""The JSON types of RegisterTaskDefinition's fields: a deployment refuses any other type.

The AWS CLI and the SDKs check parameters by the service's model, Terraform's provider and ecspresso
decode into the types of Go: none of them takes a number for text, or text for a number.
AWS: RegisterTaskDefinition and the types below it in the ECS API reference.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Final

from emulator.definitions.nodes import Node, Problems

NUMBERS: Final = frozenset(
    {
        *("containerPort", "cpu", "hardLimit", "hostPort", "ignoredExitCodes", "interval"),
        *("maxComputePercent", "maxSwap", "memory", "memoryReservation", "restartAttemptPeriod"),
        *("retries", "sharedMemorySize", "size", "sizeInGiB", "softLimit", "startPeriod"),
        *("startTimeout", "stopTimeout", "swappiness", "timeout", "transitEncryptionPort"),
    }
)
TRUTHS: Final = frozenset(
    {
        *("autoprovision", "configuredAtLaunch", "disableNetworking", "enableFaultInjection"),
        *("enabled", "essential", "initProcessEnabled", "interactive", "privileged"),
        *("pseudoTerminal", "readOnly", "readonlyRootFilesystem"),
    }
)
TEXTS: Final = frozenset(
    {
        *("accessPointArn", "accessPointId", "add", "appProtocol", "attestationPolicy"),
        *("command", "condition", "containerName", "containerPath", "containerPortRange"),
        *("cpuArchitecture", "credentialSpecs", "credentialsParameter", "deviceName"),
        *("deviceType", "dnsSearchDomains", "dnsServers", "dockerSecurityOptions", "domain"),
        *("driver", "drop", "entryPoint", "executionRoleArn", "expression", "family"),
        *("fileSystemArn", "fileSystemId", "hostPath", "hostname", "iam", "image", "ipAddress"),
        *("ipcMode", "isolationMode", "key", "links", "logDriver", "mountOptions", "name"),
        *("namespace", "networkMode", "operatingSystemFamily", "permissions", "pidMode"),
        *("protocol", "requiresCompatibilities", "rootDirectory", "scope", "sourceContainer"),
        *("sourcePath", "sourceVolume", "taskRoleArn", "transitEncryption", "type", "user"),
        *("value", "valueFrom", "versionConsistency", "workingDirectory"),
    }
)
FREE: Final = frozenset({"dockerLabels", "driverOpts", "labels", "options"})
"""Mappings whose keys are the user's; their values are text."""

ENUMERATIONS: Final = frozenset(
    {
        *("appProtocol", "cpuArchitecture", "iam", "ipcMode", "networkMode"),
        *("operatingSystemFamily", "pidMode", "transitEncryption", "versionConsistency"),
    }
)
"""Words out of a few, which Go's SDK leaves out where they are empty: ecspresso writes them so."""

OF_THE_TASK: Final = ("cpu", "memory")
"""Numbers of a container that are text where they are the task's own."""

_NUMBER: Final = re.compile(r"-?\d{1,9}", re.ASCII)


def typed_task_definition(node: Node, problems: Problems) -> Node:
    """Return a task definition with the API's types; what has others is noted as rejected."""
    if not isinstance(node.value, dict):
        return node
    made = {name: _of_task(name, child, problems) for name, child in _said(node.value)}
    return Node(made, node.source, node.guess)


def typed_containers(node: Node, problems: Problems) -> Node:
    """Return a list of container definitions with the API's types, as the task definition."""
    return _typed("containerDefinitions", "containerDefinitions", node, problems)


def _of_task(name: str, node: Node, problems: Problems) -> Node:
    if name in OF_THE_TASK:
        return _text(name, node, problems)
    return _typed(name, name, node, problems)


def _typed(key: str, path: str, node: Node, problems: Problems) -> Node:
    """Return the value of a key, whatever is in it too."""
    value = node.value
    if isinstance(value, list):
        items = [_typed(key, f"{path}[{i}]", item, problems) for i, item in enumerate(value)]
        return Node(items, node.source, node.guess)
    if isinstance(value, dict):
        return Node(_entries(key, path, value, problems), node.source, node.guess)
    if key in NUMBERS:
        return _number(path, node, problems)
    if key in TRUTHS:
        return _truth(path, node, problems)
    # What the API has not got is an unknown key, whatever its type.
    return _text(path, node, problems) if key in TEXTS else node


def _entries(
    key: str, path: str, entries: Mapping[str, Node], problems: Problems
) -> dict[str, Node]:
    if key in FREE:
        return {name: _text(f"{path}.{name}", child, problems) for name, child in entries.items()}
    return {name: _typed(name, f"{path}.{name}", c, problems) for name, c in _said(entries)}


def _said(entries: Mapping[str, Node]) -> Iterator[tuple[str, Node]]:
    """Yield the entries of a mapping without empty words of enumerations."""
    for name, node in entries.items():
        if node.value != "" or name not in ENUMERATIONS:
            yield name, node


def _text(path: str, node: Node, problems: Problems) -> Node:
    if not isinstance(node.value, bool | int | float):
        return node
    _reject(path, "text", json.dumps(node.text, ensure_ascii=False), node, problems)
    return Node(node.text, node.source, node.guess)


def _number(path: str, node: Node, problems: Problems) -> Node:
    if not isinstance(node.value, str) or not _NUMBER.fullmatch(node.value):
        return node
    _reject(path, "a number", node.value, node, problems)
    return Node(int(node.value), node.source, node.guess)


def _truth(path: str, node: Node, problems: Problems) -> Node:
    if node.value not in ("true", "false"):
        return node
    _reject(path, "true or false", str(node.value), node, problems)
    return Node(node.value == "true", node.source, node.guess)


def _reject(path: str, wanted: str, right: str, node: Node, problems: Problems) -> None:
    message = f"Invalid type for parameter {path}: {node.kind}, where the ECS API has {wanted}"
    problems.rejected(message, node.source, hint=f"write {right}", rule="wrong-type")
