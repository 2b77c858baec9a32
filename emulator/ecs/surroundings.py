"""What a task's environment gets from elsewhere: environment files, and secrets."""

from emulator.ecs.environment_files import EnvironmentFileError, read_environment_files
from emulator.ecs.plan_environment import Surroundings
from emulator.ecs.secret_values import SecretValues
from emulator.ecs.task_secrets import SecretsMissingError, task_secrets
from emulator.ecs.workshop import CannotStartError, Workshop
from emulator.model.task import Task


def surroundings(task: Task, shop: Workshop) -> dict[str, Surroundings]:
    """Return what each container's environment gets, by its name.

    Raises `CannotStartError`, having said what to do.
    """
    try:
        return _read(task, shop)
    except SecretsMissingError as missing:
        shop.hint(task, *missing.hints)
        raise CannotStartError(missing.reason) from missing
    except EnvironmentFileError as missing:
        shop.hint(task, missing.hint)
        raise CannotStartError(missing.reason(task.launch_type)) from missing


def _read(task: Task, shop: Workshop) -> dict[str, Surroundings]:
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
