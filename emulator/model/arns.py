"""ARNs of what would be on AWS, in the partition of its region: China and GovCloud have their own.

AWS: "Amazon Resource Names (ARNs)" in the IAM user guide.
"""

from typing import Final

_PARTITIONS: Final = (("cn-", "aws-cn"), ("us-gov-", "aws-us-gov"))
_WITHOUT_REGION: Final = ("iam",)


def arn_of(service: str, region: str, account: str, resource: str) -> str:
    """Return the ARN of a resource, e.g. `cluster/default` of `ecs`.

    That of IAM, which is the same in all regions of a partition, names none.
    """
    named = "" if service in _WITHOUT_REGION else region
    return f"arn:{partition_of(region)}:{service}:{named}:{account}:{resource}"


def partition_of(region: str) -> str:
    """Return the partition that a region belongs to, e.g. `aws-cn` for `cn-north-1`."""
    return next((name for start, name in _PARTITIONS if region.startswith(start)), "aws")


def url_suffix(region: str) -> str:
    """Return the domain of the services of a region, e.g. `amazonaws.com`."""
    return "amazonaws.com.cn" if partition_of(region) == "aws-cn" else "amazonaws.com"
