"""Keys of container definitions that Terraform takes in any case."""

import json
from collections.abc import Iterator
from typing import Any

from emulator.definitions.nodes import Node
from emulator.definitions.schema import schema_text
from emulator.definitions.terraform.container_names import FREE, spelled_as_the_api
from emulator.errors import SourceRef

DEFINITIONS = json.loads(schema_text())["$defs"]
HERE = SourceRef("main.tf", 1)


def keys_of(schema: Any) -> Iterator[str]:
    """Yield the keys that a value of a schema may have, at any depth; users' own are none."""
    if not isinstance(schema, dict):
        return
    if "$ref" in schema:
        yield from keys_of(DEFINITIONS[schema["$ref"].rpartition("/")[2]])
    for key, inner in schema.get("properties", {}).items():
        yield key
        if key.lower() not in FREE:
            yield from keys_of(inner)
    for inner in (schema.get("items"), *schema.get("oneOf", ()), *schema.get("anyOf", ())):
        yield from keys_of(inner)


def spelled(key: str) -> str:
    """Return what becomes of a key."""
    made = spelled_as_the_api(Node({key: Node("", HERE)}, HERE))
    assert isinstance(made.value, dict)
    return next(iter(made.value))


def test_every_key_of_a_container_definition_may_be_in_any_case() -> None:
    keys = set(keys_of(DEFINITIONS["containerDefinition"]))
    assert {"healthCheck", "hostPort", "softLimit"} <= keys
    assert {key: spelled(key.upper()) for key in keys} == {key: key for key in keys}


def test_a_key_that_the_api_has_not_stays_as_it_is() -> None:
    assert spelled("HealthChecks") == "HealthChecks"


def test_a_key_in_the_apis_own_case_goes_before_another() -> None:
    both = Node({"NAME": Node("a", HERE), "name": Node("b", HERE)}, HERE)
    made = spelled_as_the_api(both)
    assert isinstance(made.value, dict)
    assert {key: node.value for key, node in made.value.items()} == {"NAME": "a", "name": "b"}
