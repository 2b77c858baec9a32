"""A pull in a thread of its own: a registry may take minutes, and a stop must not wait for it."""

from collections.abc import Callable

from emulator.activity import Activity
from emulator.ecs.images import Pull
from emulator.ecs.task_messages import Pulled
from emulator.ecs.task_threads import in_thread
from emulator.engines.base import ImageUnavailableError
from emulator.errors import EngineError


def begin_pull(pull: Pull, tell: Callable[[Pulled], None], activity: Activity) -> None:
    """Begin to pull, and `tell` what has come of it; returns at once."""

    def work() -> None:
        try:
            tell(Pulled(result=pull()))
        except EngineError as error:
            tell(Pulled(result=error))

    in_thread(activity, work, "pull", lambda why: tell(Pulled(result=ImageUnavailableError(why))))
