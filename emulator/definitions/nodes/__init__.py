"""Definition text as a tree of values that know their place: what every reader works with.

`tree` are the values, `fields` takes them, `problems` gathers what is wrong with them, and
`suggestions` says what may have been meant; `budget` is how many values there may be.
"""

from emulator.definitions.nodes.budget import ValueBudget
from emulator.definitions.nodes.fields import Fields
from emulator.definitions.nodes.problems import VALUE_MISSING, Problems, failure
from emulator.definitions.nodes.suggestions import NEARLY, did_you_mean, one_of, some_of
from emulator.definitions.nodes.tree import Node, child, scalar_text

__all__ = [
    "NEARLY",
    "VALUE_MISSING",
    "Fields",
    "Node",
    "Problems",
    "ValueBudget",
    "child",
    "did_you_mean",
    "failure",
    "one_of",
    "scalar_text",
    "some_of",
]
