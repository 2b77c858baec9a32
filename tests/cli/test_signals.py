"""What signals set off: outside of what they interrupt, each of them, and nothing afterwards."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from emulator.cli import screen
from emulator.cli.signals import draining

PATIENCE = 60.0


class _Counted:
    """Counts the calls, and can wait for them."""

    def __init__(self) -> None:
        self._called = threading.Semaphore(0)
        self.threads: list[threading.Thread] = []

    def __call__(self) -> None:
        self.threads.append(threading.current_thread())
        self._called.release()

    def comes(self) -> bool:
        return self._called.acquire(timeout=PATIENCE)


def _send(number: int) -> None:
    os.kill(os.getpid(), number)


@contextmanager
def _handled(*numbers: int) -> Iterator[dict[int, list[int]]]:
    """Have handlers of the test's own before and after."""
    seen: dict[int, list[int]] = {number: [] for number in numbers}
    before = {n: signal.signal(n, lambda n, _: seen[n].append(n)) for n in numbers}
    try:
        yield seen
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def test_an_interrupt_may_take_a_lock_that_the_interrupted_thread_holds() -> None:
    lock, taken = threading.Lock(), list[bool]()
    with draining(lambda: taken.append(lock.acquire(timeout=PATIENCE))), lock:
        _send(signal.SIGTERM)
    assert taken == [True]


def test_each_signal_counts_and_what_it_does_is_said_as_long_as_it_is_something_else(
    capsys: pytest.CaptureFixture[str],
) -> None:
    interrupt = _Counted()
    with draining(interrupt):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGINT):
            _send(number)
            assert interrupt.comes()
    assert capsys.readouterr().err == (
        "stopping: running tasks get SIGTERM; once more kills them\nkilling what is left\n"
    )
    assert threading.main_thread() not in interrupt.threads


def test_what_has_come_by_the_end_is_seen_to_and_then_others_have_their_signals_back() -> None:
    interrupt, hang_up = _Counted(), _Counted()
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    with _handled(*numbers) as seen:
        with draining(interrupt, hang_up):
            _send(signal.SIGHUP)
            _send(signal.SIGTERM)
        assert (len(hang_up.threads), len(interrupt.threads)) == (1, 1)
        for number in numbers:
            _send(number)
        assert seen == {number: [number] for number in numbers}
    assert (len(hang_up.threads), len(interrupt.threads)) == (1, 1)


def test_a_hang_up_interrupts_unless_somebody_has_others_in_mind_for_it() -> None:
    interrupt = _Counted()
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    try:
        with draining(interrupt):
            _send(signal.SIGHUP)
            assert interrupt.comes()
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        with draining(interrupt):
            _send(signal.SIGHUP)
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)
    assert len(interrupt.threads) == 1


def test_a_screen_that_takes_nothing_keeps_no_signal_from_what_it_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(_text: str) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(screen, "note", full)
    interrupt = _Counted()
    with draining(interrupt):
        _send(signal.SIGINT)
        assert interrupt.comes()


@pytest.mark.defect
def test_a_mistake_in_seeing_to_one_is_told_and_the_next_is_seen_to(
    caplog: pytest.LogCaptureFixture,
) -> None:
    interrupt, first = _Counted(), iter((True,))

    def mistaken_once() -> None:
        interrupt()
        if next(first, False):
            raise RuntimeError("a mistake of ours")

    with draining(mistaken_once):
        for _ in range(2):
            _send(signal.SIGTERM)
            assert interrupt.comes()
    assert "a mistake of ours" in caplog.text
