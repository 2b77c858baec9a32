"""What the docstrings of packages name is there: they are where a newcomer begins to read."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "emulator"
NAMED = re.compile(r"`([a-z][a-z_]*\*?|\*_[a-z_]+)`")
"""Names of modules and packages, some with a star for several."""


def _guides() -> Iterator[Path]:
    for package in sorted(PACKAGE.rglob("__init__.py")):
        if NAMED.search(_docstring(package)):
            yield package


def _docstring(module: Path) -> str:
    return ast.get_docstring(ast.parse(module.read_text("utf-8"))) or ""


@pytest.mark.parametrize(
    "guide", list(_guides()), ids=lambda path: str(path.parent.relative_to(PACKAGE.parent))
)
def test_modules_that_a_package_names_are_there(guide: Path) -> None:
    named = set(NAMED.findall(_docstring(guide))) - sys.stdlib_module_names
    there = {name for name in named for end in (".py", "") if any(guide.parent.glob(name + end))}
    assert named - there == set()
