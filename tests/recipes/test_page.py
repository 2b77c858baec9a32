"""docs/recipes.md shows what the recipes really say."""

import re
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = (ROOT / "docs" / "recipes.md").read_text("utf-8")
FILES: Final = [ROOT / "docs" / name for name in re.findall(r"\]\((\.\./tests/[^)]+)\)", PAGE)]
SHOWN: Final = re.findall(r"^```python\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


def test_every_recipe_is_on_the_page() -> None:
    folders = (ROOT / "tests" / "recipes", ROOT / "tests" / "with_docker" / "recipes")
    there = {path for folder in folders for path in folder.glob("test_*.py")}
    assert {path.resolve() for path in FILES} == there - {Path(__file__)}


@pytest.mark.parametrize("shown", SHOWN)
def test_what_the_page_shows_stands_in_a_recipe(shown: str) -> None:
    assert any(shown in path.read_text("utf-8") for path in FILES)
