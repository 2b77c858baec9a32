"""The task-level fields of a TaskOverride, wherever one is written."""

from dataclasses import replace
from typing import Final

from emulator.definitions.nodes import Fields, Problems
from emulator.definitions.size_text import take_cpu, take_memory
from emulator.model.rules import TaskOverride

STORAGE: Final = range(20, 201)
"""GiB that an override of the ephemeral storage may ask for (AWS: EphemeralStorage)."""


def with_task_fields(overrides: TaskOverride, fields: Fields, problems: Problems) -> TaskOverride:
    """Return overrides with what `fields` say of the task as a whole."""
    accelerators = fields.take("inferenceAcceleratorOverrides", "inference_accelerator_overrides")
    if accelerators is not None and not accelerators.empty:
        message = "inferenceAcceleratorOverrides: AWS has ended Elastic Inference"
        problems.error(message, accelerators.source)
    return replace(
        overrides,
        cpu=take_cpu(fields, problems),
        memory=take_memory(fields, problems),
        task_role_arn=fields.text("taskRoleArn", "task_role_arn"),
        execution_role_arn=fields.text("executionRoleArn", "execution_role_arn"),
        ephemeral_storage_gib=_storage(fields, problems),
    )


def _storage(fields: Fields, problems: Problems) -> int | None:
    section = fields.section("ephemeralStorage", "ephemeral_storage")
    if section is None:
        return None
    size = section.integer("sizeInGiB", "size_in_gib")
    section.refuse_rest()
    if size is None or size not in STORAGE:
        message = f"ephemeralStorage.sizeInGiB is {STORAGE.start} to {STORAGE.stop - 1}, not {size}"
        problems.rejected(message, section.place("sizeInGiB", "size_in_gib"))
    return size
