"""What the files of a module declare: by their labels, each once."""

from pathlib import Path

import pytest

from emulator.definitions.nodes import Problems
from emulator.definitions.terraform.configuration import Configuration
from emulator.definitions.terraform.grammar import parse_file


def problems_of(text: str) -> list[str]:
    """Return what is wrong with the blocks of a file, with their lines."""
    problems = Problems(lenient=False)
    Configuration(Path()).add(parse_file(text, "main.tf"), problems)
    return [f"{problem.source}: {problem.message}" for problem in problems.found]


@pytest.mark.parametrize(
    ("block", "told"),
    [
        ('resource "aws_ecs_cluster" {}', "the block resource has 2 labels, not 1"),
        ('data "aws_ecs_cluster" "a" "b" {}', "the block data has 2 labels, not 3"),
        ("variable {}", "the block variable has 1 label, not 0"),
        ('module "a" "b" {}', "the block module has 1 label, not 2"),
        ("output {}", "the block output has 1 label, not 0"),
    ],
)
def test_a_block_that_is_found_by_its_labels_has_so_many(block: str, told: str) -> None:
    assert problems_of(block) == [f"main.tf:1: {told}"]


@pytest.mark.parametrize(
    ("blocks", "name"),
    [
        ('resource "aws_ecs_cluster" "a" {}\n' * 2, "aws_ecs_cluster.a"),
        ('variable "a" {}\n' * 2, "variable a"),
        ("locals { a = 1 }\n" * 2, "local.a"),
    ],
)
def test_what_is_declared_twice_is_told_with_the_first_place(blocks: str, name: str) -> None:
    assert problems_of(blocks) == [f"main.tf:2: {name} is declared before, at main.tf:1"]


def test_what_is_of_another_kind_may_have_the_same_labels() -> None:
    same = 'resource "aws_ecs_cluster" "a" {}\ndata "aws_ecs_cluster" "a" {}\nvariable "a" {}\n'
    assert problems_of(same + "locals { a = 1 }\nprovider {}\nterraform {}\n") == []
