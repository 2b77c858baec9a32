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
    return told_of(write(directory, {"main.tf": call, "job/main.tf": MODULE}))


def told_of(directory: Path) -> list[str]:
    """Return the errors of a root module."""
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
    assert "module.job: the argument name is missing" in problem


UNUSED = """\
variable "name" {}
variable "days" {
  type = list(number)
  default = []
}
variable "size" {
  default = 1
  validation {
    condition     = var.size < 10
    error_message = "大きすぎる"
  }
}
"""


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ('days = ["monday"]', "var.days: a number is needed, not 'monday' (None)"),
        ("size = local.size", "var.size: 大きすぎる (the rule is in job/main.tf:8)"),
    ],
)
def test_a_value_that_a_module_does_not_use_must_fit_all_the_same(
    tmp_path: Path, arguments: str, problem: str
) -> None:
    write(tmp_path, {"job/main.tf": UNUSED, "b.tf": "locals {\n  size = 12\n}\n"})
    main = f'module "job" {{\n  source = "./job"\n  name = 1\n  {arguments}\n}}\n'
    assert told_of(write(tmp_path, {"main.tf": main})) == [f"main.tf:4: module.job: {problem}"]


def test_a_module_is_told_to_lack_an_argument_at_its_call_though_nothing_uses_it(
    tmp_path: Path,
) -> None:
    write(tmp_path, {"job/main.tf": UNUSED, "main.tf": 'module "job" {\n  source = "./job"\n}'})
    assert told_of(tmp_path) == ["main.tf:1: module.job: the argument name is missing (None)"]


def test_the_values_of_a_module_that_has_no_instance_are_not_judged(tmp_path: Path) -> None:
    main = 'module "job" {\n  source = "./job"\n  count = 0\n  name = 1\n  size = 12\n}\n'
    assert told_of(write(tmp_path, {"job/main.tf": UNUSED, "main.tf": main})) == []


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
