"""What RunTask, or a target, changes in one container of a task (AWS: ContainerOverride)."""

from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING

from emulator.values import frozen

if TYPE_CHECKING:
    from emulator.model.environment import EnvironmentFile


@frozen
class ContainerOverride:
    """What a target changes in one container.

    `command` replaces, `environment` is merged by name, the rest replaces; units as in
    `ContainerDefinition`.
    """

    name: str
    command: tuple[str, ...] | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    environment_files: "tuple[EnvironmentFile, ...]" = ()
    cpu: int | None = None
    memory: int | None = None
    memory_reservation: int | None = None
    gpus: int | None = None
