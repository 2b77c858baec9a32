"""Whole root modules come out as Terraform plans them: its answers are recorded beside each."""

import json
from pathlib import Path
from typing import Any, Final

import pytest

from emulator.definitions.terraform.values import EvaluationError
from emulator.errors import Severity, SourceRef
from tests.definitions.terraform.record_configurations import CONFIGURATIONS, PLANNED, REFUSED
from tests.definitions.terraform.roots import exactly, plain, root_of

CASES: Final = [
    (record.parent, number)
    for record in sorted(CONFIGURATIONS.glob(f"*/{PLANNED}"))
    for number in range(len(json.loads(record.read_text("utf-8"))))
]


def planned(directory: Path, case: dict[str, Any]) -> Any:
    """Return the output `all`, or that something is refused."""
    given = case.get("variables", {})
    root = root_of(directory, environ=case.get("environment", {}), variables=given)
    try:
        found = plain(root.module.output("all", SourceRef("test")), root)
    except EvaluationError:
        return REFUSED
    wrong = any(problem.severity is Severity.ERROR for problem in root.problems.found)
    return REFUSED if wrong else found


@pytest.mark.parametrize(("directory", "number"), CASES, ids=lambda one: getattr(one, "name", one))
def test_a_root_module_has_the_outputs_that_terraform_plans(directory: Path, number: int) -> None:
    case = exactly((directory / PLANNED).read_text("utf-8"))[number]
    assert planned(directory, case) == case["all"]
