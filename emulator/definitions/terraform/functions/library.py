"""All functions of Terraform's that one root may call."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from emulator.definitions.nodes import did_you_mean
from emulator.definitions.terraform.functions import (
    conversions,
    csv_tables,
    dates,
    encoding,
    files,
    hashes,
    lists,
    maps,
    networks,
    numbers,
    patterns,
    sets,
    strings,
    yaml_documents,
)
from emulator.definitions.terraform.functions.signature import Function
from emulator.definitions.terraform.knowledge import AT_APPLY
from emulator.definitions.terraform.values import EvaluationError

if TYPE_CHECKING:
    from emulator.definitions.terraform.files import RootFiles

PURE: Final[Mapping[str, Function]] = {
    **conversions.FUNCTIONS,
    **csv_tables.FUNCTIONS,
    **dates.FUNCTIONS,
    **encoding.FUNCTIONS,
    **hashes.FUNCTIONS,
    **lists.FUNCTIONS,
    **maps.FUNCTIONS,
    **networks.FUNCTIONS,
    **numbers.FUNCTIONS,
    **patterns.FUNCTIONS,
    **sets.FUNCTIONS,
    **strings.FUNCTIONS,
    **yaml_documents.FUNCTIONS,
}


class Library:
    """Functions by name; those on files belong to one root."""

    def __init__(self, root: "RootFiles") -> None:
        self._functions = {**PURE, **files.make(root)}

    def find(self, name: str) -> Function | None:
        """Return a function, None for one that is known at apply only.

        Raises `EvaluationError` for one that there is not.
        """
        plain = name.removeprefix("core::")
        if plain in AT_APPLY or plain.startswith("provider::"):
            return None
        function = self._functions.get(plain)
        if function is None:
            alike = tuple(known for known in self._functions if known[0] == plain[:1])
            hint = did_you_mean(plain, alike)
            message = f"there is no function {plain!r}"
            raise EvaluationError(message, hint=hint)
        return function
