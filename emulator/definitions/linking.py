"""Files become one model: what they say of each other is checked, and `local:` laid over it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from emulator.definitions.fragment import Fragment
from emulator.definitions.lacks import told, with_local_environment
from emulator.definitions.nodes import Problems, did_you_mean
from emulator.definitions.permissions import check_permissions
from emulator.definitions.task_checks import check_task_definition
from emulator.model.definitions import Definitions, Local
from emulator.model.names import split_task_definition
from emulator.model.rules import LogGroup, Rule, Target, TaskOverride
from emulator.model.task_definition import TaskDefinition

if TYPE_CHECKING:
    from emulator.definitions.local import LocalPart
    from emulator.model.event_rules import EventRule
    from emulator.model.roles import Role


def link(fragments: Sequence[Fragment], problems: Problems) -> Definitions:
    """Return the definitions of all files; errors are noted in `problems`."""
    broken = {family for fragment in fragments for family in fragment.broken}
    families = _task_definitions(fragments, problems)
    rules = [_linked(rule, families) for rule in _rules(fragments, problems)]
    event_rules = [_linked_event_rule(r, families) for r in _event_rules(fragments, problems)]
    _check_names(rules, event_rules, problems)
    # A rule of both kinds has its targets twice.
    checked = {
        (rule.name, target.id): (rule.name, target)
        for rule in event_rules
        for target in rule.task_targets
    }
    checked |= {
        (rule.name, target.id): (rule.name, target) for rule in rules for target in rule.targets
    }
    for name, target in checked.values():
        _check_target(name, target, families, broken, problems)
    _check_local_rules(fragments, [*rules, *event_rules], problems)
    _check_one_local(fragments, problems)
    parts = [fragment.local for fragment in fragments if fragment.local is not None]
    local = _with_builds(parts[0].local if parts else Local(), fragments)
    if declared := [secret for fragment in fragments for secret in fragment.declared_secrets]:
        local = replace(local, declared_secrets=tuple(declared))
    families = with_local_environment(families, fragments, local)
    problems.found += told(fragments, local)
    for definition in families.values():
        check_permissions(definition, local, problems)
    _check_volumes(families, rules, local, problems)
    if parts and not broken:
        _check_volume_places(parts[0], families.values(), problems)
    defaults = Definitions()
    return Definitions(
        rules=tuple(rules),
        event_rules=tuple(event_rules),
        task_definitions=families,
        log_groups=_log_groups(fragments, problems),
        roles=_roles(fragments),
        queues=tuple(dict.fromkeys(name for fragment in fragments for name in fragment.queues)),
        region=_first(*(part.region for part in parts), *(f.region for f in fragments))
        or defaults.region,
        account=_first(*(part.account for part in parts)) or defaults.account,
        cluster=_first(*(f.cluster for f in fragments)) or defaults.cluster,
        local=local,
    )


def _roles(fragments: Sequence[Fragment]) -> "dict[str, Role]":
    """Return the roles by name, with what policies of other files allow them."""
    found = {role.name: role for fragment in fragments for role in fragment.roles}
    for fragment in fragments:
        for name, statements in fragment.attached.items():
            role = found.get(name)
            if role is not None:
                found[name] = replace(role, statements=(*role.statements, *statements))
    return found


def _first(*values: str | None) -> str | None:
    return next((value for value in values if value), None)


def _with_builds(local: Local, fragments: Sequence[Fragment]) -> Local:
    """Return `local` with the builds of definition files, where it says nothing of an image."""
    builds = {
        image: build
        for fragment in fragments
        for image, build in fragment.builds.items()
        if local.stand_in(image) is None
    }
    return replace(local, images={**local.images, **builds})


def _check_one_local(fragments: Sequence[Fragment], problems: Problems) -> None:
    having = [fragment for fragment in fragments if fragment.local is not None]
    for other in having[1:]:
        message = f"a second local: part; the first is in {having[0].origins['', ''].source.path}"
        place = other.origins["", ""].source
        problems.error(message, place, hint="write both into one file", rule="duplicate")


def _task_definitions(
    fragments: Sequence[Fragment], problems: Problems
) -> dict[str, TaskDefinition]:
    found: dict[str, TaskDefinition] = {}
    firm = {d.family for f in fragments for d in f.task_definitions if d.family not in f.yielding}
    for fragment in fragments:
        for definition in fragment.task_definitions:
            if definition.family in fragment.yielding and definition.family in firm:
                message = f"family {definition.family} gives way to the definition beside it"
                problems.note(f"{message}: changes of it are ignored here", definition.source)
                continue
            first = found.setdefault(definition.family, definition)
            if first is not definition:
                message = f"family {definition.family} is defined before, at {first.source}"
                problems.error(message, definition.source, rule="duplicate")
                continue
            check_task_definition(definition, problems)
    return found


def _rules(fragments: Sequence[Fragment], problems: Problems) -> list[Rule]:
    found: dict[str, Rule] = {}
    for fragment in fragments:
        for rule in fragment.rules:
            first = found.setdefault(rule.name, rule)
            if first is not rule:
                message = f"rule {rule.name} is defined before, at {first.source}"
                problems.error(message, rule.source, rule="duplicate")
    return list(found.values())


def _event_rules(fragments: Sequence[Fragment], problems: Problems) -> "list[EventRule]":
    found: dict[str, EventRule] = {}
    for fragment in fragments:
        for rule in fragment.event_rules:
            first = found.setdefault(rule.name, rule)
            if first is not rule:
                message = f"rule {rule.name} is defined before, at {first.source}"
                problems.error(message, rule.source, rule="duplicate")
    return list(found.values())


def _check_names(
    rules: Sequence[Rule], event_rules: "Sequence[EventRule]", problems: Problems
) -> None:
    """Note a name that two rules have; one with a schedule and a pattern is of both kinds."""
    scheduled = {rule.name: rule for rule in rules}
    for rule in event_rules:
        other = scheduled.get(rule.name)
        if other is not None and other.source != rule.source:
            message = f"rule {rule.name} is defined before, at {other.source}"
            problems.error(message, rule.source, rule="duplicate")


def _linked_event_rule(rule: "EventRule", families: dict[str, TaskDefinition]) -> "EventRule":
    targets = (
        _linked_target(target, families) if isinstance(target, Target) else target
        for target in rule.targets
    )
    return replace(rule, targets=tuple(targets))


def _linked(rule: Rule, families: dict[str, TaskDefinition]) -> Rule:
    """Return a rule whose targets name the families that these files define.

    A revision is kept only where it is not that of the files, so that a rule says the same
    however its format refers to a task definition.
    """
    return replace(rule, targets=tuple(_linked_target(t, families) for t in rule.targets))


def _linked_target(target: Target, families: dict[str, TaskDefinition]) -> Target:
    family, revision = split_task_definition(target.task_definition)
    definition = families.get(family)
    if definition is None:
        return target
    same = revision is None or revision == definition.revision
    return replace(target, task_definition=family if same else f"{family}:{revision}")


def _log_groups(fragments: Sequence[Fragment], problems: Problems) -> tuple[LogGroup, ...]:
    found: dict[str, LogGroup] = {}
    for fragment in fragments:
        for group in fragment.log_groups:
            first = found.setdefault(group.name, group)
            if first is not group:
                message = f"log group {group.name} is defined before, at {first.source}"
                problems.error(message, group.source, rule="duplicate")
    return tuple(found.values())


def _check_target(
    rule: str,
    target: Target,
    families: dict[str, TaskDefinition],
    broken: set[str],
    problems: Problems,
) -> None:
    family, _ = split_task_definition(target.task_definition)
    definition = families.get(family)
    if definition is None:
        if family not in broken:
            from emulator.definitions.missing_families import hint_at_family

            hint = hint_at_family(family, sorted({*families, *broken}))
            message = f"rule {rule}: no task definition {target.task_definition!r}"
            problems.error(message, target.source, hint=hint, rule="target-family-missing")
        return
    if target.overrides != TaskOverride():
        from emulator.definitions.override_checks import check_overrides

        check_overrides(rule, target, definition, problems)


def _check_volumes(
    families: Mapping[str, TaskDefinition],
    rules: Sequence[Rule],
    local: Local,
    problems: Problems,
) -> None:
    if any(definition.volumes for definition in families.values()):
        from emulator.definitions.volume_checks import check_host_paths, check_launch_volumes

        for definition in families.values():
            check_host_paths(definition, local, problems)
        check_launch_volumes(rules, families, local, problems)


def _check_volume_places(
    part: "LocalPart", definitions: Iterable[TaskDefinition], problems: Problems
) -> None:
    if part.volume_places:
        from emulator.definitions.volume_checks import check_volume_places

        check_volume_places(part.volume_places, definitions, problems)


def _check_local_rules(
    fragments: Sequence[Fragment], rules: "Sequence[Rule | EventRule]", problems: Problems
) -> None:
    names = {rule.name: rule for rule in rules}
    for fragment in fragments:
        for name, node in fragment.local_rules.items():
            if name not in names:
                message = f"local.rules: there is no rule {name!r}"
                hint = did_you_mean(name, tuple(names))
                problems.error(message, node.source, hint=hint, rule="local-rule-missing")
