"""What an engine script says of containers there are none of: those it was meant for exit 0."""

from collections.abc import Iterator
from fnmatch import fnmatchcase

from emulator.definitions.nodes import one_of
from emulator.engines.fake_script import FakeScript
from emulator.engines.spec import PAUSE_CONTAINER
from emulator.model.definitions import Definitions


def script_gaps(script: FakeScript, definitions: Definitions) -> Iterator[str]:
    """Yield a warning for each pattern of a script that fits nothing in the definitions.

    Each pattern is looked at by itself: a name with a typo, not a pair that never meets.
    """
    known = _known(definitions)
    for number, entry in enumerate(script.entries):
        for key, pattern in entry.patterns:
            names = known.get(key)
            if names is None or any(fnmatchcase(name, pattern) for name in names):
                continue
            hint = one_of(_PLURALS[key], pattern, names)
            yield f"the engine script's containers[{number}].{key} fits none: {pattern!r}; {hint}"


_PLURALS = {"container": "containers", "family": "families", "rule": "rules", "image": "images"}


def _known(definitions: Definitions) -> dict[str, list[str]]:
    containers = [
        container
        for family in definitions.task_definitions.values()
        for container in family.container_definitions
    ]
    event_rules = (rule.name for rule in definitions.event_rules)
    known = {
        "container": [*dict.fromkeys(c.name for c in containers), PAUSE_CONTAINER],
        "family": list(definitions.task_definitions),
        "rule": [*(rule.name for rule in definitions.rules), *event_rules],
    }
    if not definitions.local.images:
        # Of what stands in for others only the engine knows the names.
        known["image"] = list(dict.fromkeys(container.image for container in containers))
    return known
