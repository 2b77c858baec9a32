"""Whether a rule fires here: what the files say, `local` says, and a person said last (pure)."""

from collections.abc import Mapping
from dataclasses import replace

from emulator.model.definitions import Definitions
from emulator.model.rules import RuleState


def with_states_here(
    definitions: Definitions, switches: Mapping[str, RuleState] | None = None
) -> Definitions:
    """Return definitions whose rules have the state that holds on this machine.

    `switches` are the rules that a person enabled or disabled here; they stand before
    `local.rules.NAME.enabled`, and that before the rule's own state.
    """
    switches = switches or {}

    def here(name: str, state: RuleState) -> RuleState:
        said = definitions.local.rules.get(name)
        own = None if said is None else said.enabled
        if own is not None:
            state = RuleState.ENABLED if own else RuleState.DISABLED
        return switches.get(name, state)

    return replace(
        definitions,
        rules=tuple(replace(r, state=here(r.name, r.state)) for r in definitions.rules),
        event_rules=tuple(replace(r, state=here(r.name, r.state)) for r in definitions.event_rules),
    )
