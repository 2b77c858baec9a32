"""How many tasks there are of a rule, and which was the last one for an event."""

from emulator.ecs.presence import Presence


def test_the_last_one_to_leave_is_told_for_what_it_was() -> None:
    presence, match = Presence(), ("after", "event-1")
    presence.enter("after", match)
    presence.enter(None, match)
    presence.enter("after", ("after", "event-2"))
    assert presence.of_rule("after") == 2
    assert presence.leave("after", match) is None
    assert presence.leave(None, match) == match
    assert presence.of_rule("after") == 1
    assert presence.leave("after", ("after", "event-2")) == ("after", "event-2")


def test_who_is_of_no_match_is_counted_by_its_rule_alone() -> None:
    presence = Presence()
    presence.enter("nightly", None)
    assert presence.of_rule("nightly") == 1
    assert presence.leave("nightly", None) is None
    assert presence.of_rule("nightly") == 0
