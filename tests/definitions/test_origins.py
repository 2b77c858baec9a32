"""Where a value of the model was written, whatever shape its file has."""

from pathlib import Path

import pytest

from emulator.definitions import read
from emulator.definitions.document import definitions_document
from emulator.definitions.files import Project
from emulator.definitions.fragment import Fragment
from emulator.definitions.json_text import parse_json
from emulator.definitions.nodes import Problems
from emulator.definitions.origins import Origins, Step, steps_of
from emulator.definitions.reading import Reading

PROJECT = """\
region: ap-northeast-1
rules:
- name: nightly
  schedule_expression: cron(0 3 * * ? *)
  taskDefinition: batch
  containerOverrides:
  - name: main
    environment:
      MODE: full
- name: two
  scheduleExpression: rate(1 hour)
  targets:
  - {targetId: first, taskDefinition: raw}
  - targetId: second
    taskDefinition: described
taskDefinitions:
  batch:
    containerDefinitions:
    - name: main
      image: alpine:latest
      environment:
      - {name: A, value: a}
      - {name: B, value: b}
  raw: raw.json
  described: described.json
"""
RAW = '[\n  {\n    "name": "main",\n    "image": "alpine:latest"\n  }\n]'
DESCRIBED = '{"taskDefinition": {"family": "described",\n "containerDefinitions": ' + RAW + "}}"


@pytest.fixture
def origins(tmp_path: Path) -> Origins:
    (tmp_path / "ecs.yaml").write_text(PROJECT, "utf-8")
    (tmp_path / "raw.json").write_text(RAW, "utf-8")
    (tmp_path / "described.json").write_text(DESCRIBED, "utf-8")
    loaded = read([tmp_path / "ecs.yaml"], Reading(Project(tmp_path), {}, Problems()))
    assert not loaded.definitions.problems or not any(
        problem.severity == "error" for problem in loaded.definitions.problems
    )
    return Origins(loaded.fragments)


@pytest.mark.parametrize(
    ("path", "place"),
    [
        (("", "", "region"), "ecs.yaml:1"),
        (("rules", "nightly"), "ecs.yaml:3"),
        (("rules", "nightly", "scheduleExpression"), "ecs.yaml:4"),
        (("rules", "nightly", "targets", 0, "taskDefinition"), "ecs.yaml:5"),
        (("rules", "nightly", "containerOverrides", "main", "environment", "MODE"), "ecs.yaml:9"),
        (("rules", "two", "targets", 1, "taskDefinition"), "ecs.yaml:15"),
        (
            ("taskDefinitions", "batch", "containerDefinitions", "main", "environment", "B"),
            "ecs.yaml:23",
        ),
        (("taskDefinitions", "raw", "containerDefinitions", 0, "image"), "raw.json:4"),
        (
            ("taskDefinitions", "described", "containerDefinitions", "main", "image"),
            "described.json:5",
        ),
    ],
)
def test_a_value_leads_to_its_line(
    origins: Origins, path: tuple[str, str, *tuple[Step, ...]], place: str
) -> None:
    assert str(origins.place(*path)) == place
    assert origins.node(*path) is not None


def test_a_default_has_no_node_and_the_place_of_what_is_around_it(origins: Origins) -> None:
    path = ("taskDefinitions", "batch", "containerDefinitions", "main", "user")
    assert origins.node(*path) is None
    assert str(origins.place(*path)) == "ecs.yaml:19"
    assert origins.place("rules", "unknown", "name") is None


def test_values_in_the_shape_of_awss_own_apis_are_found() -> None:
    text = """{
      "Name": "nightly",
      "ScheduleExpression": "rate(1 hour)",
      "Targets": [{
        "RoleArn": "arn:aws:iam::1:role/r",
        "EcsParameters": {
          "TaskDefinitionArn": "batch"
        }
      }]
    }"""
    fragment = Fragment(files=[])
    fragment.origins["rules", "nightly"] = parse_json(text, "rule.json")
    origins = Origins([fragment])
    for path, line in (
        (("scheduleExpression",), 3),
        (("role",), 5),
        (("taskDefinition",), 7),
        (("targets", 0, "taskDefinition"), 7),
    ):
        place = origins.place("rules", "nightly", *path)
        assert place is not None
        assert place.line == line


ROLE_OF_TWO_RESOURCES = """
resource "aws_iam_role" "events" {
  name               = "events"
  assume_role_policy = jsonencode({ Statement = [{ Principal = "*" }] })
}

resource "aws_iam_role_policy" "run" {
  role   = aws_iam_role.events.name
  policy = jsonencode({ Statement = [{ Action = "ecs:RunTask" }] })
}
"""


def test_what_is_gathered_of_several_resources_has_the_place_of_each(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(ROLE_OF_TWO_RESOURCES, "utf-8")
    loaded = read([tmp_path], Reading(Project(tmp_path), {}, Problems()))
    origins = Origins(loaded.fragments)
    of_role = ("roles", "events")
    assert str(origins.place("", "", *of_role, "trustedPrincipals", 0)) == "main.tf:2"
    assert str(origins.place("", "", *of_role, "statements", 0, "Action")) == "main.tf:9"
    assert origins.place("", "", "roles", "unknown", "statements") is None


def test_a_role_of_a_project_file_has_the_places_of_its_lines(tmp_path: Path) -> None:
    text = "roles:\n  events:\n    trustedPrincipals:\n    - events.amazonaws.com\n"
    (tmp_path / "ecs-local.yaml").write_text(text, "utf-8")
    loaded = read([tmp_path / "ecs-local.yaml"], Reading(Project(tmp_path), {}, Problems()))
    place = Origins(loaded.fragments).place("", "", "roles", "events", "trustedPrincipals", 0)
    assert str(place) == "ecs-local.yaml:4"


def test_schedules_of_one_name_have_each_the_lines_of_its_own_group(tmp_path: Path) -> None:
    (tmp_path / "ecs-local.yaml").write_text(
        """\
rules:
- {name: a, timezone: UTC, scheduleExpression: rate(1 hour), taskDefinition: job}
- {name: a, groupName: g, timezone: UTC, scheduleExpression: rate(2 hours), taskDefinition: job}
taskDefinitions: {job: {containerDefinitions: [{name: main, image: alpine, memory: 64}]}}
""",
        "utf-8",
    )
    loaded = read((), Reading(Project(tmp_path), {}, Problems()))
    rules = definitions_document(loaded.definitions)["rules"]
    origins = Origins(loaded.fragments)
    places = [
        origins.place(
            *steps_of(("rules", index, "scheduleExpression"), {"rules": rules}) or ("", "")
        )
        for index in range(2)
    ]
    assert [place and place.line for place in places] == [2, 3]
