"""Trees of texts: those that readers share are one tree, and stay as they were parsed."""

from functools import lru_cache
from pathlib import Path

import pytest

from emulator.definitions import read, tree_text
from emulator.definitions.files import Project
from emulator.definitions.nodes import Node, Problems
from emulator.definitions.reading import Reading
from emulator.errors import DefinitionError
from tests.scenarios.test_scenarios import HERE, reading_of

READ = sorted(
    {HERE.parents[1]}
    | {path.parent for path in HERE.glob("*/*/*.yaml") if path.parent.parent.name != "terraform"}
)
"""This repository, and what is written in YAML in any way, right or wrong."""


def _reading(directory: Path) -> Reading:
    return Reading(Project(directory), {}, Problems())


def _as_parsed(node: Node) -> object:
    value: object = node.value
    if isinstance(node.value, dict):
        value = [(key, _as_parsed(child)) for key, child in node.value.items()]
    elif isinstance(node.value, list):
        value = [_as_parsed(item) for item in node.value]
    return value, node.source, node.guess, node.written


def test_the_same_text_of_the_same_file_is_parsed_once(tmp_path: Path) -> None:
    reading = _reading(tmp_path)
    path, text = tmp_path / "jobs.yaml", "rules: [a, 1.10]\n"
    first = tree_text.shared_tree(path, text, reading)
    assert tree_text.shared_tree(path, text, reading) is first
    assert _as_parsed(first) == _as_parsed(tree_text.parse_tree(path, text, reading))
    for other in (tmp_path / "other.yaml", tmp_path / "jobs.yml"):
        assert tree_text.shared_tree(other, text, reading).source.path == other.name
    assert tree_text.shared_tree(path, "rules: [b]\n", reading) is not first


def test_what_is_wrong_with_a_text_is_said_each_time(tmp_path: Path) -> None:
    for _ in range(2):
        with pytest.raises(DefinitionError, match="not valid YAML"):
            tree_text.shared_tree(tmp_path / "a.yaml", "a: [", _reading(tmp_path))


def test_a_long_text_is_not_kept(tmp_path: Path) -> None:
    text = "a: 1\n" + "# \n" * tree_text.LARGEST_KEPT
    first = tree_text.shared_tree(tmp_path / "a.yaml", text, _reading(tmp_path))
    assert tree_text.shared_tree(tmp_path / "a.yaml", text, _reading(tmp_path)) is not first


def test_no_reader_changes_a_tree_that_others_share(monkeypatch: pytest.MonkeyPatch) -> None:
    shared: list[tuple[Node, str, str, str]] = []

    @lru_cache
    def kept(name: str, suffix: str, text: str) -> Node:
        made = tree_text._parsed(name, suffix, text)
        shared.append((made, name, suffix, text))
        return made

    monkeypatch.setattr(tree_text, "_kept", kept)
    for folder in READ:
        first, second = (read((), reading_of(folder)).definitions for _ in range(2))
        assert first == second
    assert len(shared) > 20
    for node, *given in shared:
        assert _as_parsed(node) == _as_parsed(tree_text._parsed(*given))
