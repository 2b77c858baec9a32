"""What is said of an image that is for another machine than this one, or than AWS takes."""

from dataclasses import replace

import pytest

from emulator.ecs.image_platform import fits, platform_notice
from emulator.model.task_definition import LaunchType
from tests.builders import task


@pytest.mark.parametrize(
    ("architecture", "platform", "expected"),
    [
        ("arm64", None, True),
        ("arm64", "linux/arm64", True),
        ("arm", "linux/arm/v7", True),
        ("arm64", "linux/amd64", False),
        ("", "linux/amd64", True),
    ],
)
def test_an_image_is_for_a_platform(
    architecture: str, platform: str | None, expected: bool
) -> None:
    assert fits(architecture, platform) is expected


@pytest.mark.parametrize(
    ("architecture", "machine", "asked", "launch_type", "said"),
    [
        ("amd64", "x86_64", None, LaunchType.FARGATE, None),
        ("arm64", "x86_64", "ARM64", LaunchType.FARGATE, "it runs emulated"),
        ("amd64", "aarch64", "X86_64", LaunchType.EC2, "it runs emulated"),
        ("arm64", "aarch64", None, LaunchType.FARGATE, "Fargate runs X86_64"),
        ("arm64", "aarch64", None, LaunchType.EC2, None),
        ("arm64", "aarch64", "ARM64", LaunchType.FARGATE, None),
        ("", "x86_64", None, LaunchType.FARGATE, None),
    ],
)
def test_what_differs_is_said(
    architecture: str, machine: str, asked: str | None, launch_type: LaunchType, said: str | None
) -> None:
    made = replace(task(cpu_architecture=asked), launch_type=launch_type)
    notice = platform_notice("a:1", architecture, made, machine=machine)
    assert (said or "") in (notice or "")
    assert (notice is None) is (said is None)
