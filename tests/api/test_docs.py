"""The examples of docs/python.md do what the page says."""

import re
from pathlib import Path
from typing import Final

import yaml

from emulator.app.engine_script import read_script

PAGE: Final = (Path(__file__).parents[2] / "docs" / "python.md").read_text("utf-8")


def _blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def test_the_examples_in_python_run() -> None:
    (example,) = _blocks("python")
    exec(compile(example, "docs/python.md", "exec"), {})


def test_the_example_of_a_script_is_one() -> None:
    (example,) = _blocks("yaml")
    assert read_script(yaml.safe_load(example), "docs/python.md").images is None
