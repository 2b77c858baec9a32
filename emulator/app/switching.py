"""Rules that a person enables or disables on one state directory, whatever the files say."""

from collections.abc import Sequence

from emulator.app.emulator import Emulator
from emulator.eventbridge.rule_states import with_states_here
from emulator.model.event_rules import EventRule
from emulator.model.rules import Rule, RuleState
from emulator.state.switches import forget_switch, switch_rule


def switch(emulator: Emulator, names: Sequence[str], state: RuleState) -> list[Rule | EventRule]:
    """Enable or disable rules here, for every process on this state directory.

    One that is so without being switched is as the files say from now on. Returns the rules.
    Raises `UsageError` for a name there is none of.
    """
    scheduled, matching = emulator.rules_of_both_kinds(names)
    found: dict[str, Rule | EventRule] = {rule.name: rule for rule in matching}
    found.update({rule.name: rule for rule in scheduled})
    rules = [found[name] for name in names]
    emulator.state.prepare()
    others = {name: at for name, at in emulator.switches().items() if name not in names}
    known = with_states_here(emulator.loaded.checked(), others)
    declared = {rule.name: rule.state for rule in known.event_rules}
    declared |= {rule.name: rule.state for rule in known.rules}
    for rule in rules:
        if declared[rule.name] is state:
            forget_switch(emulator.history, rule.name)
        else:
            switch_rule(emulator.history, rule.name, state, emulator.now())
    return rules


def declared_states(emulator: Emulator) -> dict[str, RuleState]:
    """Return the state of each rule that the files themselves say."""
    known = emulator.loaded.checked()
    states = {rule.name: rule.state for rule in known.event_rules}
    return states | {rule.name: rule.state for rule in known.rules}
