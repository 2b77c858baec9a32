"""Threads that are used again, and end when nobody needs them."""

import subprocess
import sys
import threading

import pytest

from emulator.workers import NoThreadError, Workers, begin_thread, in_thread_or_here

PATIENCE = 60.0


def _until_idle(workers: Workers, count: int) -> None:
    waited = threading.Event()
    for _ in range(1000):
        if workers.idle == count:
            return
        waited.wait(PATIENCE / 1000)
    message = f"{workers.idle} threads are idle, not {count}"
    raise AssertionError(message)


def _thread_of(workers: Workers, name: str = "work") -> threading.Thread:
    """Return the thread that ran a function, once it is idle again."""
    found: list[tuple[threading.Thread, str]] = []
    workers.run(lambda: found.append((threading.current_thread(), _own_name())), name)
    _until_idle(workers, 1)
    ((thread, seen),) = found
    assert seen == name
    return thread


def _own_name() -> str:
    return threading.current_thread().name


def test_a_thread_is_used_again_under_another_name() -> None:
    workers = Workers(PATIENCE)
    assert _thread_of(workers, "one") is _thread_of(workers, "other")


def test_what_is_to_run_at_once_does() -> None:
    workers, all_here = Workers(PATIENCE), threading.Barrier(3)
    for _ in range(2):
        workers.run(lambda: all_here.wait(PATIENCE), "work")
    all_here.wait(PATIENCE)
    _until_idle(workers, 2)


def test_an_idle_thread_ends() -> None:
    workers = Workers(patience=0.001)
    seen: list[threading.Thread] = []
    workers.run(lambda: seen.append(threading.current_thread()), "work")
    while not seen:
        threading.Event().wait(0.001)
    seen[0].join(PATIENCE)
    assert not seen[0].is_alive()
    assert workers.idle == 0


def test_work_that_fails_shows_and_takes_its_thread_with_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shown: list[str] = []
    told = threading.Event()

    def show(failure: threading.ExceptHookArgs) -> None:
        shown.append(str(failure.exc_value))
        told.set()

    monkeypatch.setattr(threading, "excepthook", show)
    workers = Workers()

    def fail() -> None:
        message = "broken"
        raise ValueError(message)

    workers.run(fail, "work")
    assert told.wait(PATIENCE)
    assert shown == ["broken"]
    _thread_of(workers)


FORKING = """
import os, sys, threading
from emulator.workers import workers

def work():
    done = threading.Event()
    workers.run(done.set, "work")
    return done.wait(60)

assert work()
while not workers.idle:
    pass
child = os.fork()
if child == 0:
    os._exit(0 if work() else 1)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def test_a_child_process_has_threads_of_its_own() -> None:
    ran = subprocess.run([sys.executable, "-c", FORKING], timeout=120, check=False)
    assert ran.returncode == 0


@pytest.fixture
def exhausted(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: threading.Thread) -> None:
        message = "can't start new thread"
        raise RuntimeError(message)

    monkeypatch.setattr(threading.Thread, "start", refuse)


@pytest.mark.usefixtures("exhausted")
def test_a_system_that_gives_no_thread_is_named_with_what_to_do() -> None:
    for begin in (Workers().run, begin_thread):
        with pytest.raises(NoThreadError, match="can't start new thread: raise the limit"):
            begin(lambda: None, "work")


@pytest.mark.usefixtures("exhausted")
def test_what_may_be_done_here_is_done_here_then() -> None:
    done: list[threading.Thread] = []
    wait = in_thread_or_here(lambda: done.append(threading.current_thread()), "work")
    assert done == [threading.current_thread()]
    wait()
