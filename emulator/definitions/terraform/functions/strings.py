"""Terraform's string functions."""

import re
from collections.abc import Mapping
from typing import Any, Final

from emulator.definitions.terraform.functions.formats import format_text
from emulator.definitions.terraform.functions.signature import Function, Site, assembled, part
from emulator.definitions.terraform.values import EvaluationError, Unknown, Value, as_text

_MARKS: Final = re.compile("[\\s.,;:!?\"'()\\[\\]{}<>/\\\\+*=|&^%$#@~`]")


def _chomp(text: str) -> str:
    return text.rstrip("\r\n")


def _format(site: Site, form: str, *values: Value) -> Value:
    return assembled(format_text(form, values, site), values, site)


def _format_list(site: Site, form: str, *values: Value) -> list[Value] | Value:
    lists = [v.content for v in values if isinstance(v.content, list)]
    length = len(lists[0]) if lists else 1
    if any(len(items) != length for items in lists):
        message = "formatlist: the lists have different lengths"
        raise EvaluationError(message)
    rows = [
        [v.content[index] if isinstance(v.content, list) else v for v in values]
        for index in range(length)
    ]
    return [assembled(format_text(form, row, site), row, site) for row in rows]


def _indent(site: Site, count: int, text: str) -> str:
    if not 0 <= count <= 1000:
        message = "indent: 0 to 1000 blanks"
        raise EvaluationError(message)
    site.budget.text(text.count("\n") * count)
    return text.replace("\n", "\n" + " " * count)


def _join(site: Site, separator: str, *lists: list[Value]) -> Value:
    items = [item for values in lists for item in values]
    site.budget.spend(len(items))
    return assembled(separator.join(part(item) for item in items), items, site)


def _split(site: Site, separator: str, text: str) -> list[Value]:
    pieces = list(text) if separator == "" else text.split(separator)
    site.budget.spend(len(pieces))
    return [Value(piece, site.call.source) for piece in pieces]


def _substring(text: str, offset: int, length: int) -> str:
    if offset < 0:
        offset = max(0, len(text) + offset)
        # Terraform's own quirk: counted from the end, no length means all that is left.
        length = length or -1
    if offset > len(text):
        return ""
    return text[offset:] if length < 0 else text[offset : offset + length]


def _replace(site: Site, text: str, old: str, new: str) -> str:
    if len(old) > 1 and old.startswith("/") and old.endswith("/"):
        return _replace_pattern(site, text, old[1:-1], new)
    if old == "":
        pieces = [new, *(character + new for character in text)]
        site.budget.text(len(text) * (1 + len(new)))
        return "".join(pieces)
    site.budget.text(len(text) + text.count(old) * len(new))
    return text.replace(old, new)


def _pattern(pattern: str) -> Any:
    """Compile as Terraform does, by RE2: its time is linear whatever the pattern."""
    import re2

    options = re2.Options()
    options.log_errors = False
    options.max_mem = 1 << 22
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        reason = error.args[0] if error.args else ""
        detail = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
        message = f"{pattern!r} is no regular expression: {detail}"
        raise EvaluationError(message) from error


def _replace_pattern(site: Site, text: str, pattern: str, new: str) -> str:
    """Replace; `$1`, `${1}` and `${name}` stand for groups, as in Go."""
    compiled = _pattern(pattern)
    pieces = []
    end = 0
    for match in compiled.finditer(text):
        site.budget.spend(1)
        pieces.append(text[end : match.start()])
        pieces.append(_expanded(new, match))
        site.budget.text(len(pieces[-1]))
        end = match.end()
    pieces.append(text[end:])
    return "".join(pieces)


def _expanded(new: str, match: Any) -> str:
    def group(found: re.Match[str]) -> str:
        if found[0] == "$$":
            return "$"
        name = found[1] or found[2]
        names = match.re.groupindex
        if name.isdecimal() and int(name) <= match.re.groups:
            return match.group(int(name)) or ""
        return (match.group(names[name]) or "") if name in names else ""

    return re.sub(r"\$\$|\$\{(\w+)\}|\$(\w+)", group, new)


def _captured(match: Any, site: Site) -> Value:
    source = site.call.source
    names = match.re.groupindex
    if names:
        found = {name: Value(match.group(index), source) for name, index in names.items()}
        return Value(found, source)
    if match.re.groups:
        return Value([Value(group, source) for group in match.groups()], source)
    return Value(match.group(0), source)


def _regex(site: Site, pattern: str, text: str) -> Value:
    match = _pattern(pattern).search(text)
    if match is None:
        message = f"regex: {pattern!r} matches nothing in the text"
        raise EvaluationError(message)
    return _captured(match, site)


def _regex_all(site: Site, pattern: str, text: str) -> list[Value]:
    found = []
    for match in _pattern(pattern).finditer(text):
        site.budget.spend(1)
        found.append(_captured(match, site))
    return found


def _title(text: str) -> str:
    return re.sub(r"(^|[^\w'_])([^\W\d_])", lambda match: match[1] + match[2].upper(), text)


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
    "format": Function("@sv*", _format),
    "formatlist": Function("@sv*", _format_list),
    "indent": Function("@is", _indent),
    "join": Function("@sl*", _join),
    "lower": Function("s", str.lower),
    "regex": Function("@ss", _regex),
    "regexall": Function("@ss", _regex_all),
    "replace": Function("@sss", _replace),
    "split": Function("@ss", _split),
    "startswith": Function("@vs", _starts_with),
    "strcontains": Function("ss", lambda text, inner: inner in text),
    "strrev": Function("s", lambda text: text[::-1]),
    "substr": Function("sii", _substring),
    "title": Function("s", _title),
    "trim": Function("ss", _trim),
    "trimprefix": Function("ss", str.removeprefix),
    "trimspace": Function("s", str.strip),
    "trimsuffix": Function("ss", str.removesuffix),
    "upper": Function("s", str.upper),
}
