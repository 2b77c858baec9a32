"""What tasks work with, made of an engine, the settings and the definitions they are run by."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from emulator.app.settings import Settings
from emulator.clock import system_clock
from emulator.ecs.host_ports import HostPorts
from emulator.ecs.images import ImageStore
from emulator.ecs.notices import Notices
from emulator.ecs.outage import Outage
from emulator.ecs.plan import Host
from emulator.ecs.workshop import Workshop
from emulator.engines.base import ContainerEngine, EngineInfo
from emulator.events import EventBus, Warned
from emulator.model.definitions import Definitions
from emulator.model.task import FAKE_ENGINE, Task
from emulator.timers import Timers

if TYPE_CHECKING:
    from emulator.ecs.endpoints import Endpoints
    from emulator.ecs.log_groups import MissingGroup


class Workshops:
    """Makes the workshop of an engine's tasks, and another one when definitions change."""

    def __init__(self, settings: Settings, engine: ContainerEngine, bus: EventBus) -> None:
        self._settings = settings
        self._engine = engine
        self._bus = bus

    def first(
        self,
        definitions: Definitions,
        timers: Timers,
        info: EngineInfo,
        *,
        state_directory: Path,
        labels: Mapping[str, str],
        endpoints: "Endpoints | None",
        in_order: bool,
    ) -> Workshop:
        """Return what tasks work with first; `labels` are carried by all that is made for them."""
        local = definitions.local
        return Workshop(
            engine=self._engine,
            images=self._images(definitions),
            bus=self._bus,
            clock=timers.now,
            timers=timers,
            outage=Outage(self._engine, timers, self._warn),
            local=local,
            host=Host(
                cpus=info.cpus,
                labels=labels,
                no_groups=info.no_groups,
                most_open_files=info.most_open_files,
                architecture=info.architecture,
                state_directory=state_directory,
                engine=info.name,
            ),
            ports=HostPorts(local.bind_address, self._warn),
            notices=Notices(self._warn),
            missing_log_groups=lambda task: self._missing_log_groups(task, definitions),
            environ=self._settings.environ,
            endpoints=endpoints,
            engine_clock=timers.now if info.name == FAKE_ENGINE else system_clock,
            in_order=in_order,
        )

    def renewed(self, shop: Workshop, definitions: Definitions) -> Workshop:
        """Return what tasks work with that begin by other definitions."""
        return replace(
            shop,
            local=definitions.local,
            images=self._images(definitions),
            missing_log_groups=lambda task: self._missing_log_groups(task, definitions),
        )

    def _images(self, definitions: Definitions) -> ImageStore:
        policy = self._settings.pull or definitions.local.pull
        return ImageStore(self._engine, policy, self._bus)

    def _missing_log_groups(self, task: Task, definitions: Definitions) -> "list[MissingGroup]":
        """Return the groups that no file declares; with `strict` only, else they are made."""
        if not self._settings.strict:
            return []
        from emulator.ecs.log_groups import missing_groups

        return list(missing_groups(task, {group.name for group in definitions.log_groups}))

    def _warn(self, text: str) -> None:
        self._bus.publish(Warned(message=text))
