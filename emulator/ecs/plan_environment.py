"""The environment of a container: what wins over what, as in the ECS agent (pure).

From the lowest: the image's own, the service's defaults, `local.env`, environment files, the
definition, the override, what the agent injects, secrets.
"""

from collections.abc import Mapping
from dataclasses import field
from typing import Final

from emulator.model.definitions import Local
from emulator.model.task import Task
from emulator.model.task_definition import ContainerDefinition, LaunchType
from emulator.values import frozen

REGION_VARIABLES: Final = ("AWS_REGION", "AWS_DEFAULT_REGION")


@frozen
class Surroundings:
    """What a container's environment gets from outside of the definitions, by variable.

    `files` are its environment files together, `injected` what the agent writes over the user's.
    """

    files: Mapping[str, str] = field(default_factory=dict)
    injected: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)


def container_environment(
    container: ContainerDefinition, task: Task, local: Local, around: Surroundings
) -> dict[str, str]:
    """Return all that a container is given; overrides are merged into its definition already."""
    return {
        **service_environment(task),
        **({} if local.endpoint_url is None else {"AWS_ENDPOINT_URL": local.endpoint_url}),
        **local.env,
        **around.files,
        **container.environment,
        **around.injected,
        **around.secrets,
    }


def service_environment(task: Task) -> dict[str, str]:
    """Return what the service sets in every container unless the user does."""
    if task.launch_type is not LaunchType.FARGATE:
        return {"AWS_EXECUTION_ENV": "AWS_ECS_EC2"}
    return {"AWS_EXECUTION_ENV": "AWS_ECS_FARGATE", **dict.fromkeys(REGION_VARIABLES, task.region)}


def with_region(
    environment: Mapping[str, str], image: Mapping[str, str], region: str
) -> dict[str, str]:
    """Return an environment on EC2 with the region, which the agent sets both ways or not at all.

    It does so only where neither variable is set, in the image either.
    """
    if any(name in environment or name in image for name in REGION_VARIABLES):
        return dict(environment)
    return {**dict.fromkeys(REGION_VARIABLES, region), **environment}
