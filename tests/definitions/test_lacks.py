"""What `local:` says in place of what only AWS knows: values, and the warnings of them."""

from pathlib import Path

import pytest

from emulator.definitions import read
from emulator.definitions.files import Project
from emulator.definitions.lack import Lack
from emulator.definitions.nodes import Problems
from emulator.definitions.reading import Reading
from emulator.errors import Problem
from emulator.model.definitions import Definitions, Local
from emulator.model.image_builds import ImageBuild, LocalImage
from emulator.model.pull_policy import PullPolicy

TEMPLATE = """
Resources:
  Db: {Type: AWS::RDS::DBInstance}
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      Family: job
      ContainerDefinitions:
      - Name: main
        Image: app:1
        Memory: 64
        Environment:
        - {Name: HOST, Value: !GetAtt Db.Endpoint.Address}
        - {Name: STAGE, Value: production}
      - Name: side
        Image: app:1
        Memory: 64
        Environment:
        - {Name: HOST, Value: db.example.com}
"""


def definitions(directory: Path, **files: str) -> Definitions:
    for name, text in files.items():
        (directory / f"{name}.yaml").write_text(text, "utf-8")
    return read((), Reading(Project(directory), {}, Problems())).definitions


@pytest.mark.parametrize(
    ("own", "filled"),
    [
        (LocalImage(image="alpine:3.20"), True),
        (LocalImage(build=ImageBuild(context="/app")), True),
        (LocalImage(pull=PullPolicy.NEVER), False),
    ],
)
def test_an_image_is_given_by_a_name_or_a_build(own: LocalImage, filled: bool) -> None:
    lack = Lack(Problem("x"), image="${repository}:1")
    assert lack.filled(Local(images={"*:1": own})) is filled
    assert not lack.filled(Local(images={"*:2": own}))


def test_a_variable_is_given_by_its_name_and_other_fields_by_nothing() -> None:
    local = Local(env={"HOST": "localhost"})
    assert Lack(Problem("x"), variable="HOST").filled(local)
    assert not Lack(Problem("x"), variable="PORT").filled(local)
    assert not Lack(Problem("x")).filled(local)


def test_a_placeholder_gives_way_to_local_env_and_a_value_does_not(tmp_path: Path) -> None:
    local = "local:\n  env: {HOST: localhost, STAGE: local, MORE: here}\n"
    job = definitions(tmp_path, stack=TEMPLATE, **{"ecs-local": local}).task_definitions["job"]
    assert [dict(container.environment) for container in job.container_definitions] == [
        {"HOST": "localhost", "STAGE": "production"},
        {"HOST": "db.example.com"},
    ]


def test_without_local_env_a_placeholder_stays(tmp_path: Path) -> None:
    job = definitions(tmp_path, stack=TEMPLATE).task_definitions["job"]
    assert job.container_definitions[0].environment["HOST"] == "${Db.Endpoint.Address}"
