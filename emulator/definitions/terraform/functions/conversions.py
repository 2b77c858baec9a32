"""Terraform's functions that convert, and those that mark values."""

from collections.abc import Mapping
from typing import Final

from emulator.definitions.terraform.conversion import convert
from emulator.definitions.terraform.functions.signature import Function, Site
from emulator.definitions.terraform.kinds import type_of
from emulator.definitions.terraform.value_types import (
    ANYTHING,
    BOOL,
    NUMBER,
    STRING,
    Collection,
    Type,
    spelled,
)
from emulator.definitions.terraform.values import Value


def _to(wanted: Type) -> Function:
    def apply(site: Site, value: Value) -> Value:
        return convert(value, wanted, site.budget)

    return Function("@w", apply)


def _same(value: Value) -> Value:
    return value


FUNCTIONS: Final[Mapping[str, Function]] = {
    "defaults": Function("w?w", lambda value, _default=None: value),
    "ephemeralasnull": Function("w", _same),
    "issensitive": Function("w", lambda _: False),
    "nonsensitive": Function("w", _same),
    "sensitive": Function("w", _same),
    "tobool": _to(BOOL),
    "tolist": _to(Collection("list", ANYTHING)),
    "tomap": _to(Collection("map", ANYTHING)),
    "tonumber": _to(NUMBER),
    "toset": _to(Collection("set", ANYTHING)),
    "tostring": _to(STRING),
    "type": Function("@w", lambda site, value: spelled(type_of(value, site.budget))),
}
