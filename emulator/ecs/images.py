"""Images of tasks: looked up, pulled or built by what is said of them, each once at a time."""

import re
import threading
from collections import defaultdict
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from emulator.ecs.image_platform import fits
from emulator.engines.base import ContainerEngine, ImageInfo, ImageUnavailableError
from emulator.events import EventBus, Progressed
from emulator.model.definitions import Local
from emulator.model.pull_policy import PullPolicy
from emulator.model.task_definition import ContainerDefinition

if TYPE_CHECKING:
    from emulator.ecs.secret_values import SecretValues
    from emulator.model.image_builds import ImageBuild, LocalImage

Pull = Callable[[], ImageInfo]
Login = Callable[[], tuple[str, str] | None]

_ECR: Final = re.compile(r"\d{12}\.dkr[.-]ecr[.-]", re.ASCII)


def not_pulled(image: str) -> ImageUnavailableError:
    """Return the error of an image that is not here, and that no registry is asked for.

    Of one in a private registry of AWS nobody said that it may be pulled; the words are those for
    whoever is not logged in there.
    """
    if _is_placeholder(image):
        return ImageUnavailableError(f"{image} is known to AWS alone", hint=_stand_in(image))
    return ImageUnavailableError(
        f"pull access denied for {image.partition(':')[0]}, repository does not exist or may "
        "require 'docker login': denied: requested access to the resource is denied",
        hint=f"{image} is in a private registry of AWS, which is not asked by accident: under "
        f'local.images write "{image}": IMAGE, or {{build: DIRECTORY}}, or {{pull: missing}} '
        "to pull it with the credentials of `docker login`",
    )


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
        own: "LocalImage | None" = None,
        login: Login = lambda: None,
        pulling: Callable[[Pull], ImageInfo] = lambda pull: pull(),
    ) -> ImageInfo:
        """Return an image that is here now. `pulling` carries a pull out, which may take long.

        `own` is what `local.images` says of it, `login` gives what a private registry asks for.
        Raises `ImageUnavailableError`, and what `login` does.
        """
        policy = self._policy if own is None or own.pull is None else own.pull
        if policy is not PullPolicy.ALWAYS or not may_pull(image, own):
            found = self._engine.find_image(image)
            if found is not None and fits(found.architecture, platform):
                return found
            if policy is PullPolicy.NEVER:
                message = _absence(image, found, platform)
                raise ImageUnavailableError(message, hint=_stand_in(image))
            if not may_pull(image, own):
                raise not_pulled(image)
        known = login()
        return pulling(lambda: self._pull_once(image, platform, policy, known))

    def prepare(
        self,
        image: str,
        *,
        platform: str | None = None,
        own: "LocalImage | None" = None,
        login: Login = lambda: None,
    ) -> None:
        """Bring or build an image that is missing, ahead of the tasks that need it.

        Raises as `ensure` does.
        """
        if own is not None and own.build is not None:
            self.build(own.build, platform)
            return
        found = self._engine.find_image(image)
        if found is None or not fits(found.architecture, platform):
            self.ensure(image, platform=platform, own=own, login=login)

    def build(
        self,
        build: "ImageBuild",
        platform: str | None,
        pulling: Callable[[Pull], ImageInfo] = lambda pull: pull(),
    ) -> tuple[str, ImageInfo]:
        """Return name and image of a build's present content, built once however many ask.

        Raises `ImageUnavailableError`.
        """
        name = ""

        def work() -> ImageInfo:
            nonlocal name
            with self._locks[build.context]:
                name = self._engine.build_image(build, platform=platform, progress=self._progress)
            image = self._engine.find_image(name)
            if image is None:
                message = f"the image that was built from {build.context} is gone"
                raise ImageUnavailableError(message)
            return image

        image = pulling(work)
        return name, image

    def _pull_once(
        self,
        image: str,
        platform: str | None,
        policy: PullPolicy,
        login: tuple[str, str] | None,
    ) -> ImageInfo:
        with self._locks[image]:
            # Another task of the same second may have brought it meanwhile.
            found = None if policy is PullPolicy.ALWAYS else self._engine.find_image(image)
            if found is not None and fits(found.architecture, platform):
                return found
            return self._pull(image, platform, login)

    def _pull(self, image: str, platform: str | None, login: tuple[str, str] | None) -> ImageInfo:
        self._progress(f"pulling {image}")
        try:
            pulled = self._engine.pull_image(
                image, platform=platform, login=login, progress=self._progress
            )
        except ImageUnavailableError as error:
            raise ImageUnavailableError(
                error.message, hint=error.hint or _stand_in(image)
            ) from error
        if not fits(pulled.architecture, platform):
            # Docker takes an image that is for one platform only, and refuses to run it then.
            message = f"image Manifest does not contain descriptor matching platform '{platform}'"
            hint = f"{image} is for {pulled.architecture} only: build it for {platform}, too"
            raise ImageUnavailableError(message, hint=hint)
        return pulled

    def _progress(self, line: str) -> None:
        self._bus.publish(Progressed(message=line))


def may_pull(image: str, own: "LocalImage | None") -> bool:
    """Return whether a registry may be asked: a private one of AWS only where the user says so."""
    if _is_placeholder(image):
        return False
    return _ECR.match(image) is None or (own is not None and own.pull is not None)


def _is_placeholder(image: str) -> bool:
    """Return whether a part of a name is known to AWS alone: it stands for none that could be."""
    return "${" in image


def _absence(image: str, found: ImageInfo | None, platform: str | None) -> str:
    here = "not here" if found is None else f"here for {found.architecture}, not for {platform}"
    return f"{image} is {here}, and the pull policy is never"


def _stand_in(image: str) -> str:
    return (
        f'{image} can have a stand-in: under local.images write "{image}": IMAGE for one that is '
        "here, or {build: DIRECTORY}"
    )


def registry_login(container: ContainerDefinition, local: Local, values: "SecretValues") -> Login:
    """Return what finds the user and password with which a container's own image is pulled.

    It raises `SecretUnavailableError`, and ValueError for a secret that holds neither.
    """
    secret, own = container.repository_credentials, local.stand_in(container.image)
    if secret is None or (own is not None and own.image is not None):
        return lambda: None
    return lambda: login_of(values.value(secret))


def login_of(secret: str) -> tuple[str, str]:
    """Return user name and password out of the JSON of `repositoryCredentials`.

    Raises ValueError with the agent's text, which holds no part of it.
    """
    from emulator.model.go_values import parse_object

    members = parse_object(secret) or {}
    for name in ("username", "password"):
        if not isinstance(members.get(name), str) or not members[name]:
            message = f"asm fetching {name}: AuthorizationData is malformed, empty field"
            raise ValueError(message)
    return members["username"], members["password"]
