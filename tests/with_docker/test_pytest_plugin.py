"""The pytest plugin on the real engine: what tests see, and that sessions leave nothing behind."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest

from emulator.ecs.identity import STATE_DIRECTORY_LABEL
from emulator.engines.docker import DockerEngine
from tests.with_docker.project import PATIENCE, job, shell, wait_until

TEST: Final = """
def test_job(ecs_local):
    result = ecs_local.run_task("job")
    assert result.exit_code == 3, result
    assert result.logs("app") == ["started"]
"""


PYTEST: Final = """
import signal, sys
import pytest
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.exit(pytest.main())
"""
"""Obeys Ctrl-C even where whoever began our own session in the background has it ignored."""


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    """A root directory with one job; at its end nothing of it is left in the engine."""
    (tmp_path / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n", "utf-8")
    define(tmp_path, "echo started; exit 3")
    (tmp_path / "test_job.py").write_text(TEST, "utf-8")
    yield tmp_path
    remaining = left(tmp_path)
    engine = DockerEngine()
    for name in remaining:
        engine.remove(name)
    engine.close()
    assert remaining == []


def define(root: Path, script: str) -> None:
    document = {"region": "ap-northeast-1", "taskDefinitions": {"job": job(shell(script))}}
    (root / "ecs-local.yaml").write_text(json.dumps(document), "utf-8")


def left(root: Path) -> list[str]:
    """Return the containers of state directories below a root directory."""
    engine = DockerEngine()
    found = engine.find_containers({STATE_DIRECTORY_LABEL: ""})
    engine.close()
    below = [c for c in found if Path(c.labels[STATE_DIRECTORY_LABEL]).is_relative_to(root)]
    return [container.name for container in below]


Session = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def session(root: Path) -> Iterator[Session]:
    """Begin sessions whose temporary directories lie below the root directory."""
    begun: list[subprocess.Popen[bytes]] = []

    def begin(number: int = 0, *words: str) -> "subprocess.Popen[bytes]":
        options = [f"--basetemp={root / f'base{number}'}", "-p", "no:cacheprovider", *words]
        process = subprocess.Popen(
            [sys.executable, "-c", PYTEST, *options],
            cwd=root,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        begun.append(process)
        return process

    yield begin
    for process in begun:
        if process.poll() is None:
            process.kill()
            process.communicate()


def end_of(process: "subprocess.Popen[bytes]") -> tuple[int, str]:
    out, _ = process.communicate(timeout=PATIENCE)
    return process.returncode, out.decode()


def test_a_test_runs_real_containers(session: Session) -> None:
    code, out = end_of(session())
    assert code == 0, out


def test_workers_run_their_own_containers(root: Path, session: Session) -> None:
    twice = TEST.replace(
        "def test_job(", "@pytest.mark.parametrize('n', range(4))\ndef test_job(n, "
    )
    (root / "test_job.py").write_text(f"import pytest\n{twice}", "utf-8")
    code, out = end_of(session(0, "-n2"))
    assert code == 0, out
    assert "4 passed" in out


def test_an_interrupted_session_stops_its_containers(root: Path, session: Session) -> None:
    define(root, "echo started; trap 'exit 0' TERM; sleep 300 & wait")
    process = session()
    wait_until(lambda: left(root) != [], "a container")
    process.send_signal(signal.SIGINT)
    code, out = end_of(process)
    assert code == pytest.ExitCode.INTERRUPTED, out
    assert left(root) == []


def test_what_a_killed_session_left_the_next_one_removes(root: Path, session: Session) -> None:
    define(root, "echo started; exec sleep 300")
    killed = session()
    wait_until(lambda: left(root) != [], "a container")
    killed.send_signal(signal.SIGKILL)
    end_of(killed)
    (forsaken,) = left(root)

    define(root, "echo started; exit 3")
    code, out = end_of(session(1))

    assert code == 0, out
    assert forsaken not in left(root)


def test_a_session_leaves_the_containers_of_another_that_lives(
    root: Path, session: Session
) -> None:
    define(root, "echo started; trap 'exit 3' TERM; sleep 300 & wait")
    first = session()
    wait_until(lambda: left(root) != [], "a container")
    others = left(root)
    define(root, "echo started; exit 3")

    code, out = end_of(session(1))

    assert code == 0, out
    assert left(root) == others
    first.send_signal(signal.SIGINT)
    end_of(first)


def test_an_engine_that_does_not_answer_fails_a_test_in_a_few_words(root: Path) -> None:
    nowhere = {**os.environ, "DOCKER_HOST": f"unix://{root}/no.sock"}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider"],
        cwd=root,
        env=nowhere,
        capture_output=True,
        timeout=PATIENCE,
        check=False,
    )
    out = done.stdout.decode()
    assert done.returncode == pytest.ExitCode.TESTS_FAILED, out
    assert "ecs_local: " in out
    assert "Traceback" not in out
