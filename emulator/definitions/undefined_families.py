"""The families that rules name and that none of the fragments defines."""

from collections.abc import Sequence

from emulator.definitions.fragment import Fragment
from emulator.model.names import split_task_definition


def undefined_families(fragments: Sequence[Fragment]) -> frozenset[str]:
    """Return the families that rules name and no fragment defines, or defines for want of them."""
    defined = {d.family for fragment in fragments for d in fragment.task_definitions}
    firm = defined | {family for fragment in fragments for family in fragment.broken}
    firm -= {family for fragment in fragments for family in fragment.yielding}
    named = {
        split_task_definition(target.task_definition)[0]
        for fragment in fragments
        for rule in fragment.rules
        for target in rule.targets
    }
    return frozenset(named - firm)
