"""What a caller says beside the files: it stands in place of what their `local:` says of the same.

A test has secrets, images and policies of its own, and leaves the team's `ecs-local.yaml` alone.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import fields as dataclass_fields
from dataclasses import replace
from typing import Any, Final, NamedTuple

from emulator.definitions.json_text import parse_json
from emulator.definitions.local import LocalPart, places_of_rules, read_local
from emulator.definitions.nodes import Fields, Node, Problems
from emulator.definitions.reading import Reading
from emulator.errors import DefinitionError
from emulator.model.definitions import Local
from emulator.model.names import camel_case

_PLACE: Final = "local"
_OF_THE_FILES: Final = ("account", "region")
"""What the ARNs of the files were made with."""

_BY_NAME: Final = frozenset({"images", "env", "secrets", "env_files", "volumes", "rules"})
"""Mappings: of what is named nowhere in an overlay the files have the word."""


class Overlay(NamedTuple):
    """A `local:` part, the fields of `Local` that it says something of, and its rules' places."""

    part: LocalPart
    fields: frozenset[str]
    rules: Mapping[str, Node]

    def over(self, part: LocalPart | None) -> LocalPart:
        """Return what holds where files have this part, or none."""
        if part is None:
            return self.part
        return part._replace(
            local=_laid_over(part.local, self.part.local, self.fields),
            volume_places={**part.volume_places, **self.part.volume_places},
        )


def read_overlay(said: Mapping[str, Any], reading: Reading) -> Overlay | None:
    """Return what is said as under `local:`; its paths count from the project's directory.

    None for what is wrong as a whole, which is noted in the problems.
    """
    problems = reading.problems
    try:
        node = parse_json(json.dumps(said), _PLACE)
    except DefinitionError as error:
        problems.found.extend(error.problems)
        return None
    fields = Fields(node, _PLACE, problems)
    _refuse_what_files_say(fields, problems)
    part = read_local(fields, reading.project.directory, reading.project, problems)
    known = (field.name for field in dataclass_fields(Local))
    named = frozenset(name for name in known if name in said or camel_case(name) in said)
    return Overlay(part, named, places_of_rules(node))


def _refuse_what_files_say(fields: Fields, problems: Problems) -> None:
    for key in _OF_THE_FILES:
        if fields.says(key):
            message = f"local.{key}: the ARNs of the files are made with theirs"
            hint = "it stands in ecs-local.yaml, under local"
            problems.error(message, fields.place(key), hint=hint)


def _laid_over(base: Local, over: Local, fields: Collection[str]) -> Local:
    """Return a part over which another lies that says something of certain fields.

    Its patterns come before those of the files: the first one that fits holds.
    """
    changes: dict[str, Any] = {}
    for name in fields:
        own, theirs = getattr(over, name), getattr(base, name)
        changes[name] = own
        if name in _BY_NAME:
            changes[name] = {**own, **{key: theirs[key] for key in theirs if key not in own}}
    if over.secrets_file is not None:
        changes |= {"secrets": {}, "secrets_file": over.secrets_file}
    return replace(base, **changes)
