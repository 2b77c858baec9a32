"""Values of events as the tests of a pattern compare them."""

from collections.abc import Callable

Scalar = str | int | float | bool | None
Test = Callable[[Scalar], bool]
"""Whether a value that is there passes."""


class PatternError(ValueError):
    """What is wrong with a test, without its place: the pattern knows that."""


def literal_key(value: Scalar) -> str:
    """Return a text that is equal for equal values only.

    Numbers count by how they are written: 300 and 300.0 are not equal.
    """
    return repr(value)
