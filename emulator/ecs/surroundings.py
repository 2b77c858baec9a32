"""What a task's environment gets from elsewhere: environment files, and secrets."""

from emulator.ecs.plan_environment import Surroundings
from emulator.ecs.workshop import CannotStartError, Workshop
from emulator.model.task import Task
from emulator.model.task_definition import ContainerDefinition


def surroundings(task: Task, shop: Workshop) -> dict[str, Surroundings]:
    """Return what each container's environment gets, by its name.

    Raises `CannotStartError`, having said what to do.
    """
    containers = task.task_definition.container_definitions
    if not any(map(_asks_for_any, containers)):
        return {container.name: Surroundings() for container in containers}
    # Imported where something is asked for: most tasks have none of it.
    from emulator.ecs.environment_files import EnvironmentFileError
    from emulator.ecs.task_secrets import SecretsMissingError

    try:
        return _read(task, shop)
    except SecretsMissingError as missing:
        shop.hint(task, *missing.hints)
        raise CannotStartError(missing.reason) from missing
    except EnvironmentFileError as missing:
        shop.hint(task, missing.hint)
        raise CannotStartError(missing.reason(task.launch_type)) from missing


def _asks_for_any(container: ContainerDefinition) -> bool:
    """Return whether anything is to be had from elsewhere, for the log driver as well."""
    log = container.log_configuration
    of_log = log is not None and bool(log.secret_options)
    return bool(container.environment_files or container.secrets) or of_log


def _read(task: Task, shop: Workshop) -> dict[str, Surroundings]:
    from emulator.ecs.environment_files import read_environment_files
    from emulator.ecs.secret_values import SecretValues
    from emulator.ecs.task_secrets import task_secrets

    definition = task.task_definition
    values = SecretValues(shop.local, shop.environ)
    secrets = task_secrets(definition, values, task.launch_type, task.region)
    return {
        c.name: Surroundings(
            files=read_environment_files(c.environment_files, shop.local),
            secrets=secrets[c.name],
        )
        for c in definition.container_definitions
    }
