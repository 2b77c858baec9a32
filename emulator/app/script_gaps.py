"""Tells which entries of an engine script fit no container: what they were meant for exits 0."""

from collections.abc import Iterator
from fnmatch import fnmatchcase

from emulator.definitions.nodes import one_of
from emulator.engines.fake_script import FakeScript
from emulator.engines.spec import PAUSE_CONTAINER
from emulator.model.definitions import Definitions


def script_gaps(script: FakeScript, definitions: Definitions) -> Iterator[str]:
    """Yield a warning for each pattern or image of a script that the definitions have not.

    Each pattern is looked at by itself: a name with a typo, not a pair that never meets.
    """
    known = _known(definitions)
    for pattern in (each for entry in script.entries for each in entry.patterns):
        names = known.get(pattern.key)
        if names is not None and not any(fnmatchcase(name, pattern.text) for name in names):
            hint = one_of(_PLURALS[pattern.key], pattern.text, names)
            yield f"{pattern.source}: no {pattern.key} fits {pattern.text!r}; {hint}"
    for image, source in (script.images or {}).items():
        names = known.get("image", [image])
        if image not in names:
            hint = one_of("images", image, names)
            yield f"{source}: no container has the image {image!r}; {hint}"


_PLURALS = {"container": "containers", "family": "families", "rule": "rules", "image": "images"}


def _known(definitions: Definitions) -> dict[str, list[str]]:
    containers = [
        container
        for family in definitions.task_definitions.values()
        for container in family.container_definitions
    ]
    known = {
        "container": [*dict.fromkeys(c.name for c in containers), PAUSE_CONTAINER],
        "family": list(definitions.task_definitions),
        "rule": list(definitions.rule_names),
    }
    if not definitions.local.images:
        # Of what stands in for others only the engine knows the names.
        known["image"] = list(dict.fromkeys(container.image for container in containers))
    return known
