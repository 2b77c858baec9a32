"""What is promised is on record until it is settled, in the order in which it was promised."""

from datetime import timedelta
from pathlib import Path

import pytest

from emulator.eventbridge.occasion import Occasion, due
from emulator.events import Promised, PromiseKind, PromiseSettled
from emulator.model.definitions import Definitions
from emulator.state import promise_ledger
from emulator.state.history import History
from emulator.state.promise_ledger import Changes, PromiseLedger
from emulator.state.promises import forget_oldest, forget_promises, promises
from emulator.state.snapshot import load_value
from tests.builders import NOON, rule


def promised(key: str, name: str = "nightly") -> Promised:
    occasion = due(rule(name), NOON, Definitions())
    return Promised(key=key, kind=PromiseKind.TURN, value=occasion, at=NOON)


def test_a_promise_comes_back_as_it_was_made_with_its_owner(history: History) -> None:
    made = promised("k", "夜間")
    history.record([], promised=[made])
    (found,) = promises(history, PromiseKind.TURN)
    assert (found.key, found.owner, found.at) == ("k", "me/1@1", NOON)
    assert load_value(Occasion, found.document) == made.value
    assert promises(history, PromiseKind.NOTIFICATION) == []


def test_a_promise_that_changes_keeps_its_place_and_has_its_last_owner(
    path: Path, history: History
) -> None:
    history.record([], promised=[promised("a"), promised("b")])
    heir = History(path, owner="heir/2@2")
    heir.record([], promised=[promised("a", "changed")])
    heir.close()
    found = promises(history, PromiseKind.TURN)
    assert [(each.key, each.owner) for each in found] == [("a", "heir/2@2"), ("b", "me/1@1")]
    assert load_value(Occasion, found[0].document).rule == "changed"


def test_what_is_settled_or_forgotten_is_gone(history: History) -> None:
    history.record([], promised=[promised(key) for key in "abcde"])
    history.record([], settled=["a"])
    forget_promises(history, ["b"])
    assert forget_oldest(history, PromiseKind.TURN, most=2) == 1
    assert [each.key for each in promises(history, PromiseKind.TURN)] == ["d", "e"]


def test_of_what_is_written_at_once_the_last_word_on_each_promise_counts() -> None:
    ledger = PromiseLedger()
    settled, again, other = PromiseSettled(key="a"), promised("a", "again"), promised("b")
    entries = [ledger.entry(event) for event in (promised("a"), settled, again, other)]
    assert ledger.changes(entries) == Changes([again, other], [])
    assert ledger.changes([ledger.entry(settled)]) == Changes([], ["a"])


def test_what_is_written_late_does_not_undo_what_came_after_it() -> None:
    ledger = PromiseLedger()
    late = ledger.entry(promised("a"))
    assert ledger.changes([ledger.entry(PromiseSettled(key="a"))]).settled == ["a"]
    assert ledger.changes([late]) == Changes([], [])


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(promise_ledger, "MOST_KNOWN", 2)
    ledger = PromiseLedger()
    late = [ledger.entry(promised(key)) for key in "abc"]
    ledger.changes([ledger.entry(PromiseSettled(key=key)) for key in "abc"])
    assert [event.key for event in ledger.changes(late).made] == ["a"]


def test_instants_of_a_promise_come_back_aware(history: History) -> None:
    history.record([], promised=[promised("a")])
    (found,) = promises(history, PromiseKind.TURN)
    assert load_value(Occasion, found.document).at.utcoffset() == timedelta(0)
