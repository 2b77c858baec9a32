"""What AWS would answer for a resource: names, ARNs and URLs as far as they follow from the files.

Account, region and partition are those of the reading. What follows from nothing here stays a
placeholder: the URL of a repository, the id of a subnet.
"""

import re
from collections.abc import Callable, Mapping
from typing import Final, Protocol

from emulator.definitions.terraform.telling import Telling
from emulator.definitions.terraform.values import (
    Cause,
    Unknown,
    Value,
    as_text,
)
from emulator.errors import SourceRef


class Described(Protocol):
    """A resource whose attributes are computed, from HCL or from a plan."""

    @property
    def type(self) -> str:
        """The type, e.g. `aws_ecs_cluster`."""

    @property
    def address(self) -> str:
        """The address, for people."""

    @property
    def label(self) -> str:
        """A name made of its address."""

    @property
    def source(self) -> SourceRef:
        """Where it stands."""

    @property
    def root(self) -> Telling:
        """Where it would be deployed, and where guesses are told."""

    def configured(self, name: str) -> Value | None:
        """Return an argument as configured, None where it is absent or null."""

    def attribute(self, name: str, source: SourceRef) -> Value:
        """Return an attribute, a placeholder where it is unknown."""


Computed = Callable[[Described], Value | None]


_FIELD: Final = re.compile(r"\{(\w+)\}")


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


# -- names -------------------------------------------------------------------------------------


def own_name(argument: str) -> Computed:
    """Return what gives a resource its name: configured, or made up where AWS would generate it."""

    def compute(instance: Described) -> Value | None:
        value = instance.configured(argument)
        if value is not None and value.content == "":
            value = None
        if value is not None and (not isinstance(value.content, Unknown) or value.content.missing):
            return value
        prefix = instance.configured(f"{argument}_prefix")
        made = instance.label
        if prefix is not None:
            if not prefix.known:
                return prefix
            made = f"{as_text(prefix)}{made}"
        source = instance.source if value is None else value.source
        message = f"{instance.address}: AWS generates its name; here it is {made[:64]}"
        instance.root.problems.note(message, source)
        return Value(made[:64], source)

    return compute


def pattern(form: str) -> Computed:
    """Return what fills a form in: {region}, {account}, {partition}, {key} and attributes."""

    def compute(instance: Described) -> Value | None:
        causes: list[Cause] = []

        def filled(match: re.Match[str]) -> str:
            value = _part(instance, match[1])
            if isinstance(value.content, Unknown):
                causes.extend(value.content.causes)
                return value.content.text
            return as_text(value)

        text = _FIELD.sub(filled, form)
        content = Unknown(text, tuple(dict.fromkeys(causes))) if causes else text
        return Value(content, instance.source)

    return compute


def _part(instance: Described, name: str) -> Value:
    places = {
        "region": instance.root.region,
        "account": instance.root.account,
        "partition": instance.root.partition,
        "suffix": "amazonaws.com" + (".cn" if instance.root.partition == "aws-cn" else ""),
    }
    if name in places:
        return Value(places[name], instance.source)
    if name == "path":
        return instance.configured("path") or Value("/", instance.source)
    if name == "group_name":
        return instance.configured("group_name") or Value("default", instance.source)
    return instance.attribute(name, instance.source)


def other(name: str) -> Computed:
    """Return what takes the value of another attribute."""
    return lambda instance: instance.attribute(name, instance.source)


def fixed(content: str | int) -> Computed:
    """Return what is always the same."""
    return lambda instance: Value(content, instance.source)


def place(name: str) -> Computed:
    """Return what gives region, account or partition."""
    return lambda instance: _part(instance, name)


def _last(argument: str, mark: str) -> Computed:
    """Return what takes the text behind the last mark of an argument: a family of an ARN."""

    def compute(instance: Described) -> Value | None:
        value = instance.configured(argument)
        if value is None or not isinstance(value.content, str):
            return value
        return Value(value.content.rpartition(mark)[2], value.source)

    return compute


def _family(instance: Described) -> Value | None:
    """Return the family that a data source asks for, by name or ARN."""
    value = _last("task_definition", "/")(instance)
    if value is None or not isinstance(value.content, str):
        return value
    return Value(value.content.partition(":")[0], value.source)


def _parameter_arn(instance: Described) -> Value | None:
    name = instance.configured("name")
    slash = "" if name is not None and name.known and as_text(name).startswith("/") else "/"
    form = "arn:{partition}:ssm:{region}:{account}:parameter" + slash + "{name}"
    return pattern(form)(instance)


_ECS: Final = "arn:{partition}:ecs:{region}:{account}"
_IAM: Final = "arn:{partition}:iam::{account}"

_PLACES: Final[Mapping[str, Computed]] = {
    "account_id": place("account"),
    "region": lambda instance: instance.configured("region") or _part(instance, "region"),
}

_RESOURCES: Final[Mapping[str, Mapping[str, Computed]]] = {
    "aws_cloudwatch_event_rule": {
        "name": own_name("name"),
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
        "revision": fixed(1),
        "arn": pattern(_ECS + ":task-definition/{family}:1"),
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
    "aws_sqs_queue": {
        "name": own_name("name"),
        "id": other("url"),
        "url": pattern("https://sqs.{region}.{suffix}/{account}/{name}"),
        "arn": pattern("arn:{partition}:sqs:{region}:{account}:{name}"),
    },
    "aws_sns_topic": {
        "id": other("arn"),
        "arn": pattern("arn:{partition}:sns:{region}:{account}:{name}"),
    },
    "aws_ssm_parameter": {
        "id": other("name"),
        "arn": _parameter_arn,
    },
    "aws_s3_bucket": {
        "id": other("bucket"),
        "arn": pattern("arn:{partition}:s3:::{bucket}"),
    },
    "terraform_data": {"output": lambda instance: instance.configured("input")},
}

_DATA: Final[Mapping[str, Mapping[str, Computed]]] = {
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
        "family": _family,
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
        "arn": _parameter_arn,
    },
}
