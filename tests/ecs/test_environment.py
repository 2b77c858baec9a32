"""Which value of a variable wins, and what environment files say."""

from pathlib import Path
from typing import Any

import pytest

from emulator.ecs.environment_files import (
    EnvironmentFileError,
    parse_environment_file,
    read_environment_files,
)
from emulator.ecs.plan_environment import Surroundings, container_environment, with_region
from emulator.model.container_override import ContainerOverride
from emulator.model.definitions import Local
from emulator.model.environment import EnvironmentFile
from emulator.model.overrides import apply_overrides
from emulator.model.rules import TaskOverride
from emulator.model.task_definition import LaunchType
from tests.builders import container, task, task_definition

FARGATE: dict[str, Any] = {"requires_compatibilities": (LaunchType.FARGATE,)}
OBJECT = EnvironmentFile(value="arn:aws:s3:::bucket/config/app.env")


def test_each_source_stands_before_the_ones_below_it() -> None:
    made = container(environment=dict.fromkeys("CDE", "definition"))
    around = Surroundings(
        files=dict.fromkeys("BCDE", "file"),
        injected=dict.fromkeys("DE", "injected"),
        secrets={"E": "secret"},
    )
    local = Local(env=dict.fromkeys("ABCDE", "local"))
    found = container_environment(made, task(made), local, around)
    winners = ["local", "file", "definition", "injected", "secret"]
    assert [found[name] for name in "ABCDE"] == winners


def test_fargate_says_its_region_unless_the_user_does() -> None:
    made = container(environment={"AWS_REGION": "eu-west-1"})
    found = container_environment(made, task(made, **FARGATE), Local(), Surroundings())
    assert found == {
        "AWS_EXECUTION_ENV": "AWS_ECS_FARGATE",
        "AWS_REGION": "eu-west-1",
        "AWS_DEFAULT_REGION": "ap-northeast-1",
    }


@pytest.mark.parametrize(
    ("own", "image", "both"),
    [
        ({}, {}, True),
        ({"AWS_REGION": "x"}, {}, False),
        ({}, {"AWS_DEFAULT_REGION": "x"}, False),
    ],
)
def test_ec2_says_both_variables_or_none(
    own: dict[str, str], image: dict[str, str], both: bool
) -> None:
    found = with_region(own, image, "us-east-1")
    region = dict.fromkeys(("AWS_REGION", "AWS_DEFAULT_REGION"), "us-east-1")
    assert found == (region if both else own)


def test_an_override_replaces_the_environment_files() -> None:
    other = EnvironmentFile(value="arn:aws:s3:::bucket/other.env")
    override = TaskOverride(
        container_overrides=(ContainerOverride(name="app", environment_files=(other,)),)
    )
    definition = task_definition(container(environment_files=(OBJECT,)))
    assert apply_overrides(definition, override).container_definitions[0].environment_files == (
        other,
    )


@pytest.mark.parametrize(
    ("text", "variables"),
    [
        ("A=1\nB=2", {"A": "1", "B": "2"}),
        ('A="quoted" \n', {"A": '"quoted" '}),
        (" A = 1\n", {" A ": " 1"}),
        ("#A=1\n #B=2\n", {" #B": "2"}),
        ("A=1=2\n", {"A": "1=2"}),
        ("A\n=1\nB=\n", {}),
        ("A=1\r\nB=2\r\n", {"A": "1", "B": "2"}),
        ("A=1\nA=2\n", {"A": "2"}),
        ("A=夜\n", {"A": "夜"}),
        ("export A=1\n", {"export A": "1"}),
    ],
)
def test_a_file_is_read_as_the_agent_reads_it(text: str, variables: dict[str, str]) -> None:
    assert parse_environment_file(text.encode()) == variables


def test_a_line_longer_than_the_agent_reads_fails() -> None:
    with pytest.raises(ValueError, match="token too long"):
        parse_environment_file(b"A=" + b"x" * 65536)


def test_the_first_file_with_a_name_wins(tmp_path: Path) -> None:
    first, second = tmp_path / "1.env", tmp_path / "2.env"
    first.write_text("A=first\n")
    second.write_text("A=second\nB=second\n")
    local = Local(env_files={"arn:1": str(first), "arn:2": str(second)})
    files = [EnvironmentFile(value="arn:1"), EnvironmentFile(value="arn:2")]
    assert read_environment_files(files, local) == {"A": "first", "B": "second"}


def test_a_directory_stands_for_all_objects_of_a_glob(tmp_path: Path) -> None:
    (tmp_path / "app.env").write_text("A=1\n")
    local = Local(env_files={"arn:aws:s3:::bucket/*": str(tmp_path)})
    assert read_environment_files([OBJECT], local) == {"A": "1"}


def test_a_file_that_is_not_here_is_told_as_ecs_does() -> None:
    with pytest.raises(EnvironmentFileError) as missing:
        read_environment_files([OBJECT], Local())
    assert missing.value.reason(LaunchType.FARGATE) == (
        "ResourceInitializationError: failed to download env files: service call has been retried "
        "1 time(s): operation error S3: HeadObject, https response error StatusCode: 404, api "
        "error NotFound: Not Found"
    )
    assert missing.value.hint == (
        'write under local.envFiles: "arn:aws:s3:::bucket/config/app.env": PATH of a file here'
    )
