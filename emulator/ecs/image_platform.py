"""Architectures of images: whether one fits this machine, and how AWS would differ (pure)."""

from typing import Final

from emulator.model.task import Task
from emulator.model.task_definition import LaunchType

PLATFORMS: Final = {"X86_64": "linux/amd64", "ARM64": "linux/arm64"}
_MACHINES: Final = {"x86_64": "amd64", "aarch64": "arm64"}
"""Architectures as the engine's host has them, and as images do."""


def architecture_of(platform: str) -> str:
    """Return the architecture of `linux/arm64` or `linux/arm/v7`, as images have it."""
    parts = platform.split("/")
    return parts[1] if len(parts) > 1 else parts[0]


def fits(architecture: str, platform: str | None) -> bool:
    """Return whether an image of an architecture ("": not known) is for a platform (None: any)."""
    return platform is None or not architecture or architecture == architecture_of(platform)


def platform_notice(image: str, architecture: str, task: Task, *, machine: str) -> str | None:
    """Return what to know of an image's architecture, of a task, on a machine; None: nothing.

    Fargate takes X86_64 where a task definition says nothing; here that is what the machine is.
    """
    machine = _MACHINES.get(machine, machine)
    if not architecture or not machine:
        return None
    if architecture != machine:
        return (
            f"image {image} is for {architecture}, and this machine is {machine}: it runs "
            "emulated and slower, or fails with `exec format error` where nothing emulates it"
        )
    asked = task.task_definition.cpu_architecture
    if asked is None and architecture != "amd64" and task.launch_type is LaunchType.FARGATE:
        return (
            f"image {image} is for {architecture}, and Fargate runs X86_64 where runtimePlatform "
            "says nothing: there it fails with `exec format error`"
        )
    return None
