"""What the AWS CLI says of rules and schedules, or takes, kept as JSON or YAML files.

`aws events describe-rule` or `list-rules` goes with `list-targets-by-rule`, whose output does not
name its rule: the file's name does; so does that of a list which `put-targets --targets` takes.
`aws scheduler get-schedule` says everything. What these commands take as input has the same shapes.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

from emulator.definitions.aws_api import read_events_rule, read_scheduler_schedule
from emulator.definitions.event_patterns import plain_value
from emulator.definitions.files import YAML_SUFFIXES
from emulator.definitions.fragment import Fragment
from emulator.definitions.nodes import Node, Problems, ValueBudget
from emulator.definitions.reading import Reading
from emulator.definitions.tree_text import parse_tree
from emulator.errors import DefinitionError, SourceRef

MOST_SIBLINGS: Final = 1000
_SUFFIXES: Final = (".json", *YAML_SUFFIXES)
_WORDS: Final = re.compile(r"(?:list[-_.]?)?targets(?:[-_.]?by[-_.]?rule)?|describe[-_.]?rule|rule")
_ENDS: Final = "-_. "
_PLAIN: Final = re.compile(r"[A-Za-z0-9_][.\-_A-Za-z0-9]{0,63}", re.ASCII)
"""Names that a command line may hold as they are."""

_FIRES: Final = frozenset({"EventPattern", "ScheduleExpression"})
_SAID: Final = (
    *("EcsParameters", "EventPattern", "Rules", "ScheduleExpression", "Schedules", "Targets"),
)
_IN_YAML: Final = re.compile(rf"^(?:- )?(?:{'|'.join(_SAID)}):", re.MULTILINE)


class _Said(NamedTuple):
    """A file and which command's output it holds.

    `key` is what its name says of its rule, `rules` are the names of those that it holds.
    """

    file: Path
    kind: str | None
    key: str
    rules: frozenset[str]


class _Beside:
    """What files of a directory hold, looked at once in a reading: rules may have one each."""

    def __init__(self) -> None:
        self._known: dict[Path, tuple[_Said, ...]] = {}

    def of(self, path: Path) -> list[_Said]:
        """Return the other files of the directory that a file lies in."""
        directory = path.parent
        if directory not in self._known:
            self._known[directory] = tuple(_files_of(directory))
        return [said for said in self._known[directory] if said.file.name != path.name]


def is_aws_output(path: Path, text: str) -> bool:
    """Return whether a file is what the AWS CLI says of rules, targets or schedules."""
    return path.suffix in _SUFFIXES and _kind(_document(path, text)) is not None


def read_aws_output(path: Path, text: str, reading: Reading) -> Fragment:
    """Return the rules of a file, with the targets that files beside it have for them."""
    kind = _kind(_document(path, text))
    if kind == "targets":
        return _read_by_targets(path, reading)
    node = parse_tree(path, text, reading)
    fragment = Fragment(files=[path])
    entries = node.value if isinstance(node.value, dict) else {}
    if kind == "schedule":
        rule = read_scheduler_schedule(node, reading.problems)
        fragment.add_rules([] if rule is None else [rule], node, entries.get("Name"))
    elif kind == "schedules":
        message = "list-schedules does not say when a schedule fires: left out"
        hint = "save what `aws scheduler get-schedule --name NAME` says"
        reading.problems.warning(message, node.source, hint=hint)
    else:
        listed = entries["Rules"].value if kind == "rules" else [node]
        rules = listed if isinstance(listed, list) else []
        for rule_node in rules:
            _read_rule(path, rule_node, len(rules), fragment, reading)
    return fragment


def _read_rule(path: Path, node: Node, count: int, fragment: Fragment, reading: Reading) -> None:
    """Read one rule; a file of one rule may name its targets by its own name too."""
    entries = node.value if isinstance(node.value, dict) else {}
    own = entries.get("Targets")
    targets = own.value if own is not None else None
    if not isinstance(targets, list) and not _FIRES.isdisjoint(entries):
        name = entries["Name"].value if "Name" in entries else ""
        name = name if isinstance(name, str) else "?"
        keys = {name} if count > 1 else {name, _key(path)}
        file = _targets_file(path, keys, reading, alone=count == 1)
        if file is None and "ManagedBy" in entries:
            message = f"rule {name} is managed by {entries['ManagedBy'].text}: left out"
            reading.problems.note(message, node.source)
            fragment.withhold(entries.get("Name"))
            return
        if file is None:
            message = f"rule {name}: no file beside it has its targets: left out"
            plain = name if _PLAIN.fullmatch(name) else "NAME"
            command = f"aws events list-targets-by-rule --rule {plain}"
            hint = f"save what `{command}` says as {plain}-targets.json"
            reading.problems.warning(message, node.source, hint=hint)
            fragment.withhold(entries.get("Name"))
            return
        fragment.files.append(file)
        read = parse_tree(file, reading.project.read(file), reading)
        listed = read.value.get("Targets") if isinstance(read.value, dict) else read
        targets = listed.value if listed is not None else []
    nodes = targets if isinstance(targets, list) else []
    fragment.add_rules(read_events_rule(node, nodes, reading.problems), node, entries.get("Name"))


def _read_by_targets(path: Path, reading: Reading) -> Fragment:
    """Read the rule that a file of targets belongs to."""
    beside, key = _beside(path, reading), _key(path)
    alone = all(said.kind != "targets" for said in beside)
    for file, kind, of, names in beside:
        # Only these may find the file: to read every rule for each file of targets takes long.
        if kind not in ("rule", "rules") or not (alone or key == of or key in names):
            continue
        aside = reading._replace(problems=Problems(reading.problems.lenient))
        fragment = read_aws_output(file, reading.project.read(file), aside)
        if path in fragment.files:
            reading.problems.found.extend(aside.problems.found)
            return fragment
    message = "targets without a rule: no file beside it has the rule they belong to"
    hint = "save what `aws events describe-rule --name NAME` says as NAME.json"
    reading.problems.warning(message, SourceRef(reading.project.name(path)), hint=hint)
    return Fragment(files=[path])


def _targets_file(path: Path, keys: set[str], reading: Reading, *, alone: bool) -> Path | None:
    """Return the file that has a rule's targets: by its name, or because there is no other."""
    beside = _beside(path, reading)
    found = [said for said in beside if said.kind == "targets"]
    for said in found:
        if said.key in keys:
            return said.file
    rules = any(said.kind in ("rule", "rules") for said in beside)
    return found[0].file if alone and len(found) == 1 and not rules else None


def _beside(path: Path, reading: Reading) -> list[_Said]:
    known = _Beside() if reading.together is None else reading.together.the(_Beside)
    return known.of(path)


def _files_of(directory: Path) -> Iterator[_Said]:
    """Yield the JSON and YAML files of a directory; not through links.

    Of values in YAML they have as many together as one file may have: parsing those takes seconds.
    """
    budget = ValueBudget()
    try:
        files = sorted(f for f in directory.iterdir() if f.suffix in _SUFFIXES)[:MOST_SIBLINGS]
    except OSError:
        return
    for file in files:
        if file.is_symlink() or not file.is_file():
            continue
        try:
            text = file.read_text("utf-8-sig") if file.stat().st_size < 1_000_000 else ""
        except (OSError, ValueError):
            continue
        document = _document(file, text, budget)
        kind = _kind(document)
        yield _Said(file, kind, _key(file), frozenset(_names(document, kind)))


def _key(path: Path) -> str:
    """Return what a file's name says of its rule: `nightly` of `nightly-targets.json`."""
    return _WORDS.sub("", path.stem).strip(_ENDS)


def _document(path: Path, text: str, budget: ValueBudget | None = None) -> Any:
    """Return what a file says, None where that is nothing of ours; that is asked of every file."""
    try:
        if path.suffix == ".json":
            return json.loads(text) if any(f'"{word}"' in text for word in _SAID) else None
        if _IN_YAML.search(text) is None:
            return None
        from emulator.definitions.yaml_text import parse_yaml

        return plain_value(parse_yaml(text, path.name, budget=budget))
    except (ValueError, RecursionError, DefinitionError):
        return None


def _kind(document: Any) -> str | None:
    """Return which command's output a value is."""
    if isinstance(document, list):
        ecs = any(_is_aws(item) and "EcsParameters" in item for item in document)
        return "targets" if ecs else None
    if not isinstance(document, dict) or "Resources" in document:
        return None
    if isinstance(document.get("Name"), str) and not _FIRES.isdisjoint(document):
        return "schedule" if isinstance(document.get("Target"), dict) else "rule"
    for kind, name in (("rules", "Rules"), ("schedules", "Schedules"), ("targets", "Targets")):
        items = document.get(name)
        if isinstance(items, list) and any(_is_aws(item) for item in items):
            return kind
    return None


def _names(document: Any, kind: str | None) -> Iterator[str]:
    """Yield the names of the rules that the output of a command has."""
    rules = document["Rules"] if kind == "rules" else [document] if kind == "rule" else []
    names = (rule.get("Name") for rule in rules if isinstance(rule, dict))
    yield from (name for name in names if isinstance(name, str))


def _is_aws(item: Any) -> bool:
    return isinstance(item, dict) and str(item.get("Arn", "")).startswith("arn:")
