"""Files become one model: what they say of each other is checked, and `local:` laid over it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from emulator.definitions import merging
from emulator.definitions.fragment import Fragment
from emulator.definitions.lacks import told, with_local_environment
from emulator.definitions.nodes import Node, Problems, did_you_mean
from emulator.definitions.permissions import check_permissions
from emulator.definitions.rule_checks import check_rule
from emulator.model.definitions import Definitions, Local
from emulator.model.names import named_by_group, split_task_definition
from emulator.model.rules import Rule, Target, TaskOverride
from emulator.model.task_definition import TaskDefinition

if TYPE_CHECKING:
    from emulator.definitions.local import LocalPart
    from emulator.definitions.overlay import Overlay
    from emulator.model.event_rules import EventRule


def link(
    fragments: Sequence[Fragment],
    problems: Problems,
    region: str,
    overlay: "Overlay | None" = None,
) -> Definitions:
    """Return the definitions of all files; errors are noted in `problems`.

    `region` is the one that holds where none of them says one; an overlay lies over the `local:`
    part of the files.
    """
    broken = {family for fragment in fragments for family in fragment.broken}
    families = merging.task_definitions(fragments, problems)
    scheduled = merging.rules(fragments, problems)
    matching = merging.event_rules(fragments, scheduled, problems)
    _check_rules([*scheduled, *matching], problems)
    rules = [_linked(rule, families) for rule in scheduled]
    event_rules = [_linked_event_rule(rule, families) for rule in matching]
    _check_targets(rules, event_rules, families, broken, problems)
    places = [node for fragment in fragments for node in fragment.local_rules.items()]
    places += [] if overlay is None else overlay.rules.items()
    _check_local_rules(places, fragments, [*rules, *event_rules], problems)
    part = merging.local_part(fragments, problems)
    part = part if overlay is None else overlay.over(part)
    local = merging.local(part, fragments)
    families = with_local_environment(families, fragments, local)
    problems.found += told(fragments, local)
    for definition in families.values():
        check_permissions(definition, local, problems)
    _check_volumes(families, rules, local, problems)
    if part is not None and not broken:
        _check_volume_places(part, families.values(), problems)
    defaults = Definitions()
    return Definitions(
        rules=tuple(rules),
        event_rules=tuple(event_rules),
        task_definitions=families,
        log_groups=merging.log_groups(fragments, problems),
        roles=merging.roles(fragments),
        queues=tuple(dict.fromkeys(name for fragment in fragments for name in fragment.queues)),
        region=_first(part and part.region, *(f.region for f in fragments)) or region,
        account=_first(part and part.account, *(f.account for f in fragments)) or defaults.account,
        cluster=_first(*(f.cluster for f in fragments)) or defaults.cluster,
        local=local,
    )


def _first(*values: str | None) -> str | None:
    return next((value for value in values if value), None)


def _check_rules(rules: "Sequence[Rule | EventRule]", problems: Problems) -> None:
    for rule in rules:
        check_rule(rule, problems)


def _check_targets(
    rules: Iterable[Rule],
    event_rules: "Iterable[EventRule]",
    families: Mapping[str, TaskDefinition],
    broken: set[str],
    problems: Problems,
) -> None:
    """Check each target once: a rule of both kinds has the same twice."""
    of_patterns = ((rule.name, target) for rule in event_rules for target in rule.task_targets)
    of_schedules = ((rule.name, target) for rule in rules for target in rule.targets)
    found = {(name, target.id): target for name, target in (*of_patterns, *of_schedules)}
    for (name, _), target in found.items():
        _check_target(name, target, families, broken, problems)


def _linked_event_rule(rule: "EventRule", families: Mapping[str, TaskDefinition]) -> "EventRule":
    targets = (
        _linked_target(target, families) if isinstance(target, Target) else target
        for target in rule.targets
    )
    return replace(rule, targets=tuple(targets))


def _linked(rule: Rule, families: Mapping[str, TaskDefinition]) -> Rule:
    """Return a rule whose targets name the families that these files define.

    A revision is kept only where it is not that of the files, so that a rule says the same
    however its format refers to a task definition.
    """
    return replace(rule, targets=tuple(_linked_target(t, families) for t in rule.targets))


def _linked_target(target: Target, families: Mapping[str, TaskDefinition]) -> Target:
    family, revision = split_task_definition(target.task_definition)
    definition = families.get(family)
    if definition is None:
        return target
    same = revision is None or revision == definition.revision
    return replace(target, task_definition=family if same else f"{family}:{revision}")


def _check_target(
    rule: str,
    target: Target,
    families: Mapping[str, TaskDefinition],
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
    if family not in broken and target.overrides != TaskOverride():
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
    places: Iterable[tuple[str, Node]],
    fragments: Sequence[Fragment],
    rules: "Sequence[Rule | EventRule]",
    problems: Problems,
) -> None:
    """Tell of what is said under `local.rules` of rules there are none of, where it stands."""
    names = [rule.name for rule in rules]
    withheld = {name for fragment in fragments for name in fragment.withheld}
    for name, node in places:
        if name not in names and name not in withheld:
            message, hint = _no_such_rule(name, names)
            problems.error(message, node.source, hint=hint, rule="local-rule-missing")


def _no_such_rule(name: str, names: Sequence[str]) -> tuple[str, str | None]:
    """Return what is wrong with the name of a rule that none has, and what to do."""
    if ways := named_by_group(name, names):
        message = f"local.rules: rule {name!r} is in several groups of schedules"
        return message, f"name each that is meant: {', '.join(ways)}"
    return f"local.rules: there is no rule {name!r}", did_you_mean(name, tuple(names))
