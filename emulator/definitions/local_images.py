"""`local.images`: what runs here in place of the images that definitions name."""

from dataclasses import dataclass
from pathlib import Path

from emulator.definitions.files import Project
from emulator.definitions.local_secrets import absolute
from emulator.definitions.nodes import Fields, Node, Problems
from emulator.model.image_builds import ImageBuild, LocalImage
from emulator.model.pull_policy import PullPolicy

_OF_BUILD = ("dockerfile", "target", "args")


def read_local_images(
    fields: Fields, directory: Path, project: Project, problems: Problems
) -> dict[str, LocalImage]:
    """Take stand-ins by the name of an image or a glob; paths begin at `directory`.

    What a build takes lies in the directory or the project, unless `project` is all there is.
    """
    found = {}
    for name, node in fields.entries("images"):
        image = _Reader(f"local.images.{name}", directory, project, problems).image(node)
        if image is not None:
            found[name] = image
    return found


@dataclass(frozen=True, slots=True)
class _Reader:
    what: str
    directory: Path
    project: Project
    problems: Problems

    def image(self, node: Node) -> LocalImage | None:
        if isinstance(node.value, str) and node.value:
            return LocalImage(image=node.value)
        if not isinstance(node.value, dict):
            message = f"{self.what} is the name of an image, or a mapping; not {node.kind}"
            self.problems.error(message, node.source, rule="wrong-type")
            return None
        entry = Fields(node, self.what, self.problems)
        pull = entry.member("pull", of=PullPolicy)
        image, build = entry.text("image"), self._build(entry)
        if build is not None and (image is not None or pull is not None):
            message = f"{self.what}: what is built has no image and no pull policy"
            self.problems.error(message, node.source)
        platform = entry.text("platform")
        entry.refuse_rest()
        return LocalImage(image=image, build=build, pull=pull, platform=platform)

    def _build(self, entry: Fields) -> ImageBuild | None:
        context = self._path(entry, "build")
        dockerfile, target = self._path(entry, "dockerfile"), entry.text("target")
        args = entry.mapping("args")
        if context is None:
            if dockerfile or target or args:
                message = f"{self.what}: {', '.join(_OF_BUILD)} belong to a build"
                self.problems.error(message, entry.source)
            return None
        return ImageBuild(context=context, dockerfile=dockerfile, target=target, args=args)

    def _path(self, entry: Fields, name: str) -> str | None:
        text = entry.text(name)
        if text is None:
            return None
        path = absolute(text, self.directory)
        if not self.project.holds(Path(path), self.directory):
            message = f"{self.what}: {name} {text!r} lies outside of the project"
            hint = "write `allow: [hostPaths]` under local: if it may"
            self.problems.error(message, entry.place(name), hint=hint)
        return path
