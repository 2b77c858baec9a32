"""Terraform's string functions."""

from collections.abc import Callable, Mapping
from typing import Final

from emulator.definitions.terraform.functions.formats import format_text
from emulator.definitions.terraform.functions.graphemes import graphemes
from emulator.definitions.terraform.functions.lists import texts
from emulator.definitions.terraform.functions.signature import Function, Site, assembled, part
from emulator.definitions.terraform.plain_values import as_text
from emulator.definitions.terraform.value_types import STRING
from emulator.definitions.terraform.values import EvaluationError, ListOf, Unknown, Value

_BLANKS: Final = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
"""White space as Unicode has it; Python strips four separators of files and records as well."""

_CHARACTERS_AT_A_STEP: Final = 8
"""Of a text that is gone through one by one."""


def _chomp(text: str) -> str:
    return text.rstrip("\r\n")


def _format(site: Site, form: str, *values: Value) -> Value:
    return assembled(format_text(form, values, site), values, site)


def _format_list(site: Site, form: str, *values: Value) -> ListOf:
    lists = [v.content for v in values if isinstance(v.content, list)]
    length = len(lists[0]) if lists else 1
    if any(len(items) != length for items in lists):
        message = "formatlist: the lists have different lengths"
        raise EvaluationError(message)
    rows = [
        [v.content[index] if isinstance(v.content, list) else v for v in values]
        for index in range(length)
    ]
    made = [assembled(format_text(form, row, site), row, site) for row in rows]
    return ListOf(made, STRING)


def _indent(site: Site, count: int, text: str) -> str:
    if not 0 <= count <= 1000:
        message = "indent: 0 to 1000 blanks"
        raise EvaluationError(message)
    site.budget.text(text.count("\n") * count)
    return text.replace("\n", "\n" + " " * count)


def _join(site: Site, separator: str, *lists: ListOf) -> Value:
    if not lists:
        message = "join takes at least one list"
        raise EvaluationError(message)
    items = [item for values in lists for item in values]
    site.budget.spend(len(items))
    site.budget.text(len(separator) * len(items))
    return assembled(separator.join(part(item) for item in items), items, site)


def _split(site: Site, separator: str, text: str) -> ListOf:
    pieces = text.split(separator) if separator else list(text)
    site.budget.spend(len(pieces))
    return texts(site, pieces)


def _substring(site: Site, text: str, offset: int, length: int) -> str:
    characters = graphemes(text, site.budget)
    if offset < 0:
        offset = max(0, len(characters) + offset)
        # Terraform's own quirk: counted from the end, no length means all that is left.
        length = length or -1
    return "".join(characters[offset:] if length < 0 else characters[offset : offset + length])


def _reversed(site: Site, text: str) -> str:
    return "".join(reversed(graphemes(text, site.budget)))


def _mapped(convert: Callable[[str], str]) -> Callable[[Site, str], str]:
    """Map each character to one: Terraform has no capitals of two letters for one small one."""

    def apply(site: Site, text: str) -> str:
        if text.isascii():
            return convert(text)
        site.budget.scan(len(text), _CHARACTERS_AT_A_STEP)
        return "".join(_one(convert, c) for c in text)

    return apply


def _one(convert: Callable[[str], str], character: str) -> str:
    made = convert(character)
    if len(made) == 1:
        return made
    # Of the only small letter that two characters stand for, Terraform keeps the first one.
    return made[0] if convert is str.lower else character


def _title(site: Site, text: str) -> str:
    """Return every letter at the beginning of a word as a capital."""
    site.budget.scan(len(text), _CHARACTERS_AT_A_STEP)
    made = []
    before = " "
    for character in text:
        made.append(_one(str.title, character) if _parts_words(before) else character)
        before = character
    return "".join(made)


def _parts_words(character: str) -> bool:
    if character.isascii():
        return not (character.isalnum() or character == "_")
    return character.isspace()


def _trim(text: str, characters: str) -> str:
    return text.strip(characters) if characters else text


def _starts_with(site: Site, value: Value, prefix: str) -> bool:
    """Compare; the known beginning of an unknown text may decide."""
    if isinstance(value.content, Unknown):
        known = value.content.text.partition("${")[0]
        if len(known) >= len(prefix):
            return known.startswith(prefix)
    return as_text(value).startswith(prefix)


FUNCTIONS: Final[Mapping[str, Function]] = {
    "chomp": Function("s", _chomp),
    "endswith": Function("ss", str.endswith),
    "format": Function("@sw*", _format),
    "formatlist": Function("@sw*", _format_list),
    "indent": Function("@is", _indent),
    "join": Function("@sS*", _join),
    "lower": Function("@s", _mapped(str.lower)),
    "split": Function("@ss", _split),
    "startswith": Function("@vs", _starts_with),
    "strcontains": Function("ss", lambda text, inner: inner in text),
    "strrev": Function("@s", _reversed),
    "substr": Function("@sii", _substring),
    "title": Function("@s", _title),
    "trim": Function("ss", _trim),
    "trimprefix": Function("ss", str.removeprefix),
    "trimspace": Function("s", lambda text: text.strip(_BLANKS)),
    "trimsuffix": Function("ss", str.removesuffix),
    "upper": Function("@s", _mapped(str.upper)),
}
