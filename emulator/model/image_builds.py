"""What runs here in place of an image: another one, or one built of the source beside it."""

from collections.abc import Mapping
from dataclasses import field

from emulator.model.pull_policy import PullPolicy
from emulator.values import frozen


@frozen
class ImageBuild:
    """How an image is built of a directory of this machine.

    `context` is a directory and `dockerfile` a file (None: the one in it), as absolute paths;
    `target` is a stage of it.
    """

    context: str
    dockerfile: str | None = None
    target: str | None = None
    args: Mapping[str, str] = field(default_factory=dict)


@frozen
class LocalImage:
    """What runs here in place of an image: another one that is here or can be pulled, or a build.

    All None: the image itself. `pull` and `platform` None: as for every image.
    """

    image: str | None = None
    build: ImageBuild | None = None
    pull: PullPolicy | None = None
    platform: str | None = None
