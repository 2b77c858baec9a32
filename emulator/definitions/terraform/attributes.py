"""What AWS would answer for a resource: names, ARNs and URLs as far as they follow from the files.

Account, region and partition are those of the reading. What follows from nothing here stays a
placeholder: the URL of a repository, the id of a subnet.
"""

from collections.abc import Mapping
from typing import Final

from emulator.definitions.terraform.described import Computed, Described
from emulator.definitions.terraform.formulas import (
    family,
    fixed,
    other,
    own_name,
    parameter_arn,
    pattern,
    place,
)
from emulator.definitions.terraform.random_values import RANDOM
from emulator.definitions.terraform.values import Value


def computed(instance: Described, mode: str, name: str) -> Value | None:
    """Return what an attribute is, where it is not simply as configured."""
    table = _DATA if mode == "data" else _RESOURCES
    compute = table.get(instance.type, {}).get(name)
    if compute is None and mode != "data" and name in _PLACES:
        compute = _PLACES[name]
    return None if compute is None else compute(instance)


def computed_names(kind: str) -> tuple[str, ...]:
    """Return the attributes of a type that are computed here."""
    return tuple(_RESOURCES.get(kind, _DATA.get(kind, {})))


_ECS: Final = "arn:{partition}:ecs:{region}:{account}"
_IAM: Final = "arn:{partition}:iam::{account}"
_STATES: Final = "arn:{partition}:states:{region}:{account}:stateMachine:{name}"

_PLACES: Final[Mapping[str, Computed]] = {
    "account_id": place("account"),
    "region": lambda instance: instance.configured("region") or place("region")(instance),
}

_RESOURCES: Final[Mapping[str, Mapping[str, Computed]]] = {
    "aws_cloudwatch_event_rule": {
        "name": own_name("name"),
        "event_bus_name": lambda i: i.configured("event_bus_name") or Value("default", i.source),
        "id": other("name"),
        "arn": pattern("arn:{partition}:events:{region}:{account}:rule/{name}"),
    },
    "aws_cloudwatch_log_group": {
        "name": own_name("name"),
        "id": other("name"),
        "arn": pattern("arn:{partition}:logs:{region}:{account}:log-group:{name}"),
    },
    "aws_ecs_cluster": {
        "name": own_name("name"),
        "id": pattern(_ECS + ":cluster/{name}"),
        "arn": pattern(_ECS + ":cluster/{name}"),
    },
    "aws_ecs_task_definition": {
        "family": own_name("family"),
        "id": other("family"),
        "revision": lambda i: Value(i.root.revision(i.address), i.source),
        "arn": pattern(_ECS + ":task-definition/{family}:{revision}"),
        "arn_without_revision": pattern(_ECS + ":task-definition/{family}"),
    },
    "aws_iam_role": {
        "name": own_name("name"),
        "id": other("name"),
        "arn": pattern(_IAM + ":role{path}{name}"),
    },
    "aws_iam_policy": {
        "name": own_name("name"),
        "id": other("arn"),
        "arn": pattern(_IAM + ":policy{path}{name}"),
    },
    "aws_scheduler_schedule": {
        "name": own_name("name"),
        "arn": pattern("arn:{partition}:scheduler:{region}:{account}:schedule/{group_name}/{name}"),
    },
    "aws_scheduler_schedule_group": {
        "name": own_name("name"),
        "id": other("name"),
        "arn": pattern("arn:{partition}:scheduler:{region}:{account}:schedule-group/{name}"),
    },
    "aws_secretsmanager_secret": {
        "name": own_name("name"),
        "id": other("arn"),
        "arn": pattern("arn:{partition}:secretsmanager:{region}:{account}:secret:{name}"),
    },
    "aws_secretsmanager_secret_version": {
        "id": other("arn"),
        "arn": other("secret_id"),
    },
    "aws_sfn_state_machine": {
        "name": own_name("name"),
        "id": other("arn"),
        "arn": pattern(_STATES),
    },
    "aws_sqs_queue": {
        "name": own_name("name"),
        "id": other("url"),
        "url": pattern("https://sqs.{region}.{suffix}/{account}/{name}"),
        "arn": pattern("arn:{partition}:sqs:{region}:{account}:{name}"),
    },
    "aws_sns_topic": {
        "name": own_name("name"),
        "id": other("arn"),
        "arn": pattern("arn:{partition}:sns:{region}:{account}:{name}"),
    },
    "aws_ssm_parameter": {
        "id": other("name"),
        "arn": parameter_arn,
    },
    "aws_s3_bucket": {
        "bucket": own_name("bucket"),
        "id": other("bucket"),
        "arn": pattern("arn:{partition}:s3:::{bucket}"),
    },
    "terraform_data": {"output": lambda instance: instance.configured("input")},
    **RANDOM,
}

_DATA: Final[Mapping[str, Mapping[str, Computed]]] = {
    "aws_sfn_state_machine": {"id": other("arn"), "arn": pattern(_STATES)},
    "aws_caller_identity": {"account_id": place("account"), "id": place("account")},
    "aws_region": {
        "name": place("region"),
        "id": place("region"),
        "region": place("region"),
    },
    "aws_partition": {
        "partition": place("partition"),
        "id": place("partition"),
        "dns_suffix": place("suffix"),
    },
    "aws_cloudwatch_log_group": {
        "id": other("name"),
        "arn": pattern("arn:{partition}:logs:{region}:{account}:log-group:{name}"),
    },
    "aws_ecs_cluster": {
        "id": pattern(_ECS + ":cluster/{cluster_name}"),
        "arn": pattern(_ECS + ":cluster/{cluster_name}"),
    },
    "aws_ecs_task_definition": {
        "family": family,
        "revision": fixed(1),
        "id": pattern(_ECS + ":task-definition/{family}"),
        "arn": pattern(_ECS + ":task-definition/{family}"),
        "arn_without_revision": pattern(_ECS + ":task-definition/{family}"),
    },
    "aws_iam_role": {
        "id": other("name"),
        "arn": pattern(_IAM + ":role{path}{name}"),
    },
    "aws_iam_policy": {
        "arn": lambda i: i.configured("arn") or pattern(_IAM + ":policy{path}{name}")(i),
    },
    "aws_secretsmanager_secret": {
        "id": other("arn"),
        "arn": lambda i: (
            i.configured("arn")
            or pattern("arn:{partition}:secretsmanager:{region}:{account}:secret:{name}")(i)
        ),
    },
    "aws_sqs_queue": {
        "arn": pattern("arn:{partition}:sqs:{region}:{account}:{name}"),
        "url": pattern("https://sqs.{region}.{suffix}/{account}/{name}"),
        "id": other("url"),
    },
    "aws_ssm_parameter": {
        "id": other("name"),
        "arn": parameter_arn,
    },
}
