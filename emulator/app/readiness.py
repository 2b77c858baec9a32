"""Images are here before a rule is due: looked for when `run` begins, and again and again.

A missing one is pulled or built then, with progress, so that no firing is late by it. A task that
is due meanwhile waits for the same pull or build.
"""

import threading
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from emulator.app.live import Live
from emulator.ecs.images import registry_login
from emulator.ecs.plan import image_to_run
from emulator.ecs.secret_values import SecretUnavailableError, SecretValues
from emulator.errors import EngineError, EngineUnavailableError
from emulator.model.definitions import Definitions, Local
from emulator.model.event_rules import EventRule
from emulator.model.image_builds import LocalImage
from emulator.model.names import split_task_definition
from emulator.model.rules import Rule
from emulator.model.task_definition import ContainerDefinition
from emulator.workers import NoThreadError, begin_thread

LOOK_EVERY: Final = timedelta(seconds=30)
"""So long before a firing its images have been seen at the latest."""


@dataclass(frozen=True, slots=True)
class NeededImage:
    """An image that is to be here, and the first rule and container that need it.

    `own` is what `local.images` says of it.
    """

    image: str
    platform: str | None
    rule: str
    container: ContainerDefinition
    own: LocalImage | None = None


def needed_images(rules: Iterable[Rule | EventRule], definitions: Definitions) -> list[NeededImage]:
    """Return each image that tasks of rules run, as it is called on this machine (pure)."""
    found: dict[tuple[str, str | None], NeededImage] = {}
    for rule in rules:
        for target in rule.targets if isinstance(rule, Rule) else rule.task_targets:
            family = split_task_definition(target.task_definition)[0]
            definition = definitions.task_definitions.get(family)
            if definition is None:
                continue
            for container in definition.container_definitions:
                image, platform = image_to_run(container, definition, definitions.local)
                own = definitions.local.stand_in(container.image)
                needed = NeededImage(image, platform, rule.name, container, own)
                found.setdefault((image, platform), needed)
    return list(found.values())


class Readiness:
    """Keeps the images of rules ready, in a thread of its own while there is something to do."""

    def __init__(
        self, live: Live, images: Iterable[NeededImage], local: Local, environ: Mapping[str, str]
    ) -> None:
        self._live = live
        self._images = tuple(images)
        self._local = local
        self._secrets = SecretValues(local, environ)
        self._told: dict[str, str] = {}
        self._busy = threading.Lock()
        self._over = False

    def begin(self) -> None:
        """Look now, and from now on; returns at once."""
        if self._images and not self._over:
            self._live.call_after(LOOK_EVERY, self.begin)
            # Without a thread the next look sees to it, or a task to its own image.
            with suppress(NoThreadError):
                begin_thread(self.look, "images")

    def end(self) -> None:
        """Look no more."""
        self._over = True

    def look(self) -> None:
        """Look for every image, and bring those that are missing."""
        if not self._busy.acquire(blocking=False):
            # The last look still pulls.
            return
        try:
            for needed in self._images:
                if not self._over:
                    self._see_to(needed)
        finally:
            self._busy.release()

    def _see_to(self, needed: NeededImage) -> None:
        try:
            self._live.images.prepare(
                needed.image,
                platform=needed.platform,
                own=needed.own,
                login=registry_login(needed.container, self._local, self._secrets),
            )
        except EngineUnavailableError as error:
            self._tell(needed, f"would wait for the engine: {error}")
        except (EngineError, SecretUnavailableError, ValueError) as error:
            # An `EngineError` has its hint in its text.
            self._tell(needed, f"would not start: {error}")
        else:
            self._told.pop(needed.image, None)

    def _tell(self, needed: NeededImage, why: str) -> None:
        """Say why tasks would not start or wait, once as long as it is the same."""
        if not self._over and self._told.get(needed.image) != why:
            self._told[needed.image] = why
            self._live.warn(f"{needed.rule}: its tasks {why}")
