"""ARNs by partition, as the AWS General Reference lists regions."""

import pytest

from emulator.model.arns import arn_of, partition_of, url_suffix


@pytest.mark.parametrize(
    ("region", "partition", "suffix"),
    [
        ("ap-northeast-1", "aws", "amazonaws.com"),
        ("cn-northwest-1", "aws-cn", "amazonaws.com.cn"),
        ("us-gov-west-1", "aws-us-gov", "amazonaws.com"),
    ],
)
def test_a_region_says_its_partition(region: str, partition: str, suffix: str) -> None:
    assert (partition_of(region), url_suffix(region)) == (partition, suffix)


def test_an_arn_names_partition_region_and_account() -> None:
    found = arn_of("ecs", "cn-north-1", "123456789012", "cluster/default")
    assert found == "arn:aws-cn:ecs:cn-north-1:123456789012:cluster/default"


def test_a_role_is_of_no_region() -> None:
    found = arn_of("iam", "us-gov-east-1", "123456789012", "role/batch")
    assert found == "arn:aws-us-gov:iam::123456789012:role/batch"
