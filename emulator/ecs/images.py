"""Images of tasks: looked up or pulled by the pull policy, one pull at a time per image."""

import threading
from collections import defaultdict
from collections.abc import Callable

from emulator.engines.base import ContainerEngine, ImageInfo, ImageUnavailableError
from emulator.events import EventBus, Progressed
from emulator.model.definitions import PullPolicy

Pull = Callable[[], ImageInfo]


class ImageStore:
    """Answers whether an image is here, and brings it when the policy says so; thread-safe."""

    def __init__(self, engine: ContainerEngine, policy: PullPolicy, bus: EventBus) -> None:
        self._engine = engine
        self._policy = policy
        self._bus = bus
        self._locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    def ensure(
        self,
        image: str,
        *,
        platform: str | None = None,
        pulling: Callable[[Pull], ImageInfo] = lambda pull: pull(),
    ) -> ImageInfo:
        """Return an image that is here now. `pulling` carries a pull out, which may take long.

        Raises `ImageUnavailableError`.
        """
        if self._policy is not PullPolicy.ALWAYS:
            found = self._engine.find_image(image)
            if found is not None:
                return found
            if self._policy is PullPolicy.NEVER:
                message = f"{image} is not here, and the pull policy is never"
                raise ImageUnavailableError(message)
        return pulling(lambda: self._pull_once(image, platform))

    def prepare(self, image: str, *, platform: str | None = None) -> None:
        """Bring an image that is missing, ahead of the tasks that need it.

        Raises `ImageUnavailableError`.
        """
        if self._engine.find_image(image) is None:
            self.ensure(image, platform=platform)

    def _pull_once(self, image: str, platform: str | None) -> ImageInfo:
        with self._locks[image]:
            # Another task of the same second may have brought it meanwhile.
            found = None if self._policy is PullPolicy.ALWAYS else self._engine.find_image(image)
            return found or self._pull(image, platform)

    def _pull(self, image: str, platform: str | None) -> ImageInfo:
        self._bus.publish(Progressed(message=f"pulling {image}"))
        return self._engine.pull_image(
            image,
            platform=platform,
            progress=lambda line: self._bus.publish(Progressed(message=line)),
        )
