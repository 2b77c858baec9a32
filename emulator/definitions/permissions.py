"""What a definition may have on this machine only where `local.allow` says so (pure).

Definition files come from elsewhere; on AWS they have a machine of their own.
"""

from collections.abc import Iterator
from typing import Final

from emulator.definitions.nodes import Problems
from emulator.model.definitions import Local, Permission
from emulator.model.task_definition import ContainerDefinition, NamespaceMode, TaskDefinition

USUAL_CAPABILITIES: Final = (
    *("AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD"),
    *("NET_BIND_SERVICE", "NET_RAW", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT"),
)
"""What the engine gives any container: to drop ALL and add some of these asks for less."""


def check_permissions(definition: TaskDefinition, local: Local, problems: Problems) -> None:
    """Note what the containers want of this machine and are not allowed."""
    if Permission.PRIVILEGED in local.allow:
        return
    hint = allow_hint(Permission.PRIVILEGED)
    for name, mode in (("pidMode", definition.pid_mode), ("ipcMode", definition.ipc_mode)):
        if mode is NamespaceMode.HOST:
            problems.error(f"{name} host is not allowed here", definition.source, hint=hint)
    for container in definition.container_definitions:
        for what in _rights(container):
            message = f"container {container.name}: {what} is not allowed here"
            problems.error(message, container.source, hint=hint)


def allow_hint(permission: Permission) -> str:
    """Return how a person allows what is not allowed."""
    return f"say `local.allow: [{permission}]` in ecs-local.yaml if you trust the definition"


def _rights(container: ContainerDefinition) -> Iterator[str]:
    """Yield what a container wants beyond what any container has."""
    linux = container.linux_parameters
    if container.privileged:
        yield "privileged"
    if linux is not None and linux.devices:
        yield "linuxParameters.devices"
    for capability in () if linux is None else linux.capabilities_add:
        if capability not in (*USUAL_CAPABILITIES, "SYS_PTRACE"):
            yield f"the capability {capability}"
    for option in container.docker_security_options:
        if not option.startswith("no-new-privileges") or option.endswith("false"):
            yield f"the security option {option}"
