"""Schedulers in processes of their own that are killed at a chosen step; their engine lives on.

A step is a moment right before or right after something that outlives a process: a change in the
engine, a transaction of the history, a write into a log or its journal, a scheduler's note. A
write can also be cut off in its middle.
"""

import copyreg
import itertools
import multiprocessing
import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from multiprocessing.connection import Client, Connection, Listener
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from emulator.app import serving
from emulator.app.emulator import Emulator
from emulator.app.serving import ServeOptions
from emulator.app.settings import Settings
from emulator.cli.screen import log_with
from emulator.cli.signals import draining
from emulator.clock import system_clock
from emulator.ecs import identity
from emulator.engines.fake import FakeEngine
from emulator.engines.spec import CONTAINER_NAME_LABEL
from emulator.errors import EngineError
from emulator.eventbridge import failures
from emulator.eventbridge.chaos import Disturbance
from emulator.eventbridge.rule_changes import schedule_key
from emulator.eventbridge.sinks.files import Files
from emulator.events import EventBus, Warned
from emulator.logs import journal, writer
from emulator.state.firings import each_firing
from emulator.state.history import History
from emulator.state.scheduler_note import SchedulerNote, SchedulerNotes

PATIENCE: Final = 60.0
"""Seconds after which a scheduler that hangs is killed and its test fails."""

LONGEST: Final = 40.0
"""Seconds for which a scheduler waits for a rule that does not fire."""

AWAKE: Final = "awake"
"""A rule that is due much later, so that the scheduler has something to wait for."""

SLOWNESS: Final = 0.04
"""Seconds that something slow takes: longer than a scheduler needs to look at everything once."""

_CHANGES: Final = {
    *("create", "attach", "start", "stop", "kill", "remove"),
    *("create_volume", "remove_volume", "create_group", "remove_group"),
}
"""What of an engine's methods leaves something behind."""

_STREAMS: Final = {"attach", "read_log", "watch_health"}
_PROCESSES: Final = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload([__name__])


class ServedEngine:
    """An engine that processes reach by a socket, so that it outlives all of them."""

    def __init__(self, engine: FakeEngine, address: Path) -> None:
        self.starts: Counter[tuple[str, str]] = Counter()
        """How often each container of each task was started, by the task's id and its name."""
        self._engine = engine
        self._listener = Listener(str(address), "AF_UNIX", backlog=64)
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Take no more calls."""
        self._listener.close()
        self._engine.close()

    def _accept(self) -> None:
        while True:
            try:
                connection = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: Connection) -> None:
        """Answer calls until the process on the other side is gone."""
        with connection:
            try:
                while True:
                    connection.send(self._outcome(connection, *connection.recv()))
            except (EOFError, OSError):
                return

    def _outcome(
        self, connection: Connection, method: str, args: Any, named: Any
    ) -> tuple[str, Any]:
        try:
            value = getattr(self._engine, method)(*args, **named)
            if method == "start":
                self._count(args[0])
            if method not in _STREAMS:
                return ("value", value)
            connection.send(("value", None))
            for item in value:
                connection.send(("item", item))
        except EngineError as error:
            return ("error", error)
        return ("end", None)

    def _count(self, container_id: str) -> None:
        for each in self._engine.find_containers({}):
            if each.id == container_id:
                labels = each.labels
                name = labels[identity.TASK_ID_LABEL], labels[CONTAINER_NAME_LABEL]
                self.starts[name] += 1


class RemoteEngine:
    """The engine on the other side of the socket; `steps` is told of what changes it."""

    def __init__(self, address: Path, steps: "Steps") -> None:
        self._address = str(address)
        self._steps = steps

    def __getattr__(self, method: str) -> Callable[..., Any]:
        if method == "close":
            return lambda: None

        def call(*args: Any, **named: Any) -> Any:
            if method not in _CHANGES:
                return self._call(method, args, named)
            with self._steps.around(f"engine {method}"):
                return self._call(method, args, named)

        return call

    def _call(self, method: str, args: Any, named: Any) -> Any:
        connection = Client(self._address, "AF_UNIX")
        connection.send((method, args, named))
        value = _received(connection)
        if method in _STREAMS:
            return _items(connection)
        connection.close()
        return value


def _received(connection: Connection) -> Any:
    kind, value = connection.recv()
    if kind == "error":
        raise value
    return value


def _items(connection: Connection) -> Iterator[Any]:
    with connection:
        while True:
            kind, value = connection.recv()
            if kind == "error":
                raise value
            if kind == "end":
                return
            yield value


def _view(entries: dict[Any, Any]) -> MappingProxyType[Any, Any]:
    return MappingProxyType(entries)


# What the engine answers goes from one process to another, its views of nothing too.
copyreg.pickle(MappingProxyType, lambda view: (_view, (dict(view),)))


@dataclass(frozen=True, slots=True)
class Fate:
    """At which steps a scheduler gets SIGKILL or SIGTERM; 0: never.

    What is `slow` ("a transaction", "engine start" and so on) takes its time, so that others come
    before it that otherwise would not.
    """

    killed_at: int = 0
    asked_at: int = 0
    slow: str = ""


class Steps:
    """Counts the steps of this process, and sends it what its fate wants."""

    def __init__(self, fate: Fate, note: Path) -> None:
        self._fate = fate
        self._note = note
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self.count = 0

    def step(self, what: str) -> None:
        """Be at a step, and perhaps go no further."""
        with self._lock:
            self.count = next(self._numbers)
            if self.count == self._fate.asked_at:
                os.kill(os.getpid(), signal.SIGTERM)
            if self.count == self._fate.killed_at:
                self._note.write_text(what, "utf-8")
                os.kill(os.getpid(), signal.SIGKILL)

    @contextmanager
    def around(self, what: str) -> Iterator[None]:
        """Have a step before something and one after it."""
        self.step(f"before {what}")
        if what == self._fate.slow:
            time.sleep(SLOWNESS)
        yield
        self.step(f"after {what}")


class _WatchedOs:
    """The module `os`, of which writes into files are steps."""

    def __init__(self, steps: Steps, what: str) -> None:
        self._steps = steps
        self._what = what

    def __getattr__(self, name: str) -> Any:
        return getattr(os, name)

    def write(self, file: int, data: memoryview) -> int:
        self._steps.step(f"before {self._what}")
        middle = len(data) // 2
        written = os.write(file, data[:middle]) if middle else 0
        if written:
            self._steps.step(f"in the middle of {self._what}")
        written += os.write(file, data[written:])
        self._steps.step(f"after {self._what}")
        return written

    def pwrite(self, file: int, data: bytes, offset: int) -> int:
        with self._steps.around(self._what):
            return os.pwrite(file, data, offset)


def _watch(steps: Steps) -> None:
    """Make steps of all that outlives this process, besides the engine."""
    vars(writer)["os"] = _WatchedOs(steps, "the log")
    vars(journal)["os"] = _WatchedOs(steps, "the journal")
    _wrap(steps, Files, "deliver", "a notification")
    _wrap(steps, journal.Journal, "close", "the journal's end")
    for method in ("write", "beat", "remove"):
        _wrap(steps, SchedulerNotes, method, f"the note's {method}")
    writing = History.writing

    @contextmanager
    def watched(history: History) -> Iterator[Any]:
        with steps.around("a transaction"), writing(history) as database:
            yield database

    setattr(History, "writing", watched)  # noqa: B010 - mypy: a method is assigned


def _wrap(steps: Steps, kind: type, method: str, what: str) -> None:
    plain = getattr(kind, method)

    def watched(*args: Any, **named: Any) -> Any:
        with steps.around(what):
            return plain(*args, **named)

    setattr(kind, method, watched)


@dataclass(frozen=True, slots=True)
class Life:
    """How one scheduler lived: the step at which it was `killed`, or how many `steps` it took."""

    killed: str | None
    steps: int


class Machine:
    """A folder with definitions and a state directory, and an engine that outlives schedulers.

    Its clock is `behind` the real one.
    """

    def __init__(
        self,
        folder: Path,
        engine: FakeEngine,
        definitions: str,
        behind: timedelta,
        chaos: frozenset[Disturbance] = frozenset(),
    ) -> None:
        self.folder = folder
        self._behind = behind
        self._chaos = chaos
        self.engine = engine
        self.lives: list[Life] = []
        folder.mkdir(parents=True)
        (folder / "ecs-local.yaml").write_text(definitions, "utf-8")
        self._server = ServedEngine(engine, folder / "engine.sock")

    @property
    def state_dir(self) -> Path:
        """The state directory."""
        return self.folder / "state"

    @property
    def told(self) -> str:
        """All warnings of all schedulers."""
        path = self.folder / "told"
        return path.read_text("utf-8") if path.exists() else ""

    @property
    def starts(self) -> Counter[tuple[str, str]]:
        """How often each container of each task was started."""
        return self._server.starts

    def left(self) -> list[str]:
        """Return what is left in the engine."""
        containers = [container.name for container in self.engine.find_containers({})]
        return containers + self.engine.find_volumes({})

    def note_killed(self, at: datetime) -> None:
        """Leave a scheduler's note that says it was killed at an instant, before it did a thing.

        So what is due right after it is due at once.
        """
        emulator = Emulator(_settings(self.folder))
        emulator.state.prepare()
        rules = {rule.name: schedule_key(rule) for rule in emulator.rules()}
        notes = SchedulerNotes(self.state_dir)
        notes.write(SchedulerNote(owner="nobody", since=at, rules=rules))
        notes.beat(at)

    def live(self, fate: Fate = Fate()) -> Life:
        """Run a scheduler to its end, or to the one that its fate has in mind."""
        for name in ("killed", "steps"):
            (self.folder / name).unlink(missing_ok=True)
        process = _PROCESSES.Process(
            target=_live, args=(self.folder, self._behind, fate, self._chaos)
        )
        process.start()
        process.join(PATIENCE)
        hangs = process.is_alive()
        if hangs:
            process.kill()
            process.join()
        screen = (self.folder / "screen").read_text("utf-8")
        assert not hangs, f"the scheduler did not end\n{self}\n{screen}"
        assert not screen, f"{self}\n{screen}"
        killed, steps = self.folder / "killed", self.folder / "steps"
        life = Life(
            killed=killed.read_text("utf-8") if killed.exists() else None,
            steps=int(steps.read_text("utf-8")) if steps.exists() else 0,
        )
        assert life.killed or life.steps, f"the scheduler ended with {process.exitcode}\n{self}"
        self.lives.append(life)
        return life

    def close(self) -> None:
        """Take the engine away."""
        self._server.close()

    def __str__(self) -> str:
        deaths = [life.killed or f"lived, {life.steps} steps" for life in self.lives]
        return f"schedulers: {'; '.join(deaths)}\n{self.told}"


def _settings(folder: Path, chaos: frozenset[Disturbance] = frozenset()) -> Settings:
    return Settings(directory=folder, state_dir=folder / "state", chaos=chaos)


def _live(folder: Path, behind: timedelta, fate: Fate, chaos: frozenset[Disturbance]) -> None:
    """Be a scheduler: the main function of its process."""
    with (folder / "screen").open("wb") as screen:
        os.dup2(screen.fileno(), 2)
    # What stands there then is a defect.
    log_with(None, "error")
    # Every process is a copy of one, which would give the same ids again.
    identity.seed(os.urandom(16).hex())
    vars(identity)["_engine_names"].seed()
    vars(serving)["POLL_SECONDS"] = 0.03
    vars(failures)["FIRST_DELAY"] = timedelta(milliseconds=60)
    steps = Steps(fate, folder / "killed")
    _watch(steps)
    bus = EventBus()
    with (folder / "told").open("a", encoding="utf-8", buffering=1) as told:
        bus.subscribe(Warned, lambda event: print(event.message, file=told))
        emulator = Emulator(
            _settings(folder, chaos),
            clock=lambda: system_clock() - behind,
            engine=lambda: RemoteEngine(folder / "engine.sock", steps),
        )
        threading.Thread(target=_end_when_fired, args=(emulator,), daemon=True).start()
        with draining(emulator.interrupt):
            emulator.serve(emulator.rules(), ServeOptions(watch=False), bus)
    (folder / "steps").write_text(str(steps.count), "utf-8")


def _end_when_fired(emulator: Emulator) -> None:
    """End a scheduler once each rule but the one that keeps it awake is on record."""
    rules = {rule.name for rule in emulator.rules()} - {AWAKE}
    end = time.monotonic() + LONGEST
    while time.monotonic() < end:
        history = History(emulator.state.database)
        seen = {firing.rule for firing in each_firing(history)}
        history.close()
        if rules <= seen:
            break
        time.sleep(0.02)
    emulator.end()
