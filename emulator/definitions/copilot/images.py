"""The images of a job: by name, or built from the sources beside the manifest."""

import os
from dataclasses import dataclass
from pathlib import Path

from emulator.definitions.copilot.manifest import Job
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

    def main(self, image: Fields | None, manifest: Fields) -> Node | None:
        """Return the image of the job itself."""
        if image is None:
            message = "the manifest has no image"
            self.reading.problems.error(message, manifest.source)
            return None
        image.take("credentials")
        location, build = image.take("location"), image.take("build")
        if location is not None:
            return location
        return None if build is None else self._built(build, self.job.name)

    def named(self, node: Node | None, container: str) -> Node | None:
        """Return the image of a sidecar: a name, or how it is built."""
        if node is None or not isinstance(node.value, dict):
            return node
        build, location = node.value.get("build"), node.value.get("location")
        return location if build is None else self._built(build, container)

    def _built(self, build: Node, container: str) -> Node:
        """Return the local name of an image that Copilot builds, and note how."""
        job, project = self.job, self.reading.project
        own = "" if container == job.name else f"-{container}"
        image = f"{job.app}/{job.name}{own}:latest"
        root = self.path.absolute().parent.parent.parent
        entries = build.value if isinstance(build.value, dict) else {"dockerfile": build}
        dockerfile = entries["dockerfile"].text if "dockerfile" in entries else "Dockerfile"
        context = entries["context"].text if "context" in entries else str(Path(dockerfile).parent)
        arguments = entries["args"].value if "args" in entries else {}
        made = ImageBuild(
            context=os.path.normpath(root / context),
            dockerfile=os.path.normpath(root / dockerfile),
            target=entries["target"].text if "target" in entries else None,
            args={k: n.text for k, n in arguments.items()} if isinstance(arguments, dict) else {},
        )
        for path in (made.context, made.dockerfile or ""):
            if not project.holds(Path(path), root):
                message = f"container {container}: {path} lies outside of the project"
                self.reading.problems.error(message, build.source)
        self.fragment.builds[image] = LocalImage(build=made)
        return Node(image, build.source)
