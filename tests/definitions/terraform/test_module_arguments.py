"""A `module` block gives a module what it has variables for, and all that it needs."""

from pathlib import Path

import pytest

from emulator.definitions import load
from emulator.errors import DefinitionError, Severity
from tests.definitions.terraform.roots import plain, root_of, value_of, write

MODULE = """\
variable "name" {}
variable "minutes" { default = 5 }
resource "aws_cloudwatch_event_rule" "r" {
  name                = var.name
  schedule_expression = "rate(${var.minutes} minutes)"
}
"""


def told(directory: Path, arguments: str) -> list[str]:
    """Return the errors of a root module that calls another one with some arguments."""
    call = f'module "job" {{\n  source = "./job"\n{arguments}\n}}\n'
    write(directory, {"main.tf": call, "job/main.tf": MODULE})
    try:
        load([directory], directory=directory, environ={})
    except DefinitionError as error:
        wrong = [one for one in error.problems if one.severity is Severity.ERROR]
        return [f"{one.source}: {one.message} ({one.hint})" for one in wrong]
    return []


@pytest.mark.parametrize(
    "more", ["", "minutes = 2", "depends_on = []", "providers = {}", "count = 2"]
)
def test_what_a_module_has_variables_for_is_given_to_it(tmp_path: Path, more: str) -> None:
    name = '"job${count.index}"' if more.startswith("count") else '"job"'
    assert told(tmp_path, f"name = {name}\n{more}") == []


def test_an_argument_that_a_module_has_no_variable_for_is_refused_at_its_line(
    tmp_path: Path,
) -> None:
    assert told(tmp_path, 'name = "job"\nminute = 2') == [
        "main.tf:4: module.job: the module has no variable 'minute' (did you mean 'minutes'?)"
    ]


def test_an_argument_of_several_instances_is_told_once(tmp_path: Path) -> None:
    assert len(told(tmp_path, 'count = 3\nname = "job${count.index}"\nminute = 2')) == 1


def test_a_variable_without_default_must_be_given(tmp_path: Path) -> None:
    (problem,) = told(tmp_path, "minutes = 2")
    assert "module.job needs the argument name" in problem


def test_a_resource_has_what_a_typed_variable_wants_of_it(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "main.tf": 'resource "aws_vpc" "v" {\n  cidr_block = "10.0.0.0/16"\n}\n'
            'module "job" {\n  source = "./job"\n'
            "  vpc = aws_vpc.v\n  vpcs = { a = aws_vpc.v }\n}\n",
            "job/main.tf": """
variable "vpc" { type = object({ cidr_block = string, main_route_table_id = string }) }
variable "vpcs" { type = map(object({ owner_id = string, tags = optional(map(string), {}) })) }
output "told" {
  value = [
    var.vpc.cidr_block, var.vpc.main_route_table_id, var.vpcs.a.owner_id, length(var.vpcs.a.tags)
  ]
}
""",
        },
    )
    assert plain(value_of("module.job.told", root := root_of(tmp_path)), root) == [
        "10.0.0.0/16",
        "${aws_vpc.v.main_route_table_id}",
        "${aws_vpc.v.owner_id}",
        0,
    ]
