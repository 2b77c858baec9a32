"""What threads wait for at rest, and who is at work once it comes."""

import threading

from emulator.activity import Activity
from emulator.waiting import Mailbox, Signal

PATIENCE = 60.0


def _joined(activity: Activity) -> None:
    activity.wait_until(lambda: False)


def test_whoever_waits_for_a_signal_rests_and_is_at_work_before_set_returns() -> None:
    activity, goes_on = Activity(), threading.Event()
    signal = Signal(activity)

    def work() -> None:
        assert signal.wait()
        goes_on.wait(PATIENCE)

    activity.thread(work, "one")
    activity.thread(work, "other")
    _joined(activity)
    signal.set()
    assert not activity.quiet
    goes_on.set()
    _joined(activity)
    assert signal.is_set()


def test_a_wait_that_times_out_leaves_the_count_as_it_was() -> None:
    activity = Activity()
    signal = Signal(activity)
    activity.begin()
    assert not signal.wait(0.001)
    assert not activity.quiet
    signal.set()
    assert signal.wait()
    activity.end()
    assert activity.quiet


def test_messages_arrive_in_order_and_their_reader_rests_only_without_any() -> None:
    activity = Activity()
    mailbox: Mailbox[int] = Mailbox(activity)
    seen: list[int] = []

    def read() -> None:
        while (number := mailbox.get()) >= 0:
            seen.append(number)

    activity.thread(read, "reader")
    _joined(activity)
    for number in range(100):
        mailbox.put(number)
    mailbox.put(-1)
    _joined(activity)
    assert seen == list(range(100))
    assert mailbox.empty()
