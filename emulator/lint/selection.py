"""Which findings count: selected ids, ignored ids, and comments that ignore (pure)."""

import re
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import Final

from emulator.errors import Problem, UsageError

_COMMENT: Final = re.compile(r"(?:#|//)\s*ecs-local:\s*ignore=([\w*-]+(?:\s*,\s*[\w*-]+)*)")

_LINE_END: Final = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
"""As YAML has it: `str.splitlines` would also count form feeds, which no format of ours does."""

_LINE_FEEDS_ONLY: Final = (".tf", ".tofu", ".jsonnet")
"""How names of files end in whose format only a line feed ends a line."""


def parse_ids(text: str, known: Iterable[str]) -> tuple[str, ...]:
    """Return ids written `a,b`; `schedule-*` means all that fit.

    Raises `UsageError` with all that fit no check.
    """
    names = sorted(known)
    patterns = tuple(part.strip() for part in text.split(",") if part.strip())
    unknown = [p for p in patterns if not any(fnmatchcase(name, p) for name in names)]
    if unknown:
        told = (Problem(f"no check {p!r}", hint=_hint(p, names)) for p in unknown)
        raise UsageError("\n".join(map(str, told)))
    return patterns


def _hint(pattern: str, names: Sequence[str]) -> str:
    close = get_close_matches(pattern, names, n=1)
    return f"did you mean {close[0]!r}?" if close else "docs/lint.md lists the checks"


def ignored_lines(text: str, path: str = "") -> dict[int, tuple[str, ...]]:
    """Return the lines with a comment that ignores, counted from 1, and the ids it names.

    They are counted as the format does that the path of the file tells; as in YAML without one.
    """
    lines = text.split("\n") if path.endswith(_LINE_FEEDS_ONLY) else _LINE_END.split(text)
    return {
        number: tuple(re.split(r"\s*,\s*", match[1]))
        for number, line in enumerate(lines, start=1)
        if (match := _COMMENT.search(line)) is not None
    }


def chosen(
    problems: Sequence[Problem],
    *,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    comments: Mapping[str, Mapping[int, Sequence[str]]] | None = None,
) -> list[Problem]:
    """Return the problems that count; `comments` is `ignored_lines` by path.

    A comment holds for its own line and for the one below it.
    """
    found = []
    for problem in problems:
        if select and not _fits(problem.rule, select):
            continue
        if _fits(problem.rule, ignore) or _fits(problem.rule, _near(problem, comments or {})):
            continue
        found.append(problem)
    return found


def _near(problem: Problem, comments: Mapping[str, Mapping[int, Sequence[str]]]) -> tuple[str, ...]:
    source = problem.source
    if source is None or source.line is None or source.path not in comments:
        return ()
    lines = comments[source.path]
    return (*lines.get(source.line, ()), *lines.get(source.line - 1, ()))


def _fits(name: str, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)
