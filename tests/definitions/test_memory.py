"""What a Terraform root said is kept for the next reading, and never longer than it holds."""

import os
import pickle
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from emulator.definitions import memory
from emulator.definitions.cache_place import VARIABLE, cache_directory
from emulator.definitions.files import Project
from emulator.definitions.fragment import Fragment
from emulator.definitions.memory import remembered
from emulator.definitions.nodes import Problems
from emulator.definitions.reading import Reading
from emulator.definitions.terraform.reader import read_directory
from tests.definitions.terraform.roots import write

FILES = {
    "main.tf": """\
variable "hours" {
  default = 1
}
module "group" {
  source = "../group"
}
resource "aws_ecs_task_definition" "d" {
  family                = "d"
  container_definitions = file("containers.json")
}
resource "aws_cloudwatch_event_rule" "r" {
  name                = fileexists("named") ? "named" : "r"
  description         = try(file("description.txt"), "none")
  schedule_expression = "rate(${var.hours} hours)"
}
resource "aws_cloudwatch_event_target" "r" {
  rule = aws_cloudwatch_event_rule.r.name
  arn  = "arn:aws:ecs:us-east-1:123456789012:cluster/jobs"
  ecs_target {
    task_definition_arn = aws_ecs_task_definition.d.arn
    launch_type         = "EC2"
  }
}
""",
    "containers.json": '[{"name": "main", "image": "alpine:3.20", "memory": 64}]',
    "terraform.tfvars": "hours = 2\n",
    "../group/main.tf": 'resource "aws_cloudwatch_log_group" "g" {\n  name = "/jobs"\n}\n',
}


class Reader:
    """Reads one root, and counts how often it was really read."""

    def __init__(self, top: Path) -> None:
        self.root = write(top / "project/root", {n: t for n, t in FILES.items() if "/" not in n})
        write(top / "project", {"group/main.tf": FILES["../group/main.tf"]})
        self.cache = top / "cache"
        self.count = 0

    def read(self, **given: Any) -> tuple[Fragment, list[str]]:
        """Return the fragment, and what is wrong with it."""
        project = given.pop("project", Project(self.root.parent))
        reading = Reading(project, given.pop("environ", {}), Problems(), cache=self.cache, **given)
        fragment = remembered(self.root, reading, self._counted)
        return fragment, [str(problem) for problem in reading.problems.found]

    def _counted(self, directory: Path, reading: Reading) -> Fragment:
        self.count += 1
        return read_directory(directory, reading)

    @property
    def entries(self) -> list[Path]:
        """What is kept."""
        return sorted(self.cache.iterdir()) if self.cache.exists() else []


@pytest.fixture
def reader(tmp_path: Path) -> Reader:
    return Reader(tmp_path)


def test_the_second_reading_says_the_same_without_reading(reader: Reader) -> None:
    first, second = reader.read(), reader.read()
    assert reader.count == 1
    assert first[1] == second[1]
    assert first[0].rules == second[0].rules
    assert first[0].rules[0].source == second[0].rules[0].source
    assert first[0].log_groups == second[0].log_groups
    assert first[0].files == second[0].files
    assert first[0].origins.keys() == second[0].origins.keys()


CHANGES: dict[str, Callable[[Path], object]] = {
    "a file": lambda root: (root / "main.tf").write_text(FILES["main.tf"] + "locals {}\n"),
    "a file of a module": lambda root: (root / "../group/main.tf").write_text("locals {}\n"),
    "a file that a function reads": lambda root: (root / "containers.json").write_text(
        FILES["containers.json"].replace("3.20", "3.21")
    ),
    "a file that was not there": lambda root: (root / "description.txt").write_text("new"),
    "a file that was asked for": lambda root: (root / "named").write_text(""),
    "a new file": lambda root: (root / "more.tf").write_text("locals {}\n"),
    "a new file of variables": lambda root: (root / "x.auto.tfvars").write_text("hours = 3\n"),
    "a file that is gone": lambda root: (root / "terraform.tfvars").unlink(),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_seen(change: str, reader: Reader) -> None:
    reader.read()
    CHANGES[change](reader.root)
    changed = reader.read()
    assert reader.count == 2
    reader.cache = reader.cache.with_name("another")
    assert changed[0].rules == reader.read()[0].rules


@pytest.mark.parametrize(
    "given",
    [
        {"environ": {"TF_VAR_hours": "4"}},
        {"environ": {"TF_WORKSPACE": "prod"}},
        {"variables": {"hours": "5"}},
        {"region": "eu-west-1"},
        {"account": "123456789012"},
    ],
    ids=str,
)
def test_what_a_reading_is_given_is_part_of_it(given: Mapping[str, Any], reader: Reader) -> None:
    reader.read()
    reader.read(**given)
    assert reader.count == 2


def test_another_release_reads_anew(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    reader.read()
    monkeypatch.setattr(memory, "_code", lambda: iter(["another release"]))
    reader.read()
    assert reader.count == 2


def test_a_reading_with_an_error_is_not_kept(reader: Reader) -> None:
    (reader.root / "broken.tf").write_text("locals {")
    assert reader.read()[1] == reader.read()[1] != []
    assert (reader.count, reader.entries) == (2, [])


def test_values_of_secrets_are_not_kept(reader: Reader) -> None:
    text = 'resource "aws_ssm_parameter" "p" {\n  name = "/p"\n  value = "hunter2"\n}\n'
    (reader.root / "secrets.tf").write_text(text)
    reader.read()
    assert reader.entries == []


def test_a_reading_that_looks_for_any_file_is_not_kept(reader: Reader) -> None:
    rule = 'resource "aws_cloudwatch_log_group" "g" {\n  name = join("", fileset(".", "*.x"))\n}\n'
    (reader.root / "any.tf").write_text(rule)
    reader.read()
    assert reader.entries == []


class Command:
    """What a stranger would put into an entry."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __reduce__(self) -> tuple[Callable[..., object], tuple[str]]:
        return os.mkdir, (self.name,)


BROKEN: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "cut off": lambda data: data[:-9],
    "changed": lambda data: data[:-9] + bytes(9),
    "not one": lambda _: b"something else\n",
    "no header": lambda _: b"ecs-local 1\n{}\n",
    "no JSON": lambda _: b"ecs-local 1\n[[[\n",
}


@pytest.mark.parametrize("how", BROKEN)
def test_a_broken_entry_is_as_good_as_none(how: str, reader: Reader) -> None:
    expected = reader.read()
    (entry,) = reader.entries
    entry.write_bytes(BROKEN[how](entry.read_bytes()))
    again = reader.read()
    assert (again[0].rules, again[1]) == (expected[0].rules, expected[1])
    reader.read()
    assert reader.count == 2


def test_an_entry_runs_nothing(reader: Reader, tmp_path: Path) -> None:
    reader.read()
    (entry,) = reader.entries
    payload = pickle.dumps((Command(str(tmp_path / "run")), []), 5)
    memory._keep(entry, {}, payload)
    assert reader.read()[0].rules
    assert reader.count == 2
    assert not (tmp_path / "run").exists()


def test_a_directory_that_others_may_write_into_is_not_trusted(reader: Reader) -> None:
    reader.read()
    reader.cache.chmod(0o777)
    reader.read()
    reader.read()
    assert reader.count == 3


def test_a_cache_that_cannot_be_made_costs_nothing_but_time(reader: Reader) -> None:
    reader.cache.parent.mkdir(exist_ok=True)
    reader.cache.write_text("a file")
    reader.cache /= "below"
    assert reader.read()[0].rules


def test_the_oldest_entries_make_room(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "MOST_ENTRIES", 2)
    for hours in ("1", "2", "3"):
        reader.read(variables={"hours": hours})
    assert len(reader.entries) == 2
    assert {entry.stat().st_mode & 0o777 for entry in reader.entries} == {0o600}


def test_an_entry_that_is_too_large_is_not_kept(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "LARGEST_ENTRY", 100)
    reader.read()
    assert reader.entries == []


@pytest.mark.parametrize(
    ("environ", "directory"),
    [
        ({"HOME": "/home/me"}, "/home/me/.cache/ecs-local"),
        ({"HOME": "/home/me", "XDG_CACHE_HOME": "/cache"}, "/cache/ecs-local"),
        ({"HOME": "/home/me", "XDG_CACHE_HOME": "relative"}, "/home/me/.cache/ecs-local"),
        ({"HOME": "/home/me", VARIABLE: "/kept/here"}, "/kept/here"),
        ({"HOME": "/home/me", VARIABLE: ""}, None),
        ({}, None),
    ],
)
def test_entries_are_in_the_cache_directory_of_the_user(
    environ: Mapping[str, str], directory: str | None
) -> None:
    assert cache_directory(environ) == (None if directory is None else Path(directory))
