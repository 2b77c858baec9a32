"""Ctrl-C, SIGTERM and a terminal that closes: the first drains, the second kills.

Both take locks, and so does a line on the screen. A handler runs in the midst of whatever the main
thread does, which may hold them: it only notes which signal came, and a thread of its own acts.
"""

import logging
import os
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from types import FrameType

from emulator.cli import screen

_logger = logging.getLogger(__name__)


@contextmanager
def draining(
    interrupt: Callable[[], None], hang_up: Callable[[], None] | None = None
) -> Iterator[None]:
    """Call `interrupt` for each SIGINT and SIGTERM, instead of ending the program.

    SIGHUP calls `hang_up`; None: it is one of those, unless whoever started this has others in
    mind for it (nohup). All are called in another thread, one at a time, and not after the end of
    this.
    """
    ending = _Ending(interrupt)
    actions: dict[int, Callable[[], None]] = dict.fromkeys(
        (signal.SIGINT, signal.SIGTERM), ending.come
    )
    if hang_up is not None:
        actions[signal.SIGHUP] = hang_up
    elif signal.getsignal(signal.SIGHUP) is signal.SIG_DFL:
        # Its terminal is gone: containers must not go on that nobody looks after.
        actions[signal.SIGHUP] = ending.come
    noted, notes = os.pipe()
    os.set_blocking(notes, False)
    heeding = threading.Thread(target=_heed, args=(noted, actions), name="signals", daemon=True)
    heeding.start()

    def note(number: int, _frame: FrameType | None) -> None:
        # Thousands that nobody has seen to yet say no more than those before them.
        with suppress(BlockingIOError):
            os.write(notes, bytes([number]))

    before = {number: signal.signal(number, note) for number in actions}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        os.close(notes)
        heeding.join()
        os.close(noted)


def _heed(noted: int, actions: Mapping[int, Callable[[], None]]) -> None:
    """Act on each signal that is noted, until nobody is left to note any."""
    while number := os.read(noted, 1):
        try:
            actions[number[0]]()
        except Exception:
            # A defect must not leave a program that cannot be ended.
            _logger.exception("signal %d could not be seen to", number[0])


class _Ending:
    """Sees to each signal, and says of the first and the second what it does."""

    def __init__(self, interrupt: Callable[[], None]) -> None:
        self._interrupt = interrupt
        self._said = iter(
            (
                "stopping: running tasks get SIGTERM; once more kills them",
                "killing what is left",
            )
        )

    def come(self) -> None:
        """See to one SIGINT or SIGTERM."""
        said = next(self._said, None)
        if said is not None:
            # Whoever reads this may have got the same signal, and be gone, or its disk be full.
            with suppress(OSError):
                screen.note(said)
        self._interrupt()
