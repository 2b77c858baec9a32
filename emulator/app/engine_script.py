"""Reads an engine script: what the fake engine's containers do, as a file or a mapping says.

::

    containers:                     # the first entry that fits
    - container: load               # name, image, family and rule; each may hold * and ?
      family: nightly-*
      starts:                       # one after the other; the last one stands for all later
      - {exitCode: 1, output: "cannot connect\\n"}
      - {exitCode: 1}
      - {duration: 3h, output: "loaded 夜間\\n"}
    - image: "*"
      duration: 90s
    images: all                     # which images are there: all (the default), or a list

Everything that is wrong is told at once, each by its line, or by its keys where there is no file.
"""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Final

from emulator.definitions.nodes import Fields, Node, Problems, one_of
from emulator.engines.base import OutputChunk
from emulator.engines.fake import FakeProcess
from emulator.engines.fake_script import PATTERNS, Entry, FakeScript, Pattern
from emulator.errors import DefinitionError, Problem, SourceRef, UsageError
from emulator.model.durations import LONGEST, length_of
from emulator.model.health import HealthStatus

_START: Final = (
    *("exitCode", "duration", "output", "error", "oomKilled", "neverStarts", "ignoresSigterm"),
    "health",
)
"""What may be said of a start."""

_OUT_OF_MEMORY: Final = 137
_DEEPEST: Final = 8
_LARGEST: Final = 2**63


def read_script_file(path: Path) -> FakeScript:
    """Return the script in a YAML or JSON file. Raises `UsageError`."""
    from emulator.definitions.files import Project
    from emulator.definitions.yaml_text import parse_yaml

    project = Project(Path.cwd())
    try:
        root = parse_yaml(project.read(path), project.name(path))
    except DefinitionError as error:
        raise UsageError(str(error)) from error
    return _script_of(root, Problems())


def read_script(document: Mapping[str, object], name: str) -> FakeScript:
    """Return the script that a mapping says, as a file would. Raises `UsageError`."""
    problems = Problems()
    return _script_of(_node_of(document, name, problems), problems)


def _node_of(value: object, place: str, problems: Problems, depth: int = 0) -> Node:
    """Return a value as it would be read from a file; its place is the way there by keys."""
    source = SourceRef(place)
    match value:
        case Mapping() if depth < _DEEPEST:
            texts = _with_texts(value, source, problems)
            nodes = {k: _node_of(v, f"{place}.{k}", problems, depth + 1) for k, v in texts.items()}
            return Node(nodes, source)
        case list() | tuple() if depth < _DEEPEST:
            items = [_node_of(v, f"{place}[{i}]", problems, depth + 1) for i, v in enumerate(value)]
            return Node(items, source)
        case None | bool() | str() | float():
            return Node(value, source)
        case int() if abs(value) < _LARGEST:
            return Node(value, source)
    message = f"a script has texts, numbers, lists and mappings, not {_kind(value)}"
    hint = "write 90s, 1h30m or forever" if isinstance(value, timedelta) else None
    problems.error(message, source, hint=hint)
    return Node(None, source)


def _with_texts(
    value: Mapping[object, object], source: SourceRef, problems: Problems
) -> dict[str, object]:
    """Return what a mapping has under texts; other keys are noted."""
    for key in value:
        if not isinstance(key, str):
            problems.error(f"keys are texts, not of type {type(key).__name__}", source)
    return {key: each for key, each in value.items() if isinstance(key, str)}


def _kind(value: object) -> str:
    if isinstance(value, Mapping | list | tuple):
        return f"what lies deeper than {_DEEPEST} others"
    return "a number as large as that" if isinstance(value, int) else f"a {type(value).__name__}"


def _script_of(root: Node, problems: Problems) -> FakeScript:
    """Return the script that a document says. Raises `UsageError` with all that is wrong."""
    fields = Fields(root, "the engine script", problems)
    entries = [_entry(node, problems) for node in fields.items("containers")]
    images = _images(fields.take("images"), problems)
    _refuse_rest(fields, "the engine script", ("containers", "images"), problems)
    if problems.has_errors:
        raise UsageError("\n".join(map(str, sorted(problems.found, key=_line_of))))
    return FakeScript(entries, images)


def _line_of(problem: Problem) -> int:
    return 0 if problem.source is None else problem.source.line or 0


def _refuse_rest(fields: Fields, what: str, known: tuple[str, ...], problems: Problems) -> None:
    for name, node in fields.rest():
        hint = one_of("keys", name, known)
        problems.error(f"unknown key {name!r} in {what}", node.source, hint=hint)


def _images(node: Node | None, problems: Problems) -> dict[str, SourceRef] | None:
    if node is None or node.value in (None, "all"):
        return None
    listed = node.value if isinstance(node.value, list) else []
    if not isinstance(node.value, list) or not all(isinstance(i.value, str) for i in listed):
        problems.error("images must be `all` or a list of names", node.source)
    return {image.text: image.source for image in listed}


def _entry(node: Node, problems: Problems) -> Entry:
    fields = Fields(node, "the container", problems)
    patterns = []
    for key in PATTERNS:
        text = fields.text(key)
        if text is not None:
            patterns.append(Pattern(key, text, fields.place(key)))
    starts = _starts(fields, problems) if fields.has("starts") else (_process(fields, problems),)
    _refuse_rest(fields, "the container", (*PATTERNS, *_START, "starts"), problems)
    return Entry(tuple(patterns), starts)


def _starts(fields: Fields, problems: Problems) -> tuple[FakeProcess, ...]:
    for key in _START:
        if fields.has(key):
            message = f"{key} stands beside `starts`, and not in them"
            problems.error(message, fields.place(key), hint="move it into each start")
    listed = fields.take("starts")
    if listed is not None and listed.empty:
        message = "starts must be a list of at least one start"
        problems.error(message, listed.source)
        return ()
    return tuple(_start(node, problems) for node in fields.items("starts"))


def _start(node: Node, problems: Problems) -> FakeProcess:
    fields = Fields(node, "the start", problems)
    process = _process(fields, problems)
    _refuse_rest(fields, "the start", _START, problems)
    return process


def _process(fields: Fields, problems: Problems) -> FakeProcess:
    _check_never_starts(fields, problems)
    oom = fields.boolean("oomKilled")
    output = (
        OutputChunk("stdout", _said(fields, "output", problems)),
        OutputChunk("stderr", _said(fields, "error", problems)),
    )
    return FakeProcess(
        output=tuple(chunk for chunk in output if chunk.data),
        exit_code=_exit_code(fields, problems, default=_OUT_OF_MEMORY if oom else 0),
        duration=_duration(fields.take("duration"), problems),
        oom_killed=oom,
        never_starts=fields.text("neverStarts"),
        ignores_sigterm=fields.boolean("ignoresSigterm"),
        health=_health(fields, problems),
    )


def _check_never_starts(fields: Fields, problems: Problems) -> None:
    if not fields.says("neverStarts"):
        return
    for key in _START:
        if key != "neverStarts" and key in fields:
            message = f"what never starts has no {key}"
            hint = "leave neverStarts or the rest out"
            problems.error(message, fields.place(key), hint=hint)


def _said(fields: Fields, key: str, problems: Problems) -> bytes:
    """Return what a container says. Any character, a NUL too, for a program may say it."""
    node = fields.take(key)
    text = node.value if node is not None and isinstance(node.value, str) else fields.text(key)
    try:
        return (text or "").encode()
    except UnicodeEncodeError as error:
        message = f"{key} holds {error.object[error.start]!a}, which is not a character"
        problems.error(message, fields.place(key))
        return b""


def _exit_code(fields: Fields, problems: Problems, *, default: int) -> int:
    code = fields.integer("exitCode")
    if code is None or 0 <= code <= 255:
        return default if code is None else code
    problems.error(f"exitCode is a number from 0 to 255, not {code}", fields.place("exitCode"))
    return default


def _duration(node: Node | None, problems: Problems) -> timedelta | None:
    """Return a duration; None for one that lasts until the container is stopped."""
    if node is None or node.value is None:
        return timedelta()
    if node.value == "forever":
        return None
    seconds = isinstance(node.value, int | float) and not isinstance(node.value, bool)
    text = f"{node.value}s" if seconds else node.value
    parsed = length_of(text) if isinstance(text, str) else None
    if parsed is None:
        shown = repr(node.value) if isinstance(node.value, str) else node.kind
        hint = "write 90s, 1h30m or forever"
        problems.error(f"{shown} is not a duration", node.source, hint=hint)
        return timedelta()
    if parsed > LONGEST:
        problems.error("a duration is of a hundred years at most", node.source, hint="`forever`")
    return parsed


def _health(fields: Fields, problems: Problems) -> tuple[HealthStatus, ...]:
    known = {status.value: status for status in HealthStatus}
    found = []
    for node in fields.items("health"):
        if isinstance(node.value, str) and node.value in known:
            found.append(known[node.value])
        else:
            message = f"health is a list of {', '.join(known)}, not of {node.text!r}"
            problems.error(message, node.source)
    return tuple(found)
