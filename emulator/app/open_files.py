"""How many files this process may open: a task of real containers keeps eight or so open."""

import resource
from contextlib import suppress
from typing import Final

ENOUGH: Final = 10_240
"""For more tasks at once than an engine runs; no system refuses it whose own limit is higher."""


def allow_enough() -> None:
    """Raise the limit to what is enough, as far as the system lets this process.

    A shell of macOS gives 256, and most of Linux give 1024 of many more that a process may ask for.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = ENOUGH if hard == resource.RLIM_INFINITY else min(ENOUGH, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        # Where it stays as it is, tasks that find no file to open say so.
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
