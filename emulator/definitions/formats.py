"""Formats that many projects do not have: imported once a file looks like one.

Start-up is what a user waits for, and the readers of all formats together take longer than all
the rest. What is asked here first is only what such a file cannot be without.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

from emulator.definitions.fragment import Fragment
from emulator.definitions.reading import Reading


def is_ecspresso(path: Path, text: str) -> bool:
    """Return whether a file is a configuration of ecspresso."""
    if "task_definition" not in text:
        return False
    from emulator.definitions import ecspresso

    return ecspresso.is_ecspresso(path, text)


def read_ecspresso(path: Path, text: str, reading: Reading) -> Fragment:
    """Return the task definition that a configuration names. Raises `DefinitionError`."""
    from emulator.definitions import ecspresso

    return ecspresso.read_ecspresso(path, text, reading)


def is_template(path: Path, text: str) -> bool:
    """Return whether a file is a CloudFormation template that speaks of scheduled tasks."""
    if "AWS::" not in text:
        return False
    from emulator.definitions import cloudformation

    return cloudformation.is_template(path, text)


def nested_beside(path: Path, text: str) -> Iterable[Path]:
    """Return the files that a template names as templates of nested stacks."""
    if "AWS::" not in text:
        return ()
    from emulator.definitions import cloudformation

    return cloudformation.nested_beside(path, text)


def read_template(path: Path, text: str, reading: Reading) -> Fragment:
    """Return what a CloudFormation template defines. Raises `DefinitionError`."""
    from emulator.definitions import cloudformation

    return cloudformation.read_template(path, text, reading)


def is_aws_output(path: Path, text: str) -> bool:
    """Return whether a file is what the AWS CLI says of rules, targets or schedules."""
    if not any(word in text for word in ("EventPattern", "Rules", "Schedule", "Targets", "EcsP")):
        return False
    from emulator.definitions import aws_output

    return aws_output.is_aws_output(path, text)


def read_aws_output(path: Path, text: str, reading: Reading) -> Fragment:
    """Return what the AWS CLI says of rules. Raises `DefinitionError`."""
    from emulator.definitions import aws_output

    return aws_output.read_aws_output(path, text, reading)


def is_manifest(path: Path, text: str) -> bool:
    """Return whether a file is AWS Copilot's manifest of a scheduled job."""
    if "Scheduled Job" not in text:
        return False
    from emulator.definitions import copilot

    return copilot.is_manifest(path, text)


def read_manifest(path: Path, text: str, reading: Reading) -> Fragment:
    """Return what a manifest of Copilot defines. Raises `DefinitionError`."""
    from emulator.definitions import copilot

    return copilot.read_manifest(path, text, reading)


def is_assembly(directory: Path, names: Sequence[str]) -> bool:
    """Return whether a directory is a CDK cloud assembly."""
    if "cdk.out" not in names:
        return False
    from emulator.definitions import cdk

    return cdk.is_assembly(directory, names)


def read_assembly(directory: Path, reading: Reading) -> Fragment:
    """Return what the stacks of a cloud assembly define. Raises `DefinitionError`."""
    from emulator.definitions import cdk

    return cdk.read_assembly(directory, reading)
