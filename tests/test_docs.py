"""The pages of docs/ are true: their examples load, and no key is missing."""

import re
from pathlib import Path
from typing import Final

import pytest

from emulator.definitions import load
from emulator.definitions.nodes import Fields, Node
from emulator.errors import Severity
from emulator.model.definitions import Definitions

ROOT: Final = Path(__file__).parents[1]
PAGE: Final = (ROOT / "docs" / "ecs-local-yaml.md").read_text(encoding="utf-8")
EVENTS: Final = (ROOT / "docs" / "events.md").read_text(encoding="utf-8")
EXAMPLES: Final = re.findall(r"^```yaml\n(.*?)^```$", PAGE + EVENTS, re.DOTALL | re.MULTILINE)
DESCRIBED: Final = re.compile(
    r"the project file|the rule|the target|the log group|the container override"
    r"|taskOverride|local|local\.rules\..+"
)
"""What the page describes key by key, as `Fields` calls it."""


def _load(example: str, directory: Path) -> Definitions:
    (directory / "ecs-local.yaml").write_text(example, encoding="utf-8")
    containers = "batch_container_definitions.json"
    (directory / containers).write_bytes((ROOT / containers).read_bytes())
    return load([directory / "ecs-local.yaml"], directory=directory, environ={})


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_loads_without_problems(example: str, tmp_path: Path) -> None:
    definitions = _load(example, tmp_path)

    assert [p for p in definitions.problems if p.severity is not Severity.NOTE] == []


def test_every_key_the_readers_ask_for_is_described(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: set[str] = set()
    take = Fields.take

    def noted(fields: Fields, *names: str) -> Node | None:
        if DESCRIBED.fullmatch(fields._what):
            asked.add(names[0])
        return take(fields, *names)

    monkeypatch.setattr(Fields, "take", noted)
    for example in EXAMPLES:
        _load(example, tmp_path)

    described = set(re.findall(r"`(\w+)`", PAGE))
    # Both spellings of one key are taken with the same effect; the page says so once.
    assert {name for name in asked if name != "tracking_id"} - described == set()
    assert {"scheduleExpression", "targets", "overlap", "retentionInDays", "pull"} <= asked


def test_every_link_of_the_readme_to_a_file_leads_somewhere() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", readme)

    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []
