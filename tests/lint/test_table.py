"""The ids: literal, documented, and every one that is used is known."""

import ast
import re
from pathlib import Path

from emulator.lint import CHECKS, rule_ids
from emulator.lint.reading import READING

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "lint.md").read_text("utf-8")


def test_ids_are_unique_and_well_formed() -> None:
    ids = [check.id for check in CHECKS] + list(READING)
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", rule) for rule in ids)


def test_the_page_describes_every_id_and_no_other() -> None:
    assert sorted(re.findall(r"^### `([\w-]+)`", PAGE, re.MULTILINE)) == sorted(rule_ids())


def test_the_page_tells_every_severity() -> None:
    for check in CHECKS:
        assert re.search(rf"^### `{check.id}` \({check.severity}", PAGE, re.MULTILINE), check.id


def test_every_id_that_reading_uses_is_in_its_table() -> None:
    used = {
        str(keyword.value.value)
        for path in (ROOT / "emulator" / "definitions").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        for keyword in node.keywords
        if keyword.arg == "rule" and isinstance(keyword.value, ast.Constant)
    }
    assert used <= set(READING)
    assert "unknown-key" in used
