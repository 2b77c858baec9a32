"""Terraform's functions that search text: `replace`, `regex` and `regexall`."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from emulator.definitions.terraform.functions.signature import Function, Site
from emulator.definitions.terraform.value_types import STRING, Object, Tuple, Type
from emulator.definitions.terraform.values import EvaluationError, ListOf, Value

_SEARCHED_AT_A_STEP: Final = 2048
_REPETITION: Final = re.compile(r"\{(?:\d+,)?(\d{1,4})")
_MOST_REPEATED: Final = 1000
"""RE2 repeats nothing more often."""
_CLASS: Final = re.compile(r"\\[pP]")
_SIZE_OF_A_CLASS: Final = 1200
"""Classes of Unicode are long lists of ranges."""


def _replace(site: Site, text: str, old: str, new: str) -> str:
    if len(old) > 1 and old.startswith("/") and old.endswith("/"):
        return _replace_pattern(site, text, old[1:-1], new)
    if old == "":
        site.budget.text(len(text) * (1 + len(new)))
        return new + "".join(character + new for character in text)
    site.budget.text(len(text) + text.count(old) * len(new))
    return text.replace(old, new)


def _pattern(pattern: str, site: Site) -> Any:
    """Compile as Terraform does, by RE2: its time is linear whatever the pattern."""
    import re2

    site.budget.spend(_weight(pattern))
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 1 << 22
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        reason = error.args[0] if error.args else ""
        detail = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
        message = f"{pattern!r} is not a regular expression: {detail}"
        raise EvaluationError(message) from error


def _weight(pattern: str) -> int:
    """Return the steps that compiling takes: what is repeated is compiled as often."""
    times = 1
    for count in _REPETITION.findall(pattern):
        times = min(times * max(1, int(count)), _MOST_REPEATED)
    size = len(pattern) + _SIZE_OF_A_CLASS * len(_CLASS.findall(pattern))
    return 8 + size * times // 16


def _matches(compiled: Any, text: str, site: Site) -> Iterator[Any]:
    """Yield all matches; an empty one right behind another is none, as in Go."""
    end = -1
    for match in compiled.finditer(text):
        site.budget.spend(1)
        # Each search may have gone on to the end before it was content with less.
        site.budget.scan(len(text) - match.start(), _SEARCHED_AT_A_STEP)
        if match.end() > end:
            yield match
        end = match.end()


def _replace_pattern(site: Site, text: str, pattern: str, new: str) -> str:
    """Replace; `$1`, `${1}` and `${name}` stand for groups, as in Go."""
    compiled = _pattern(pattern, site)
    pieces = []
    end = 0
    for match in _matches(compiled, text, site):
        pieces.append(text[end : match.start()])
        pieces.append(_expanded(new, match, site))
        end = match.end()
    pieces.append(text[end:])
    return "".join(pieces)


def _expanded(new: str, match: Any, site: Site) -> str:
    """Return what stands in for a match; its text is spent before it is made."""

    def group(found: re.Match[str]) -> str:
        site.budget.spend(1)
        if found[0] == "$$":
            return "$"
        made = named(found)
        site.budget.text(len(made))
        return made

    def named(found: re.Match[str]) -> str:
        name = found[1] or found[2]
        names = match.re.groupindex
        if name.isdecimal() and int(name) <= match.re.groups:
            return match.group(int(name)) or ""
        return (match.group(names[name]) or "") if name in names else ""

    site.budget.text(len(new))
    return re.sub(r"\$\$|\$\{(\w+)\}|\$(\w+)", group, new)


def _captured(match: Any, site: Site) -> Value:
    """Return what the groups hold: an object where they have names, a tuple where not."""
    names = match.re.groupindex
    if names:
        if len(names) != match.re.groups:
            message = f"{site.call.name}: groups with and without names cannot be mixed"
            raise EvaluationError(message)
        return site.value({name: _group(match, at, site) for name, at in names.items()})
    if match.re.groups:
        return site.value([_group(match, at + 1, site) for at in range(match.re.groups)])
    return site.value(match.group(0))


def _group(match: Any, index: int, site: Site) -> Value:
    return Value(match.group(index), site.call.source, null_type=STRING)


def _captured_type(compiled: Any) -> Type:
    if compiled.groupindex:
        return Object(tuple((name, STRING) for name in sorted(compiled.groupindex)))
    return Tuple((STRING,) * compiled.groups) if compiled.groups else STRING


def _regex(site: Site, pattern: str, text: str) -> Value:
    match = _pattern(pattern, site).search(text)
    if match is None:
        message = f"regex: {pattern!r} matches nothing in the text"
        raise EvaluationError(message)
    return _captured(match, site)


def _regex_all(site: Site, pattern: str, text: str) -> ListOf:
    compiled = _pattern(pattern, site)
    found = [_captured(match, site) for match in _matches(compiled, text, site)]
    return ListOf(found, _captured_type(compiled))


FUNCTIONS: Final[Mapping[str, Function]] = {
    "regex": Function("@ss", _regex),
    "regexall": Function("@ss", _regex_all),
    "replace": Function("@sss", _replace),
}
