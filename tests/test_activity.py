"""Who is at work: threads, one at a time where that is wanted."""

import threading
import time

import pytest

from emulator.activity import Activity
from emulator.waiting import Mailbox, Signal
from emulator.workers import NoThreadError, workers

PATIENCE = 60.0


def _joined(activity: Activity) -> None:
    activity.wait_until(lambda: False)


def test_a_thread_is_at_work_from_before_it_begins_until_it_ends() -> None:
    activity, goes_on = Activity(), threading.Event()
    activity.thread(lambda: goes_on.wait(PATIENCE), "worker")
    assert not activity.quiet
    goes_on.set()
    _joined(activity)
    assert activity.quiet


def test_a_thread_that_fails_is_at_work_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threading, "excepthook", lambda _: None)
    activity = Activity()

    def fail() -> None:
        message = "broken"
        raise ValueError(message)

    activity.thread(fail, "worker")
    _joined(activity)
    assert activity.quiet


def test_a_change_is_told_that_comes_while_whoever_waits_for_it_still_looks() -> None:
    activity, longest = Activity(), 60.0

    def unless() -> bool:
        changes = threading.Thread(target=activity.tell_change)
        changes.start()
        # It either has let the change slip by, or waits until it can tell of it.
        changes.join(0.05)
        return False

    began = time.monotonic()
    activity.wait_for_change(unless, longest)
    assert time.monotonic() - began < longest


def test_in_order_threads_work_one_at_a_time_as_they_began_and_as_they_were_woken() -> None:
    activity = Activity(in_order=True)
    signal, seen = Signal(activity), list[str]()

    def work(name: str) -> None:
        seen.append(f"{name} begins")
        # Whoever else could work now would be seen in between.
        time.sleep(0.001)
        seen.append(f"{name} waits")
        assert signal.wait()
        seen.append(f"{name} goes on")

    for name in ("a", "b", "c"):
        activity.thread(lambda n=name: work(n), name)  # type: ignore[misc]
    _joined(activity)
    signal.set()
    _joined(activity)
    assert seen == [
        *("a begins", "a waits", "b begins", "b waits", "c begins", "c waits"),
        *("a goes on", "b goes on", "c goes on"),
    ]


def test_in_order_no_thread_works_before_somebody_drives_them_or_while_he_works() -> None:
    activity, seen = Activity(in_order=True), list[str]()
    mailbox: Mailbox[str] = Mailbox(activity)
    activity.thread(lambda: seen.append(mailbox.get()), "reader")
    mailbox.put("first")
    time.sleep(0.01)
    assert seen == []
    assert not activity.quiet
    _joined(activity)
    assert seen == ["first"]
    assert activity.quiet


@pytest.mark.parametrize("in_order", [False, True])
def test_a_thread_that_cannot_begin_is_at_work_no_more_and_nobody_waits_for_it(
    in_order: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    activity, seen = Activity(in_order=in_order), list[str]()

    def refuse(_work: object, _name: str) -> None:
        message = "can't start new thread"
        raise NoThreadError(message)

    with monkeypatch.context() as system:
        system.setattr(workers, "run", refuse)
        with pytest.raises(NoThreadError):
            activity.thread(lambda: seen.append("never"), "first")
    assert activity.quiet
    activity.thread(lambda: seen.append("works"), "second")
    _joined(activity)
    assert seen == ["works"]
