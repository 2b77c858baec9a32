"""`local.images`: what runs here in place of the images that definitions name."""

from pathlib import Path

from emulator.definitions.local_secrets import absolute
from emulator.definitions.nodes import Fields, Node, Problems
from emulator.model.definitions import ImageBuild, LocalImage, PullPolicy

_OF_BUILD = ("dockerfile", "target", "args")


def read_local_images(fields: Fields, directory: Path, problems: Problems) -> dict[str, LocalImage]:
    """Take stand-ins by the name of an image or a glob; paths begin at `directory`."""
    found = {}
    for name, node in fields.entries("images"):
        image = _image(name, node, directory, problems)
        if image is not None:
            found[name] = image
    return found


def _image(name: str, node: Node, directory: Path, problems: Problems) -> LocalImage | None:
    what = f"local.images.{name}"
    if isinstance(node.value, str) and node.value:
        return LocalImage(image=node.value)
    if not isinstance(node.value, dict):
        message = f"{what} is the name of an image, or a mapping; not {node.kind}"
        problems.error(message, node.source, rule="wrong-type")
        return None
    entry = Fields(node, what, problems)
    pull = entry.choice("pull", among=tuple(PullPolicy))
    image, platform = entry.text("image"), entry.text("platform")
    context, build = entry.text("build"), None
    dockerfile, target, args = (
        entry.text("dockerfile"),
        entry.text("target"),
        entry.mapping("args"),
    )
    if context is not None:
        build = ImageBuild(
            context=absolute(context, directory),
            dockerfile=None if dockerfile is None else absolute(dockerfile, directory),
            target=target,
            args=args,
        )
    elif dockerfile or target or args:
        problems.error(f"{what}: {', '.join(_OF_BUILD)} belong to a build", node.source)
    if build is not None and (image is not None or pull is not None):
        problems.error(f"{what}: what is built has no image and no pull policy", node.source)
    entry.refuse_rest()
    return LocalImage(
        image=image,
        build=build,
        pull=None if pull is None else PullPolicy(pull),
        platform=platform,
    )
