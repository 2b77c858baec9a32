"""Wherever a value of ecs-local.yaml is put in another's place, schema and reader agree on it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from emulator.definitions import read
from emulator.definitions.files import Project
from emulator.definitions.nodes import Node, Problems
from emulator.definitions.reading import Reading
from emulator.definitions.yaml_text import parse_yaml
from emulator.errors import Severity, SourceRef
from tests.definitions.test_schema import EVERYTHING, SCHEMA, VALIDATOR, plain, schemas_at

Path_ = tuple[str | int, ...]

PLACE = SourceRef("ecs-local.yaml", 1)
VALUES: tuple[Any, ...] = (None, True, -1, "text", "", [], {}, [None], {"a": None})
SHAPE = ("missing-key", "unknown-key", "wrong-type")
"""The rules of problems with the shape of a file, which is all that a schema knows."""

LARGE = 8
"""From how many keys on a mapping is thinned out: those have no collection that must be there."""

WHOLE = plain(parse_yaml(EVERYTHING, "x"))


def paths(value: Any, path: Path_ = ()) -> Iterator[Path_]:
    if path:
        yield path
    items = enumerate(value) if isinstance(value, list) else ()
    for key, child in value.items() if isinstance(value, dict) else items:
        yield from paths(child, (*path, key))


def put(value: Any, path: Path_, new: Any) -> Any:
    """Return a value with another at a path; large mappings above it lose their other collections.

    Reading little is what makes so many tries possible.
    """
    if not path:
        return new
    step, rest = path[0], path[1:]
    if isinstance(value, list):
        return [put(value[int(step)], rest, new)]
    return {
        key: put(child, rest, new) if key == step else child
        for key, child in value.items()
        if key == step or len(value) < LARGE or not isinstance(child, dict | list)
    }


def only(path: Path_, new: Any) -> Any:
    return {path[0]: put(WHOLE[path[0]], path[1:], new)}


def node_of(value: Any) -> Node:
    if isinstance(value, dict):
        return Node({key: node_of(child) for key, child in value.items()}, PLACE)
    if isinstance(value, list):
        return Node([node_of(child) for child in value], PLACE)
    written = json.dumps(value) if isinstance(value, bool | int | float) else None
    return Node(value, PLACE, written=written)


def words_at(path: Path_) -> set[Any]:
    """Return the words that the schema offers at a path."""
    steps = tuple("*" if isinstance(step, int) else step for step in path)
    return {word for schema in schemas_at(steps, SCHEMA) for word in words_of(schema)}


def words_of(schema: Any) -> Iterator[Any]:
    if isinstance(schema, dict):
        yield from schema.get("enum", ())
        for branch in (schema.get("items"), *schema.get("anyOf", ()), *schema.get("allOf", ())):
            yield from words_of(branch)


@pytest.mark.parametrize("section", [*WHOLE])
def test_schema_and_reader_agree_on_every_value_at_every_place(
    section: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "ecs-local.yaml").write_text("{}", "utf-8")
    reading = Reading(Project(tmp_path), {}, Problems())

    def complaints(value: Any) -> set[tuple[str, str]]:
        monkeypatch.setattr(
            "emulator.definitions.project_yaml.read_config", lambda *_: (node_of(value), {})
        )
        own = reading._replace(problems=Problems())
        found = read([tmp_path / "ecs-local.yaml"], own).definitions.problems
        return {(p.rule, p.message) for p in found if p.severity is Severity.ERROR}

    apart = []
    for path in paths({section: WHOLE[section]}):
        usual = complaints(only(path, value_at(path)))
        for new in VALUES:
            document = only(path, new)
            fresh = complaints(document) - usual
            fits = VALIDATOR.is_valid(document)
            if fits and fresh and all(rule in SHAPE for rule, _ in fresh):
                apart.append(f"{path} = {new!r}: the reader alone refuses: {fresh}")
            if not fits and not fresh:
                apart.append(f"{path} = {new!r}: the schema alone refuses it")
    assert apart == []


def value_at(path: Path_) -> Any:
    found: Any = WHOLE
    for step in path:
        found = found[step]
    return found
