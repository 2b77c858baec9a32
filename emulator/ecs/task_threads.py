"""Threads that a task waits for: the task is told when one cannot begin or breaks off."""

from collections.abc import Callable

from emulator.activity import Activity
from emulator.workers import NoThreadError

Work = Callable[[], object]


def in_thread(activity: Activity, work: Work, name: str, broken_off: Callable[[str], None]) -> None:
    """Do work in a thread of a name; `broken_off` is told why it does not come to its end."""
    try:
        activity.thread(told_of(work, broken_off), name)
    except NoThreadError as error:
        broken_off(str(error))


def told_of(work: Work, broken_off: Callable[[str], None]) -> Callable[[], None]:
    """Return work of which `broken_off` is told what nobody thought of: a mistake of ours.

    The thread shows that as well; but the task must not wait for ever.
    """

    def told() -> None:
        try:
            work()
        except BaseException as error:
            broken_off(f"{type(error).__name__}: {error}")
            raise

    return told
