"""Contexts of which the outermost counts, for each thread its own."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from emulator.together import Together


def test_each_thread_enters_the_outermost_context_alone() -> None:
    seen: list[str] = []

    @contextmanager
    def noting(name: str) -> Iterator[None]:
        seen.append(f"{name} begins")
        yield
        seen.append(f"{name} ends")

    together = Together([lambda: noting("record"), lambda: noting("events")])

    def nested() -> None:
        with together, together:
            seen.append("at work")

    nested()
    alone = ["record begins", "events begins", "at work", "events ends", "record ends"]
    assert seen == alone
    with together:
        seen.clear()
        other = threading.Thread(target=nested)
        other.start()
        other.join()
        assert seen == alone
    assert seen == [*alone, "events ends", "record ends"]


def test_a_failure_leaves_the_context_and_does_not_hide() -> None:
    left: list[bool] = []

    @contextmanager
    def noting() -> Iterator[None]:
        try:
            yield
        finally:
            left.append(True)

    together = Together([noting])
    with pytest.raises(OSError, match="full"), together, together:
        raise OSError(28, "full")
    assert left == [True]


def test_what_is_to_come_afterwards_comes_once_behind_the_outermost_context() -> None:
    seen: list[str] = []

    @contextmanager
    def noting() -> Iterator[None]:
        yield
        seen.append("over")

    def act() -> None:
        seen.append("afterwards")

    together = Together([noting])
    with together:
        with together:
            together.afterwards(act)
        together.afterwards(act)
        seen.append("still at work")
    assert seen == ["still at work", "over", "afterwards"]
    together.afterwards(act)
    assert seen[3:] == ["afterwards"]


def test_it_comes_after_a_failure_too() -> None:
    seen: list[str] = []
    together = Together([])

    def fail() -> None:
        with together:
            together.afterwards(lambda: seen.append("afterwards"))
            raise OSError(28, "full")

    with pytest.raises(OSError, match="full"):
        fail()
    assert seen == ["afterwards"]
