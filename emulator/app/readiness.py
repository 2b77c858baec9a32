"""Images are here before a rule is due: looked for when `run` begins, and again and again.

A missing one is pulled then, with progress, so that no firing is late by a pull. A task that is
due meanwhile waits for the same pull.
"""

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from emulator.app.live import Live
from emulator.ecs.plan import PLATFORMS
from emulator.errors import EngineError
from emulator.model.definitions import Definitions, LocalImage
from emulator.model.names import split_task_definition
from emulator.model.rules import Rule

LOOK_EVERY: Final = timedelta(seconds=30)
"""So long before a firing its images have been seen at the latest."""


@dataclass(frozen=True, slots=True)
class NeededImage:
    """An image that is to be here, and the first rule that needs it.

    `own` is what `local.images` says of it.
    """

    image: str
    platform: str | None
    rule: str
    own: LocalImage | None = None


def needed_images(rules: Iterable[Rule], definitions: Definitions) -> list[NeededImage]:
    """Return each image that tasks of rules run, as it is called on this machine (pure)."""
    found: dict[tuple[str, str | None], NeededImage] = {}
    for rule in rules:
        for target in rule.targets:
            family = split_task_definition(target.task_definition)[0]
            definition = definitions.task_definitions.get(family)
            if definition is None:
                continue
            platform = PLATFORMS.get(definition.cpu_architecture or "")
            for container in definition.container_definitions:
                own = definitions.local.stand_in(container.image)
                if own is None and container.repository_credentials is not None:
                    continue  # Who pulls it must log in, which a task does when it starts.
                image = own.image if own is not None and own.image else container.image
                here = (own and own.platform) or platform
                needed = NeededImage(image, here, rule.name, own)
                found.setdefault((image, here), needed)
    return list(found.values())


class Readiness:
    """Keeps the images of rules ready, in a thread of its own while there is something to do."""

    def __init__(self, live: Live, images: Iterable[NeededImage]) -> None:
        self._live = live
        self._images = tuple(images)
        self._told: dict[str, str] = {}
        self._busy = threading.Lock()
        self._over = False

    def begin(self) -> None:
        """Look now, and from now on; returns at once."""
        if self._images and not self._over:
            threading.Thread(target=self.look, name="images", daemon=True).start()
            self._live.call_after(LOOK_EVERY, self.begin)

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
            self._live.images.prepare(needed.image, platform=needed.platform, own=needed.own)
        except EngineError as error:
            if not self._over and self._told.get(needed.image) != error.message:
                self._told[needed.image] = error.message
                self._live.warn(f"{needed.rule}: its tasks would not start: {error.message}")
        else:
            self._told.pop(needed.image, None)
