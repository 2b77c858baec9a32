"""What the files say together: each name has one definition, and any other of it is an error."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol, TypeVar

from emulator.definitions.fragment import Fragment
from emulator.definitions.nodes import Problems
from emulator.definitions.task_checks import check_task_definition
from emulator.errors import SourceRef
from emulator.model.definitions import Local
from emulator.model.rules import LogGroup, Rule
from emulator.model.task_definition import TaskDefinition

if TYPE_CHECKING:
    from emulator.definitions.local import LocalPart
    from emulator.model.event_rules import EventRule
    from emulator.model.roles import Role


class _Placed(Protocol):
    @property
    def source(self) -> SourceRef | None: ...


P = TypeVar("P", bound=_Placed)


def task_definitions(
    fragments: Sequence[Fragment], problems: Problems
) -> dict[str, TaskDefinition]:
    """Return the task definitions by family, checked as RegisterTaskDefinition does.

    One that yields (see `Fragment`) is left out where another file defines its family, with a note.
    """
    firm = {d.family for f in fragments for d in f.task_definitions if d.family not in f.yielding}
    found: dict[str, TaskDefinition] = {}
    for fragment in fragments:
        for definition in fragment.task_definitions:
            if definition.family in fragment.yielding and definition.family in firm:
                message = f"family {definition.family} gives way to the definition beside it"
                problems.note(f"{message}: changes of it are ignored here", definition.source)
            elif (first := found.setdefault(definition.family, definition)) is definition:
                whole = definition.family not in fragment.broken
                check_task_definition(definition, problems, whole=whole)
            else:
                _tell_again("family", definition.family, definition, first, problems)
    return found


def rules(fragments: Sequence[Fragment], problems: Problems) -> list[Rule]:
    """Return the rules that have a schedule.

    A schedule whose name a rule or a schedule of another group has as well is called by its group
    and name.
    """
    clashing = _clashing(fragments)
    scheduled = (rule for fragment in fragments for rule in fragment.rules)
    known = [
        replace(rule, name=rule.qualified_name) if rule.name in clashing else rule
        for rule in scheduled
    ]
    return _once("rule", ((rule.name, rule) for rule in known), problems, _hint_at_places)


def _clashing(fragments: Sequence[Fragment]) -> set[str]:
    """Return the names that are not those of one rule, or of schedules of one group, alone."""
    places: defaultdict[str, set[str]] = defaultdict(set)
    for fragment in fragments:
        for rule in fragment.rules:
            places[rule.name].add(rule.qualified_name)
        for event_rule in fragment.event_rules:
            places[event_rule.name].add(event_rule.name)
    return {name for name, ways in places.items() if len(ways) > 1}


def event_rules(
    fragments: Sequence[Fragment], scheduled: Iterable[Rule], problems: Problems
) -> "list[EventRule]":
    """Return the rules that have an event pattern; one that has a schedule too is both."""
    named = ((rule.name, rule) for fragment in fragments for rule in fragment.event_rules)
    found = _once("rule", named, problems, _hint_at_places)
    others = {rule.name: rule for rule in scheduled}
    for rule in found:
        other = others.get(rule.name)
        if other is not None and not _are_one(other, rule):
            hint = _hint_at_places(rule, other)
            _tell_again("rule", rule.name, rule, other, problems, hint)
    return found


def _are_one(scheduled: Rule, rule: "EventRule") -> bool:
    """Return whether a rule with a schedule and one with a pattern were written as one."""
    # Two may stand in one line, as all do in a minified file.
    return scheduled.event_pattern == rule.event_pattern and scheduled.source == rule.source


def log_groups(fragments: Sequence[Fragment], problems: Problems) -> tuple[LogGroup, ...]:
    """Return the log groups."""
    groups = ((group.name, group) for f in fragments for group in f.log_groups)
    return tuple(_once("log group", groups, problems))


def roles(fragments: Sequence[Fragment]) -> "dict[str, Role]":
    """Return the roles by name, with what policies of other files allow them."""
    found = {role.name: role for fragment in fragments for role in fragment.roles}
    for fragment in fragments:
        for name, statements in fragment.attached.items():
            role = found.get(name)
            if role is not None:
                found[name] = replace(role, statements=(*role.statements, *statements))
    return found


def local_part(fragments: Sequence[Fragment], problems: Problems) -> "LocalPart | None":
    """Return the one `local:` part that files may have."""
    having = [fragment for fragment in fragments if fragment.local is not None]
    for other in having[1:]:
        message = f"a second local: part; the first is in {having[0].origins['', ''].source.path}"
        place = other.origins["", ""].source
        problems.error(message, place, hint="write both into one file", rule="duplicate")
    return having[0].local if having else None


def local(part: "LocalPart | None", fragments: Sequence[Fragment]) -> Local:
    """Return `local:` with the builds and declared secrets of the definition files.

    Their builds are for images that `local:` says nothing of.
    """
    own = Local() if part is None else part.local
    builds = {
        image: build
        for fragment in fragments
        for image, build in fragment.builds.items()
        if own.stand_in(image) is None
    }
    declared = [secret for fragment in fragments for secret in fragment.declared_secrets]
    return replace(
        own,
        images={**own.images, **builds},
        declared_secrets=tuple(declared) or own.declared_secrets,
    )


def _no_hint(_each: object, _first: object) -> None:
    return None


def _once(
    kind: str,
    named: Iterable[tuple[str, P]],
    problems: Problems,
    hint: Callable[[P, P], str | None] = _no_hint,
) -> list[P]:
    """Return the first of each name, and tell of the others."""
    found: dict[str, P] = {}
    for name, each in named:
        first = found.setdefault(name, each)
        if first is not each:
            _tell_again(kind, name, each, first, problems, hint(each, first))
    return list(found.values())


def _tell_again(
    kind: str,
    name: str,
    each: _Placed,
    first: _Placed,
    problems: Problems,
    hint: str | None = None,
) -> None:
    message = f"{kind} {name} is defined before, at {first.source}"
    problems.error(message, each.source, hint=hint, rule="duplicate")


def _hint_at_places(each: "Rule | EventRule", first: "Rule | EventRule") -> str | None:
    """Return what to do about a name that AWS takes for both."""
    places = _place_of(first), _place_of(each)
    if places[0] == places[1]:
        return None
    return f"AWS tells {' and '.join(places)} apart; here each has a name of its own"


def _place_of(rule: "Rule | EventRule") -> str:
    """Return within what a name is that of one rule: a bus, or a group of schedules."""
    if not isinstance(rule, Rule):
        return f"rules of the bus {rule.event_bus}"
    return "rules of the bus default"
