"""What is made up for: when it waits, for whom, and in which order it comes."""

from datetime import datetime, timedelta

from emulator.eventbridge.backlog import Backlog
from emulator.eventbridge.missed import Verdict
from tests.builders import NOON


def _at(*minutes: int) -> tuple[datetime, ...]:
    return tuple(NOON + timedelta(minutes=minute) for minute in minutes)


def test_what_is_due_now_goes_ahead_though_others_were_missed() -> None:
    backlog = Backlog()
    assert backlog.ahead("skips", Verdict(fire=_at(9, 10), missed=_at(1, 2))) == _at(9, 10)
    assert backlog.ahead("idle", Verdict(missed=_at(1))) == ()
    assert not backlog


def test_what_is_made_up_for_waits_and_what_follows_of_its_rule_behind_it() -> None:
    backlog = Backlog()
    assert backlog.ahead("all", Verdict(fire=_at(1, 2, 10), missed=_at(1, 2))) == ()
    assert backlog.ahead("all", Verdict(fire=_at(11))) == ()
    assert backlog.ahead("other", Verdict(fire=_at(11))) == _at(11)
    assert backlog.take(100) == ("all", list(_at(1, 2, 10, 11)))
    assert not backlog
    assert backlog.ahead("all", Verdict(fire=_at(12))) == _at(12)


def test_rules_come_in_turn() -> None:
    backlog = Backlog()
    backlog.ahead("a", Verdict(fire=_at(1, 2, 3), missed=_at(1, 2, 3)))
    backlog.ahead("b", Verdict(fire=_at(1), missed=_at(1)))
    assert [backlog.take(2) for _ in range(3)] == [
        ("a", list(_at(1, 2))),
        ("b", list(_at(1))),
        ("a", list(_at(3))),
    ]


def test_nothing_waits_any_more_once_it_is_cleared() -> None:
    backlog = Backlog()
    backlog.ahead("a", Verdict(fire=_at(1), missed=_at(1)))
    assert backlog
    backlog.clear()
    assert not backlog
