"""The images of a job: by name, or built from the sources beside the manifest."""

import os
from dataclasses import dataclass
from pathlib import Path

from emulator.definitions.copilot.manifest import Job, filled
from emulator.definitions.fragment import Fragment
from emulator.definitions.nodes import Fields, Node
from emulator.definitions.reading import Reading
from emulator.model.image_builds import ImageBuild, LocalImage


@dataclass(frozen=True, slots=True)
class Images:
    """Finds the images of one manifest; how they are built is noted in its fragment."""

    path: Path
    job: Job
    reading: Reading
    fragment: Fragment

    def main(self, image: Fields) -> Node | None:
        """Return the image of the job itself."""
        return self._chosen(image, self.job.name)

    def named(self, node: Node | None, container: str) -> Node | None:
        """Return the image of a sidecar: a name, or how it is built."""
        if node is None or not isinstance(node.value, dict):
            return node
        image = Fields(node, f"the image of the sidecar {container}", self.reading.problems)
        chosen = self._chosen(image, container)
        image.refuse_rest()
        return chosen

    def _chosen(self, image: Fields, container: str) -> Node | None:
        """Take `location`, or `build`, of an image; Copilot refuses both at once."""
        location, build = image.take("location"), filled(image, "build")
        if build is None:
            return location
        if location is not None and location.value is not None:
            message = (
                f'container {container}: must specify one, not both, of "build" and "location"'
            )
            self.reading.problems.rejected(message, image.source)
            return location
        if not isinstance(build.value, dict):
            build = Node({"dockerfile": build}, build.source)
        fields = Fields(build, f"the build of {container}", self.reading.problems)
        return self._built(fields, container)

    def _built(self, build: Fields, container: str) -> Node:
        """Return the local name of an image that Copilot builds, and note how."""
        job, project = self.job, self.reading.project
        own = "" if container == job.name else f"-{container}"
        image = f"{job.app}/{job.name}{own}:latest"
        root = self.path.absolute().parent.parent.parent
        # To Copilot, what is left empty is not said.
        dockerfile, context = build.text("dockerfile"), build.text("context")
        if not context:
            context = os.path.dirname(dockerfile or "")  # noqa: PTH120 - "" is the root
        if not dockerfile:
            dockerfile = os.path.join(context, "Dockerfile")  # noqa: PTH118
        made = ImageBuild(
            context=os.path.normpath(root / context),
            dockerfile=os.path.normpath(root / dockerfile),
            target=build.text("target"),
            args=build.mapping("args"),
        )
        if build.has("cache_from"):
            message = "cache_from: the engine's own cache is used"
            self.reading.problems.note(message, build.place("cache_from"))
        build.refuse_rest()
        for path in (made.context, made.dockerfile or ""):
            if not project.holds(Path(path), root):
                message = f"container {container}: {path} lies outside of the project"
                self.reading.problems.error(message, build.source)
        self.fragment.builds[image] = LocalImage(build=made)
        return Node(image, build.source)
