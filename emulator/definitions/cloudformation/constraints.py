"""What the declaration of a parameter allows as its value: words, a pattern, a length, a number.

AWS: "Parameters" in the CloudFormation user guide.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from emulator.definitions.cloudformation.functions import as_text
from emulator.definitions.nodes import Fields, Problems, did_you_mean

_MOST_MEMORY: Final = 1 << 22
"""Bytes that RE2 may take for a pattern; its time is linear in the value, whatever that is."""

_IN_A_CLASS: Final = r"\[(?:\\.|[^\]\\\[&]|&(?!&))*"
_JAVAS_CLASS: Final = re.compile(
    rf"(?:[^\[\\]|\\.|{_IN_A_CLASS}\])*{_IN_A_CLASS}(?:&&|\[)", re.DOTALL
)
"""A class within a class, or what two have in common: RE2 takes these characters for themselves."""

Broken = tuple[str, str | None]
"""What is wrong with a value, to be read after it, and what may have been meant."""


@dataclass(frozen=True, slots=True)
class Constraints:
    """What the declaration of a parameter (`fields`) of a type (`kind`) allows."""

    name: str
    kind: str
    fields: Fields
    problems: Problems

    def check(self, values: list[str]) -> None:
        """Note each value that is not allowed: the items of a list, or the only one.

        One that must not be shown (`NoEcho`) is not.
        """
        description = self.fields.text("ConstraintDescription")
        why = f": {description}" if description else ""
        hidden = self._is_hidden()
        for value in values:
            shown = "its value" if hidden else repr(value)
            for broken, hint in self._broken(value):
                message = f"parameter {self.name}: {shown} {broken}{why}"
                self.problems.rejected(message, self.fields.source, hint=None if hidden else hint)

    def _is_hidden(self) -> bool:
        node = self.fields.take("NoEcho")
        return node is not None and as_text(node).lower() == "true"

    def _broken(self, value: str) -> Iterator[Broken]:
        if not _is_unicode(value):
            yield "is not UTF-8", None
            return
        yield from self._not_among(value)
        yield from self._unlike(value)
        if "Number" not in self.kind:
            yield from self._beyond(len(value), ("MinLength", "shorter"), ("MaxLength", "longer"))
        elif (number := _number(value)) is None:
            yield "is not a number", None
        else:
            yield from self._beyond(number, ("MinValue", "less"), ("MaxValue", "greater"))

    def _not_among(self, value: str) -> Iterator[Broken]:
        allowed = tuple(
            as_text(item)
            for item in self.fields.items("AllowedValues")
            if not isinstance(item.value, dict | list)
        )
        if allowed and value not in allowed:
            yield f"is not one of {', '.join(allowed)}", did_you_mean(value, allowed)

    def _beyond(self, size: float, *bounds: tuple[str, str]) -> Iterator[Broken]:
        """Compare with the lower and the upper bound."""
        for (key, word), sign in zip(bounds, (-1, 1), strict=True):
            written = self.fields.text(key)
            bound = None if written is None else _number(written)
            if bound is not None and sign * size > sign * bound:
                yield f"is {word} than {key} {written}", None

    def _unlike(self, value: str) -> Iterator[Broken]:
        """Compare with the pattern, which must fit the whole value."""
        pattern = self.fields.text("AllowedPattern")
        if pattern is None:
            return
        fits = _fits(pattern, value)
        if fits is None:
            place = self.fields.place("AllowedPattern")
            message = f"parameter {self.name}: AllowedPattern {pattern} is beyond RE2: not checked"
            self.problems.warning(message, place)
        elif not fits:
            yield f"does not match AllowedPattern {pattern}", None


def _fits(pattern: str, value: str) -> bool | None:
    """Return whether a pattern fits a whole value; None where only Java's engine can say.

    That looks ahead and back; hostile values must not make us search for ever.
    """
    if _JAVAS_CLASS.match(pattern):
        return None
    import re2

    options = re2.Options()
    options.log_errors = False
    options.max_mem = _MOST_MEMORY
    try:
        return re2.fullmatch(pattern, value, options) is not None
    except re2.error:
        return None


def _is_unicode(text: str) -> bool:
    """Say no of what the shell gave in another encoding, which RE2 does not take either."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
