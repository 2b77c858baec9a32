"""Which tasks have an endpoint here, and why others have none (pure)."""

from typing import Final

from emulator.model.definitions import EndpointUse, Local
from emulator.model.task_definition import NetworkMode, TaskDefinition

NOT_HERE: Final = "the container engine does not run on this very machine"
NO_NETWORK: Final = "network mode none reaches no endpoint, on AWS either"
TURNED_OFF: Final = "local.endpoints is false"
NO_ROLE: Final = (
    "in network mode bridge, tasks without a role have none unless local.endpoints says so"
)


def why_no_endpoint(definition: TaskDefinition, local: Local, *, here: bool) -> str | None:
    """Return why a task has no endpoint; None: it has one.

    `here`: the engine runs on this machine. In network mode bridge an endpoint takes a container
    more for each container, and the start as long again: by default only those who need credentials
    wait for it.
    """
    if local.endpoints is EndpointUse.NEVER:
        return TURNED_OFF
    mode, always = definition.network_mode, local.endpoints is EndpointUse.ALWAYS
    if mode is NetworkMode.NONE:
        return NO_NETWORK
    if mode is NetworkMode.BRIDGE and not definition.task_role_arn and not always:
        return NO_ROLE
    return None if here else NOT_HERE
