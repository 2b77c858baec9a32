"""What Ref and Fn::GetAtt give for a resource that exists on AWS only.

AWS: "Return values" of each resource type in the template reference. A name that AWS would make
up is `<stack>-<logical id>`; what cannot be made up truly is left to a placeholder.
"""

import hashlib
from typing import Final

from emulator.model.arns import partition_of, url_suffix

LONGEST: Final = 64
"""Characters that the names of rules, schedules and roles may have."""

NAMES: Final = {
    "AWS::DynamoDB::Table": "TableName",
    "AWS::ECR::Repository": "RepositoryName",
    "AWS::ECS::Cluster": "ClusterName",
    "AWS::ECS::TaskDefinition": "Family",
    "AWS::Events::EventBus": "Name",
    "AWS::Events::Rule": "Name",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::IAM::Role": "RoleName",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::S3::Bucket": "BucketName",
    "AWS::SNS::Topic": "TopicName",
    "AWS::SQS::Queue": "QueueName",
    "AWS::SSM::Parameter": "Name",
    "AWS::Scheduler::Schedule": "Name",
    "AWS::Scheduler::ScheduleGroup": "Name",
    "AWS::SecretsManager::Secret": "Name",
}
"""The property that names a resource of each type whose name can be told."""

_TASK_DEFINITION = "arn:{partition}:ecs:{region}:{account}:task-definition/{name}:1"
_SECRET = "arn:{partition}:secretsmanager:{region}:{account}:secret:{name}"  # noqa: S105 - no secret
_REPOSITORY = "{account}.dkr.ecr.{region}.{suffix}/{name}"

REFS: Final = {
    "AWS::ECS::TaskDefinition": _TASK_DEFINITION,
    "AWS::IAM::ManagedPolicy": "arn:{partition}:iam::{account}:policy/{name}",
    "AWS::SNS::Topic": "arn:{partition}:sns:{region}:{account}:{name}",
    "AWS::SQS::Queue": "https://sqs.{region}.{suffix}/{account}/{name}",
    "AWS::SecretsManager::Secret": _SECRET,
}
"""What Ref gives where that is not the name. A secret's ARN lacks the six random characters."""

ATTRIBUTES: Final = {
    ("AWS::DynamoDB::Table", "Arn"): "arn:{partition}:dynamodb:{region}:{account}:table/{name}",
    ("AWS::ECR::Repository", "Arn"): "arn:{partition}:ecr:{region}:{account}:repository/{name}",
    ("AWS::ECR::Repository", "RepositoryUri"): _REPOSITORY,
    ("AWS::ECS::Cluster", "Arn"): "arn:{partition}:ecs:{region}:{account}:cluster/{name}",
    ("AWS::ECS::TaskDefinition", "TaskDefinitionArn"): _TASK_DEFINITION,
    ("AWS::Events::EventBus", "Arn"): "arn:{partition}:events:{region}:{account}:event-bus/{name}",
    ("AWS::Events::EventBus", "Name"): "{name}",
    ("AWS::Events::Rule", "Arn"): "arn:{partition}:events:{region}:{account}:rule/{name}",
    ("AWS::IAM::Role", "Arn"): "arn:{partition}:iam::{account}:role/{name}",
    ("AWS::Logs::LogGroup", "Arn"): "arn:{partition}:logs:{region}:{account}:log-group:{name}:*",
    ("AWS::S3::Bucket", "Arn"): "arn:{partition}:s3:::{name}",
    ("AWS::S3::Bucket", "DomainName"): "{name}.s3.{suffix}",
    ("AWS::S3::Bucket", "RegionalDomainName"): "{name}.s3.{region}.{suffix}",
    ("AWS::SNS::Topic", "TopicArn"): "arn:{partition}:sns:{region}:{account}:{name}",
    ("AWS::SNS::Topic", "TopicName"): "{name}",
    ("AWS::SQS::Queue", "Arn"): "arn:{partition}:sqs:{region}:{account}:{name}",
    ("AWS::SQS::Queue", "QueueName"): "{name}",
    ("AWS::SQS::Queue", "QueueUrl"): "https://sqs.{region}.{suffix}/{account}/{name}",
    ("AWS::Scheduler::Schedule", "Arn"): (
        "arn:{partition}:scheduler:{region}:{account}:schedule/default/{name}"
    ),
    ("AWS::SecretsManager::Secret", "Id"): _SECRET,
}

_ATTACHMENT = "AWS::SecretsManager::SecretTargetAttachment"

STAND_FOR: Final = {
    ("AWS::SSM::Parameter", "Value"): "Value",
    (_ATTACHMENT, "Ref"): "SecretId",
    (_ATTACHMENT, "Id"): "SecretId",
}
"""What is given that stands in the template itself, and the property that says it."""


def made_up_name(stack: str, logical_id: str, resource_type: str) -> str:
    """Return the name of a resource that its template does not name."""
    name = f"{stack}-{logical_id}"
    if resource_type in ("AWS::ECR::Repository", "AWS::S3::Bucket"):
        return name.lower()
    limited = resource_type in ("AWS::Events::Rule", "AWS::Scheduler::Schedule", "AWS::IAM::Role")
    if limited and len(name) > LONGEST:
        return _cut_name(stack, logical_id)
    return name


def _cut_name(stack: str, logical_id: str) -> str:
    """Return parts of both names, and an end that tells it from others which begin alike."""
    end = hashlib.sha256(f"{stack}-{logical_id}".encode()).hexdigest()[:12].upper()
    room = LONGEST - len(end) - 2
    own = logical_id[: room - min(len(stack), room // 2)]
    return f"{stack[: room - len(own)]}-{own}-{end}"


def filled(form: str, *, name: str, region: str, account: str) -> str:
    """Return an ARN or address of a resource."""
    places = {"region": region, "account": account}
    partition, suffix = partition_of(region), url_suffix(region)
    return form.format(name=name, partition=partition, suffix=suffix, **places)
