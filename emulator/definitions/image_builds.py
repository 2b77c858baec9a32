"""Images that are built from the sources beside their definitions."""

import shlex

from emulator.model.image_builds import ImageBuild


def build_command(image: str, build: ImageBuild) -> str:
    """Return the `docker build` that makes an image."""
    words = ["docker", "build", "-t", image]
    if build.dockerfile is not None:
        words += ["-f", build.dockerfile]
    if build.target is not None:
        words += ["--target", build.target]
    for name, value in build.args.items():
        words += ["--build-arg", f"{name}={value}"]
    return shlex.join([*words, build.context])
