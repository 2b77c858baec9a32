"""Ctrl-C and SIGTERM: the first drains, the second kills."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from emulator.cli import screen


@contextmanager
def draining(
    interrupt: Callable[[], None], hang_up: Callable[[], None] | None = None
) -> Iterator[None]:
    """Call `interrupt` for each SIGINT and SIGTERM, instead of ending the program.

    SIGHUP calls `hang_up`; None: it does what it always did.
    """
    count = 0

    def on_signal(number: int, frame: FrameType | None) -> None:
        nonlocal count
        count += 1
        with suppress(BrokenPipeError):
            # Whoever read this may have got the same signal, and be gone.
            if count == 1:
                screen.note("stopping: running tasks get SIGTERM; once more kills them")
            elif count == 2:
                screen.note("killing what is left")
        interrupt()

    before = {
        number: signal.signal(number, on_signal) for number in (signal.SIGINT, signal.SIGTERM)
    }
    if hang_up is not None:
        before[signal.SIGHUP] = signal.signal(signal.SIGHUP, lambda *_: hang_up())
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
