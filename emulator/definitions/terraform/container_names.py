"""Keys of container definitions in any case, as Terraform's AWS provider takes them.

It decodes `container_definitions` with Go's JSON package, which matches names whatever their
case: `Name`, `HealthCheck` and `portmappings` arrive in ECS as the API spells them. Keys of log
options and Docker labels are the user's own, and stay.
"""

from typing import Final

from emulator.definitions.nodes import Node

FREE: Final = frozenset({"dockerlabels", "options"})
"""Mappings whose keys are the user's, in lower case."""

_NAMES: Final = """
add appProtocol capabilities command condition containerName containerPath containerPort
containerPortRange cpu credentialSpecs credentialsParameter dependsOn devices disableNetworking
dnsSearchDomains dnsServers dockerLabels dockerSecurityOptions drop enabled entryPoint environment
environmentFiles essential extraHosts firelensConfiguration hardLimit healthCheck hostname hostPath
hostPort ignoredExitCodes image initProcessEnabled interactive interval ipAddress
linuxParameters links logConfiguration logDriver maxSwap memory memoryReservation mountOptions
mountPoints name namespace options permissions portMappings privileged protocol pseudoTerminal
readOnly readonlyRootFilesystem repositoryCredentials resourceRequirements restartAttemptPeriod
restartPolicy retries secretOptions secrets sharedMemorySize size softLimit sourceContainer
sourceVolume startPeriod startTimeout stopTimeout swappiness systemControls timeout tmpfs type
ulimits user value valueFrom versionConsistency volumesFrom workingDirectory
"""
_SPELLED: Final = {name.lower(): name for name in _NAMES.split()}


def spelled_as_the_api(node: Node) -> Node:
    """Return a container definition with the API's spelling of every key that it knows."""
    if isinstance(node.value, list):
        node.value = [spelled_as_the_api(item) for item in node.value]
    elif isinstance(node.value, dict):
        found: dict[str, Node] = {}
        for key, child in node.value.items():
            name = _SPELLED.get(key.lower(), key)
            if name not in node.value or name == key:
                found[name] = child if key.lower() in FREE else spelled_as_the_api(child)
            else:
                found.setdefault(key, child)
        node.value = found
    return node
