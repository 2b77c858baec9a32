"""Contexts of which each thread enters the outermost only, however deep it is in them."""

import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from types import TracebackType


class Together(threading.local):
    """Enters what is bound around the outermost of the contexts that a thread is in.

    Nested ones cost next to nothing: a firing is in four of them, and a thousand in one more.
    """

    def __init__(self, bound: Sequence[Callable[[], AbstractContextManager[None]]]) -> None:
        self._bound = bound
        self._depth = 0
        self._entered: list[AbstractContextManager[None]] = []
        self._afterwards: list[Callable[[], object]] = []

    def __enter__(self) -> None:
        if not self._depth:
            try:
                for together in self._bound:
                    context = together()
                    context.__enter__()
                    self._entered.append(context)
            except BaseException as error:
                self._leave(type(error), error, error.__traceback__)
                raise
        self._depth += 1

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._depth -= 1
        if not self._depth:
            try:
                self._leave(kind, error, traceback)
            finally:
                self._catch_up()

    def afterwards(self, action: Callable[[], object]) -> None:
        """Call a function once, when this thread has left the outermost context; now in none."""
        if action not in self._afterwards:
            self._afterwards.append(action)
        if not self._depth:
            self._catch_up()

    def _leave(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Leave what was entered, the last first, and all of it whatever one raises."""
        if self._entered:
            context = self._entered.pop()
            try:
                context.__exit__(kind, error, traceback)
            finally:
                self._leave(kind, error, traceback)

    def _catch_up(self) -> None:
        actions, self._afterwards = self._afterwards, []
        for action in actions:
            action()
