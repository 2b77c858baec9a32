"""What AWS checks of containers that wait for each other: dependsOn, links, volumesFrom (pure)."""

from collections.abc import Callable, Mapping
from graphlib import CycleError, TopologicalSorter

from emulator.definitions.nodes import Problems
from emulator.model.container_life import ContainerDependency, DependencyCondition
from emulator.model.task_definition import ContainerDefinition, TaskDefinition


def check_dependencies(definition: TaskDefinition, problems: Problems) -> None:
    """Note dependencies that cannot be met, and circles of them."""
    by_name = {container.name: container for container in definition.container_definitions}
    for container in by_name.values():
        _check_names(container, by_name, problems)
        for dependency in container.depends_on:
            other = by_name.get(dependency.container_name)
            if other is not None:
                _check_condition(container, dependency, other, problems)
    linked = _cycle(by_name, lambda c: [link.container_name for link in c.links])
    if linked:
        source = by_name[linked[0]].source
        problems.error(f"Container links should not have a cycle: {' -> '.join(linked)}", source)
        return
    cycle = _cycle(by_name, lambda c: [d.container_name for d in c.dependencies])
    if cycle:
        path = " -> ".join(cycle)
        problems.error(f"dependsOn runs in a circle: {path}", by_name[cycle[0]].source)


def _check_names(
    container: ContainerDefinition,
    by_name: Mapping[str, ContainerDefinition],
    problems: Problems,
) -> None:
    wanted = (
        *((d.container_name, "depends on") for d in container.depends_on),
        *((link.container_name, "links to") for link in container.links),
        *((other.source_container, "takes volumes from") for other in container.volumes_from),
    )
    for name, relation in wanted:
        if name not in by_name:
            problems.error(
                f"container {container.name} {relation} {name}, "
                "which is not a container of the task definition",
                container.source,
            )


def _check_condition(
    container: ContainerDefinition,
    dependency: ContainerDependency,
    other: ContainerDefinition,
    problems: Problems,
) -> None:
    match dependency.condition:
        case DependencyCondition.COMPLETE | DependencyCondition.SUCCESS if other.essential:
            problems.error(
                "A dependency container with SUCCESS or COMPLETE condition cannot be an "
                f"essential container: {other.name}",
                container.source,
                hint=f"say essential: false for {other.name}",
            )
        case DependencyCondition.HEALTHY if (
            other.health_check is None or not other.health_check.monitored
        ):
            problems.error(
                f"container {container.name} waits for {other.name} to be HEALTHY, "
                "which has no healthCheck",
                container.source,
                hint=f"give {other.name} a healthCheck; the image's own does not count for ECS",
            )


def _cycle(
    containers: Mapping[str, ContainerDefinition],
    wanted_by: Callable[[ContainerDefinition], list[str]],
) -> list[str]:
    """Return the names along a circle of dependencies, each depending on the next, or nothing."""
    graph = TopologicalSorter({name: wanted_by(c) for name, c in containers.items()})
    try:
        graph.prepare()
    except CycleError as error:
        circle: list[str] = error.args[1]
        return circle[::-1]
    return []
