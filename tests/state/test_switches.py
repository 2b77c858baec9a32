"""Rules that a person switched, for this and every later process."""

from pathlib import Path

from emulator.model.rules import RuleState
from emulator.state.history import History
from emulator.state.switches import forget_switch, rule_switches, switch_rule
from tests.builders import NOON


def test_a_switch_holds_until_it_is_set_anew_or_forgotten(tmp_path: Path) -> None:
    first = History(tmp_path / "h.sqlite3")
    assert rule_switches(first) == {}
    switch_rule(first, "nightly", RuleState.DISABLED, NOON)
    switch_rule(first, "夜間", RuleState.ENABLED, NOON)
    first.close()
    later = History(tmp_path / "h.sqlite3")
    assert rule_switches(later) == {"nightly": RuleState.DISABLED, "夜間": RuleState.ENABLED}
    switch_rule(later, "nightly", RuleState.ENABLED, NOON)
    forget_switch(later, "夜間")
    forget_switch(later, "unknown")
    assert rule_switches(later) == {"nightly": RuleState.ENABLED}
    later.close()
