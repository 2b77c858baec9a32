"""Terraform's `csvdecode`. IETF RFC 4180, with line ends of any system."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from emulator.definitions.terraform.functions.signature import Function, Site
from emulator.definitions.terraform.value_types import STRING, Object
from emulator.definitions.terraform.values import EvaluationError, ListOf

_FIELD: Final = re.compile(r'"((?:[^"]|"")*)"(?=,|\r?\n|\r?\Z)|([^",\n]*)(?=,|\n|\Z)')
"""A field in quotes, or one without any in it."""


def _decode(site: Site, text: str) -> ListOf:
    rows = _rows(text, site)
    header = next(rows, None)
    if header is None:
        message = "csvdecode: the header line is missing"
        raise EvaluationError(message)
    doubles = [name for at, name in enumerate(header) if name in header[:at]]
    if doubles:
        message = f"csvdecode: there are two columns {doubles[0]!r}"
        raise EvaluationError(message)
    made = [
        site.value({name: site.value(text) for name, text in zip(header, row, strict=True)})
        for row in _even(rows, len(header))
    ]
    return ListOf(made, Object(tuple((name, STRING) for name in sorted(header))))


def _even(rows: Iterator[list[str]], width: int) -> Iterator[list[str]]:
    for number, row in enumerate(rows, start=2):
        if len(row) != width:
            message = f"csvdecode: row {number} has {len(row)} fields, the first one {width}"
            raise EvaluationError(message)
        yield row


def _rows(text: str, site: Site) -> Iterator[list[str]]:
    """Yield the rows that are not empty."""
    text = text.replace("\r\n", "\n").removesuffix("\r")
    at = 0
    while at < len(text):
        if text[at] == "\n":
            at += 1
            continue
        row, at = _row(text, at)
        site.budget.spend(len(row))
        yield row


def _row(text: str, at: int) -> tuple[list[str], int]:
    """Return the fields of the row that begins here, and where the next one does."""
    fields = []
    while True:
        match = _FIELD.match(text, at)
        if match is None:
            line = text.count("\n", 0, at) + 1
            message = f"csvdecode: a quote in line {line} neither begins nor ends a field"
            raise EvaluationError(message)
        quoted, bare = match.groups()
        fields.append(bare if quoted is None else quoted.replace('""', '"'))
        at = match.end()
        if text[at : at + 1] != ",":
            return fields, at + 1
        at += 1


FUNCTIONS: Final[Mapping[str, Function]] = {"csvdecode": Function("@s", _decode)}
