"""Targets that are no ECS tasks: topics, queues, functions, log groups, buses, destinations.

AWS: Target in the EventBridge API reference. In the style of AWS's APIs (`Arn`, `InputPath`) and
in that of ecs-local.yaml, which also takes a name in place of an ARN (`sns: alerts`).
"""

import re
from typing import Final

from emulator.definitions.escaped_placeholders import of_scheduler, tell_escaped
from emulator.definitions.json_text import parse_json
from emulator.definitions.nodes import Fields, Problems
from emulator.definitions.short_arns import SHORT
from emulator.definitions.targets import (
    INPUT_LIMIT,
    RETRY,
    TRANSFORMER,
    check_input_transformer,
    read_input_transformer,
    read_retry_policy,
)
from emulator.errors import DefinitionError
from emulator.model.arns import arn_of
from emulator.model.notification_targets import NotificationTarget, TargetKind, kind_of_arn
from emulator.model.transform import TransformError, value_at

INPUT: Final = ("input", "Input")
PATH: Final = ("inputPath", "input_path", "InputPath")
_PATH_LIMIT: Final = 256
_TAKES_ANY_TEXT: Final = (TargetKind.SNS, TargetKind.SQS)
_REFERENCE: Final = re.compile(r"\$\{(?:data\.)?(aws_\w+)\.([\w-]+)(?:\[[^\]]*\])?\.(?:arn|id)\}")
_RESOURCES: Final = {
    "aws_sns_topic": "sns",
    "aws_sqs_queue": "sqs",
    "aws_lambda_function": "lambda",
    "aws_cloudwatch_log_group": "logs",
    "aws_cloudwatch_event_bus": "eventBus",
    "aws_cloudwatch_event_api_destination": "apiDestination",
}
"""Resources of Terraform whose ARN only AWS knows; their own names stand for them."""


def read_notification_target(
    fields: Fields,
    identity: str,
    arn: str,
    problems: Problems,
    *,
    role_arn: str | None = None,
    dead_letter_arn: str | None = None,
    of_scheduler: bool = False,
) -> NotificationTarget | None:
    """Return the target that an ARN names; None for what is no target of this kind.

    Takes what the target is given; identity, role and queue are the caller's. EventBridge
    Scheduler gives queues and topics any text, where a rule's `Input` is JSON.
    """
    arn = known_arn(arn)
    kind = kind_of_arn(arn)
    if kind is None:
        # Said once, by the caller: what else it says is not unknown.
        for names in (INPUT, PATH, TRANSFORMER, RETRY):
            fields.take(*names)
        return None
    target = NotificationTarget(
        id=identity,
        arn=arn,
        kind=kind,
        input=_constant(
            fields, identity, problems, any_text=of_scheduler and kind in _TAKES_ANY_TEXT
        ),
        input_path=_path(fields, identity, problems),
        input_transformer=read_input_transformer(fields, problems),
        role_arn=role_arn,
        retry_policy=read_retry_policy(fields, problems),
        dead_letter_arn=dead_letter_arn,
        source=fields.source,
    )
    _check_one_input(fields, identity, problems)
    if target.input_transformer is not None:
        place = fields.place(*TRANSFORMER)
        check_input_transformer(target.input_transformer, identity, place, problems)
    return target


def known_arn(arn: str) -> str:
    """Return an ARN; for the reference to a Terraform resource one with the resource's name."""
    match = _REFERENCE.fullmatch(arn)
    kind = _RESOURCES.get(match[1]) if match else None
    if match is None or kind is None:
        return arn
    service, before = SHORT[kind]
    return arn_of(service, "us-east-1", "000000000000", f"{before}{match[2]}")


def _constant(
    fields: Fields, target: str, problems: Problems, *, any_text: bool = False
) -> str | None:
    text = fields.text(*INPUT)
    if text is None:
        return None
    place = fields.place(*INPUT)
    if len(text) > INPUT_LIMIT:
        problems.rejected(f"Input is longer than {INPUT_LIMIT} characters", place)
    tell_escaped(text, of_scheduler, place, problems)
    if any_text:
        return text
    try:
        parse_json(text, "Input")
    except DefinitionError:
        message = f"JSON syntax error in input for target {target}."
        problems.rejected(message, place, hint='text is written as "\\"text\\""')
    return text


def _path(fields: Fields, target: str, problems: Problems) -> str | None:
    text = fields.text(*PATH)
    if text is None:
        return None
    try:
        value_at({}, text)
        if len(text) > _PATH_LIMIT:
            message = f"InputPath is longer than {_PATH_LIMIT} characters"
            problems.rejected(message, fields.place(*PATH))
    except TransformError as error:
        problems.rejected(f"Invalid InputPath for target {target}: {error}", fields.place(*PATH))
        return None
    return text


def _check_one_input(fields: Fields, target: str, problems: Problems) -> None:
    written = [name for name in (*INPUT, *PATH, *TRANSFORMER) if name in fields]
    if len(written) > 1:
        message = f"target {target} has {' and '.join(written)}; AWS allows one of them"
        problems.rejected(message, fields.place(written[1]))
