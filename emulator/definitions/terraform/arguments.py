"""Misspelled arguments of the resources that say what runs when.

Terraform refuses an argument that there is not. A provider to come may have more of them than
these, so what only resembles one of these is told of, and only what is nearly one is refused.
"""

from collections.abc import Iterator, Mapping
from typing import Final, TypeAlias

from emulator.definitions.nodes import Problems
from emulator.definitions.nodes.suggestions import NEARLY, did_you_mean
from emulator.definitions.terraform.budget import Budget
from emulator.definitions.terraform.syntax import Block, Body
from emulator.errors import SourceRef

_Known: TypeAlias = Mapping[str, "_Known | None"]


def _known(arguments: str, **blocks: _Known) -> _Known:
    return {**dict.fromkeys(arguments.split()), **blocks}


_STEPS_OF_A_GUESS: Final = 200
_LIFECYCLE: Final = _known(
    "action_trigger create_before_destroy destroy enabled ignore_changes postcondition "
    "precondition prevent_destroy replace_triggered_by"
)
_DEAD_LETTERS: Final = _known("arn")
_NETWORK: Final = _known("assign_public_ip security_groups subnets")
_RETRY: Final = _known("maximum_event_age_in_seconds maximum_retry_attempts")
_STRATEGY: Final = _known("base capacity_provider weight")
_PLACEMENT: Final = _known("expression field type")
_ECS: Final = _known(
    "enable_ecs_managed_tags enable_execute_command group launch_type platform_version "
    "propagate_tags tags task_count task_definition_arn",
    capacity_provider_strategy=_STRATEGY,
    network_configuration=_NETWORK,
)
_KNOWN: Final[_Known] = {
    "aws_cloudwatch_event_rule": _known(
        "description event_bus_name event_pattern force_destroy is_enabled name name_prefix "
        "role_arn schedule_expression state"
    ),
    "aws_cloudwatch_event_target": _known(
        "appsync_target arn batch_target event_bus_name force_destroy http_target input "
        "input_path kinesis_target redshift_target role_arn rule run_command_targets "
        "sagemaker_pipeline_target sqs_target target_id",
        dead_letter_config=_DEAD_LETTERS,
        ecs_target={
            **_ECS,
            "ordered_placement_strategy": _PLACEMENT,
            "placement_constraint": _PLACEMENT,
        },
        input_transformer=_known("input_paths input_template"),
        retry_policy=_RETRY,
    ),
    "aws_scheduler_schedule": _known(
        "action_after_completion description end_date group_name kms_key_arn name name_prefix "
        "schedule_expression schedule_expression_timezone start_date state",
        flexible_time_window=_known("maximum_window_in_minutes mode"),
        target=_known(
            "arn eventbridge_parameters input kinesis_parameters role_arn "
            "sagemaker_pipeline_parameters sqs_parameters",
            dead_letter_config=_DEAD_LETTERS,
            ecs_parameters={
                **_ECS,
                "placement_constraints": _PLACEMENT,
                "placement_strategy": _PLACEMENT,
                "reference_id": None,
            },
            retry_policy=_RETRY,
        ),
    ),
    "aws_ecs_task_definition": _known(
        "container_definitions cpu enable_fault_injection execution_role_arn family "
        "inference_accelerator ipc_mode memory network_mode pid_mode placement_constraints "
        "proxy_configuration requires_compatibilities skip_destroy task_role_arn track_latest",
        ephemeral_storage=_known("size_in_gib"),
        runtime_platform=_known("cpu_architecture operating_system_family"),
        volume=_known(
            "configure_at_launch docker_volume_configuration efs_volume_configuration "
            "fsx_windows_file_server_volume_configuration host_path name "
            "s3files_volume_configuration"
        ),
    ),
}
_EVERYWHERE: Final = _known(
    "connection count depends_on for_each id provider provisioner region tags tags_all timeouts",
    lifecycle=_LIFECYCLE,
)


def check_arguments(address: str, block: Block, problems: Problems, budget: Budget) -> None:
    """Refuse arguments of a resource that are nearly one that there is, and warn of others."""
    known = _KNOWN.get(block.labels[0])
    if known is None:
        return
    for place, name, source, words in _unknown(block.body, {**_EVERYWHERE, **known}, ""):
        budget.spend(_STEPS_OF_A_GUESS)
        message = f"{address}: {place or 'there'} {'has' if place else 'is'} no {name!r}"
        if (slip := did_you_mean(name, words, likeness=NEARLY)) is not None:
            problems.rejected(message, source, hint=slip, rule="unknown-key")
        elif (hint := did_you_mean(name, words)) is not None:
            problems.warning(f"{message} that is known here", source, hint=hint, rule="unknown-key")


def _unknown(
    body: Body, known: _Known, place: str
) -> Iterator[tuple[str, str, SourceRef, tuple[str, ...]]]:
    """Yield the names that are not known, with the block they are in and those that it has."""
    nested = list(_nested(body))
    named = [(name, attribute.source) for name, attribute in body.attributes.items()]
    for name, source in (*named, *((name, block.source) for name, block in nested)):
        if name not in known:
            yield place, name, source, tuple(known)
    for name, block in nested:
        inner = known.get(name)
        if inner is not None:
            yield from _unknown(block.body, inner, name)


def _nested(body: Body) -> Iterator[tuple[str, Block]]:
    """Yield the nested blocks, those that `dynamic` makes too, with their types."""
    for block in body.blocks:
        if block.type != "dynamic":
            yield block.type, block
        elif block.labels:
            yield from ((block.labels[0], inner) for inner in block.body.of_type("content"))
