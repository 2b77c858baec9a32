"""The region of the shell: which variable says it, and what is no region."""

import pytest

from emulator.definitions.nodes import Problems
from emulator.definitions.regions import environment_region


@pytest.mark.parametrize(
    ("environ", "region"),
    [
        ({}, None),
        ({"AWS_DEFAULT_REGION": "eu-west-1"}, "eu-west-1"),
        ({"AWS_REGION": "us-gov-west-1", "AWS_DEFAULT_REGION": "eu-west-1"}, "us-gov-west-1"),
        ({"AWS_REGION": "", "AWS_DEFAULT_REGION": "eu-west-1"}, "eu-west-1"),
    ],
)
def test_the_shell_says_a_region_as_to_the_tools_of_aws(
    environ: dict[str, str], region: str | None
) -> None:
    problems = Problems()
    assert environment_region(environ, problems) == region
    assert problems.found == []


def test_what_is_no_region_is_told_by_the_name_of_its_variable() -> None:
    problems = Problems()
    assert environment_region({"AWS_REGION": "tokyo"}, problems) is None
    assert [problem.message for problem in problems.found] == [
        "AWS_REGION is 'tokyo', which is not a region: us-east-1 stands for it"
    ]
