"""The emulator dies or the engine goes away while a task runs: nothing of it is lost."""

import signal
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.with_docker.project import Project, at_once, job, meeting, shell, wait_until

COUNTS = (
    "i=0; while [ $i -lt 60 ] || [ ! -e /meeting/enough ]; do i=$((i+1)); "
    "echo out $i; echo err $i >&2; [ $((i % 6)) = 0 ] && sleep 0.2; done; "
    "sleep 0.3; printf 'last after %s' $i; exit 7"
)
"""At least two seconds of numbered lines on both streams, until there are enough of them.

The last is without a newline.
"""

GOES_ON = ("--for", "1s")
"""Nothing is due any more; what runs goes on to its end."""


def _count_for_ever(project: Project) -> None:
    """Define a job that counts until there are `_enough`."""
    project.define({"job": meeting(shell(COUNTS))}, [at_once("job")])


def _enough(project: Project) -> None:
    (project.folder / "enough").touch()


def _complete(project: Project) -> None:
    lines = project.lines()
    (last,) = (line for line in lines if line.startswith("last after "))
    count = int(last.removeprefix("last after "))
    for stream in ("out", "err"):
        said = [line for line in lines if line.startswith(stream)]
        assert said == [f"{stream} {number}" for number in range(1, count + 1)]
    assert len(lines) == 2 * count + 1


def _outcome(project: Project) -> tuple[str, int | None]:
    (task,) = project.json("tasks")["tasks"]
    return task["lastStatus"], task["containers"][0].get("exitCode")


@pytest.fixture
def killed(project: Project) -> Project:
    """Return a project whose run was killed while its task was writing."""
    _count_for_ever(project)
    with project.running("run") as run:
        run.wait_for("job/app | out 8\n")
        run.signal(signal.SIGKILL)
        run.end()
    return project


def test_the_next_run_finishes_the_log_of_a_task_that_ended_meanwhile(killed: Project) -> None:
    _enough(killed)
    wait_until(lambda: "Exited" in _state_of(killed), "the container's end")
    answer = killed.run("run", *GOES_ON)
    assert answer.code == 1, answer.err
    assert "going on with 1 task" in answer.err
    assert answer.out.splitlines()[-1] == "0 firings, 1 task: 0 succeeded, 1 failed"
    _complete(killed)
    assert _outcome(killed) == ("STOPPED", 7)
    assert list(killed.state_dir.rglob("*.position")) == []


def test_the_next_run_goes_on_with_a_task_that_still_runs(killed: Project) -> None:
    with killed.running("run", *GOES_ON) as run:
        run.wait_for("going on with 1 task")
        _enough(killed)
        assert run.end().code == 1
    _complete(killed)
    assert _outcome(killed) == ("STOPPED", 7)


def test_a_run_that_is_killed_again_and_again_loses_nothing(killed: Project) -> None:
    for _ in range(2):
        with killed.running("run") as run:
            run.wait_for("going on with 1 task")
            run.signal(signal.SIGKILL)
            run.end()
    _enough(killed)
    killed.run("run", *GOES_ON)
    _complete(killed)
    assert _outcome(killed) == ("STOPPED", 7)


def test_down_finishes_the_log_before_it_removes(killed: Project) -> None:
    _enough(killed)
    wait_until(lambda: "Exited" in _state_of(killed), "the container's end")
    answer = killed.run("down")
    assert (answer.code, answer.out) == (
        0,
        "removed: 1 container, 0 volumes; 1 task recorded as stopped\n",
    )
    _complete(killed)


def test_an_engine_that_goes_away_is_said_to_and_the_true_outcome_follows(
    project: Project, tmp_path: Path
) -> None:
    _count_for_ever(project)
    with _Proxy(tmp_path / "docker.sock").serving() as proxy:
        project.environ["DOCKER_HOST"] = f"unix://{proxy.path}"
        with project.running("run", "--max-firings", "1") as run:
            run.wait_for("job/app | out 8\n")
            proxy.cut()
            run.wait_for("no container engine answers")
            _enough(project)
            proxy.restore()
            answer = run.end()
        assert answer.code == 1
        assert "the container engine is back after" in answer.err
        assert "Traceback" not in answer.err
    _complete(project)
    assert _outcome(project) == ("STOPPED", 7)


def test_a_connection_that_breaks_alone_loses_nothing(project: Project, tmp_path: Path) -> None:
    _count_for_ever(project)
    with _Proxy(tmp_path / "docker.sock").serving() as proxy:
        project.environ["DOCKER_HOST"] = f"unix://{proxy.path}"
        with project.running("run", "--max-firings", "1") as run:
            run.wait_for("job/app | out 8\n")
            proxy.break_off()
            _enough(project)
            answer = run.end()
    assert answer.code == 1
    assert "no container engine answers" not in answer.err
    _complete(project)


@pytest.mark.parametrize("request_line", [b"/containers/create", b"/start HTTP"])
def test_a_start_that_breaks_off_is_finished_and_no_outage(
    project: Project, tmp_path: Path, request_line: bytes
) -> None:
    project.define({"job": job(shell("echo once; exit 7"))})
    with _Proxy(tmp_path / "docker.sock", cut_at=request_line).serving() as proxy:
        project.environ["DOCKER_HOST"] = f"unix://{proxy.path}"
        answer = project.run("run-task", "job")
    assert (answer.code, answer.err) == (7, "")
    assert project.lines() == ["once"]
    assert _outcome(project) == ("STOPPED", 7)
    assert _state_of(project) == ""


def _state_of(project: Project) -> str:
    label = f"label=ecs-local.state-directory={project.state_dir}"
    shown = ["docker", "ps", "-a", "--filter", label, "--format", "{{.Status}}"]
    return subprocess.run(shown, capture_output=True, text=True, check=True).stdout


class _Proxy:
    """A socket between program and engine that can be cut: the engine itself goes on.

    With `cut_at` all connections break once, as soon as the engine has a request with this in it.
    """

    def __init__(self, path: Path, *, cut_at: bytes | None = None) -> None:
        self.path = path
        self._cut_at = cut_at
        self._lock = threading.Lock()
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._ended: list[socket.socket] = []
        self._pumps: list[threading.Thread] = []
        self._down = False

    @contextmanager
    def serving(self) -> Iterator["_Proxy"]:
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(str(self.path))
            server.listen(64)
            threading.Thread(target=self._accept, args=(server,), daemon=True).start()
            yield self
            self.cut()
            server.shutdown(socket.SHUT_RDWR)
        for pump in self._pumps:
            pump.join()
        for each in self._ended:
            each.close()

    def cut(self) -> None:
        """Break all connections, and take no new ones."""
        with self._lock:
            self._down = True
        self.break_off()

    def break_off(self) -> None:
        """Break all connections; whoever makes a new one at once has it, as nothing is away."""
        with self._lock:
            pairs, self._pairs = self._pairs, []
        for each in (end for pair in pairs for end in pair):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            self._ended.append(each)

    def restore(self) -> None:
        """Take connections again."""
        with self._lock:
            self._down = False

    def _accept(self, server: socket.socket) -> None:
        while True:
            try:
                client, _ = server.accept()
            except OSError:
                return
            with self._lock:
                if self._down:
                    client.close()
                    continue
                engine = socket.socket(socket.AF_UNIX)
                engine.connect("/var/run/docker.sock")
                self._pairs.append((client, engine))
                for pair in ((client, engine), (engine, client)):
                    pump = threading.Thread(target=self._pump, args=pair, daemon=True)
                    self._pumps.append(pump)
                    pump.start()

    def _pump(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
                if self._cut_at is not None and self._cut_at in data:
                    self._cut_at = None
                    self.break_off()
        with suppress(OSError):
            target.shutdown(socket.SHUT_WR)
