"""What changes between two states of the rules."""

from emulator.eventbridge.rule_changes import changes
from emulator.model.rules import RuleState, Target
from tests.builders import rule


def test_rules_come_go_and_change() -> None:
    old = [rule("a"), rule("b"), rule("c")]
    new = [rule("b", description="another"), rule("c"), rule("d")]
    found = changes(old, new)
    assert (found.added, found.removed, found.changed) == (("d",), ("a",), ("b",))
    assert found.same_schedule == {"b", "c"}


def test_a_schedule_goes_on_unless_it_or_its_state_changes() -> None:
    targets = (Target(id="1", task_definition="other"),)
    new = [
        rule("a", targets=targets),
        rule("b", schedule_expression="rate(2 minutes)"),
        rule("c", state=RuleState.DISABLED),
        rule("d", timezone="Asia/Tokyo"),
    ]
    found = changes([rule(name) for name in "abcd"], new)
    assert found.changed == ("a", "b", "c", "d")
    assert found.same_schedule == {"a"}
