"""FireLens: the container that routes logs, and what AWS checks of it.

AWS: FirelensConfiguration in the ECS API reference. Imported where a definition names FireLens.
"""

from dataclasses import replace
from typing import Final

from emulator.definitions.nodes import Fields, Problems
from emulator.model.firelens import FirelensConfiguration
from emulator.model.task_definition import ContainerDefinition, LaunchType, TaskDefinition

TYPES: Final = ("fluentd", "fluentbit")
FILE_TYPE: Final = "config-file-type"
FILE_TYPES: Final = ("s3", "file")
OPTIONS: Final = ("enable-ecs-log-metadata", FILE_TYPE, "config-file-value")


def with_firelens(
    container: ContainerDefinition, fields: Fields, problems: Problems
) -> ContainerDefinition:
    """Return a container with its `firelensConfiguration`."""
    section = fields.section("firelensConfiguration")
    if section is None:
        return container
    kind = section.choice("type", among=TYPES)
    if "type" not in section:
        problems.error("firelensConfiguration has no type", section.source)
    options = section.mapping("options")
    place = section.place("options")
    section.refuse_rest()
    for name in options:
        if name not in OPTIONS:
            message = f"firelensConfiguration has no option {name!r}"
            problems.rejected(message, place, hint=f"it has {', '.join(OPTIONS)}")
    if options.get(FILE_TYPE, "file") not in FILE_TYPES:
        message = f"{FILE_TYPE}: {options[FILE_TYPE]!r} is not one of {', '.join(FILE_TYPES)}"
        problems.rejected(message, place)
    problems.note(
        "firelensConfiguration: its container runs, but no output is routed through it",
        section.source,
    )
    if kind is None:
        return container
    return replace(
        container, firelens_configuration=FirelensConfiguration(type=kind, options=options)
    )


def check_firelens(definition: TaskDefinition, problems: Problems) -> None:
    """Note a log router without logs, logs without a router, and a file Fargate does not fetch."""
    containers = definition.container_definitions
    routers = [c for c in containers if c.firelens_configuration is not None]
    users = [c for c in containers if c.routed]
    if users and not routers:
        problems.rejected(
            "When awsfirelens log driver is specified in log configuration, a firelens "
            "configuration object must be configured in one of the containers.",
            users[0].source,
        )
    if routers and not users:
        problems.rejected(
            "When a firelensConfiguration object is specified, at least one container has to be "
            "configured with the awsfirelens log driver.",
            routers[0].source,
        )
    for router in routers[1:]:
        problems.rejected("a task has one container with a firelensConfiguration", router.source)
    if LaunchType.FARGATE in definition.requires_compatibilities:
        for router in routers:
            _check_file(router, problems)


def _check_file(router: ContainerDefinition, problems: Problems) -> None:
    configuration = router.firelens_configuration
    if configuration is not None and configuration.options.get(FILE_TYPE) == "s3":
        message = f"container {router.name}: {FILE_TYPE} s3 is not supported on Fargate"
        problems.rejected(message, router.source, hint="put the file into the router's image")
