"""Whether a rule fires here: what the files say, `local` says, and a person said last (pure)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from emulator.model.definitions import Definitions
from emulator.model.rules import Rule, RuleState

if TYPE_CHECKING:
    from emulator.model.event_rules import EventRule

AnyRule = TypeVar("AnyRule", Rule, "EventRule")


def with_states_here(
    definitions: Definitions, switches: Mapping[str, RuleState] | None = None
) -> Definitions:
    """Return definitions whose rules have the state that holds on this machine.

    `switches` are the rules that a person enabled or disabled here; they stand before
    `local.rules.NAME.enabled`, and that before the rule's own state.
    """
    switched = _by_present_names(definitions, switches or {})

    def here(rule: AnyRule) -> AnyRule:
        said = definitions.local.rules.get(rule.name)
        own = None if said is None else said.enabled
        state = rule.state
        if own is not None:
            state = RuleState.ENABLED if own else RuleState.DISABLED
        state = switched.get(rule.name, state)
        # A scheduler asks each second, and most of thousands of rules are as they were.
        return rule if state is rule.state else replace(rule, state=state)

    return replace(
        definitions,
        rules=tuple(map(here, definitions.rules)),
        event_rules=tuple(map(here, definitions.event_rules)),
    )


def _by_present_names(
    definitions: Definitions, switches: Mapping[str, RuleState]
) -> Mapping[str, RuleState]:
    """Return switches also of schedules that were called by their bare name when it was disabled.

    Another one of the name in another group is enough to change what a schedule is called here,
    and must not let what a person stopped fire.
    """
    stopped = {name for name, state in switches.items() if state is RuleState.DISABLED}
    stopped.difference_update(definitions.rule_names if stopped else ())
    if not stopped:
        return switches
    renamed = (rule.name for rule in definitions.rules if rule.bare_name in stopped)
    return {**dict.fromkeys(renamed, RuleState.DISABLED), **switches}
