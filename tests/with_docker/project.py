"""A project in a folder of its own, worked with through the command line in real processes."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import docker

from emulator.clock import system_clock
from emulator.ecs.identity import STATE_DIRECTORY_LABEL
from emulator.engines.docker import DockerEngine
from emulator.engines.docker_build import LABEL
from emulator.logs.directory import LogDirectory
from emulator.logs.reader import LogEvent, read_events

PATIENCE: Final = 120.0
"""Seconds after which a program that hangs is killed and its test fails."""

LONGEST_DELAY: Final = 10.0
"""Seconds by which a busy machine puts off what is due soon."""

MEETING: Final = "meeting"

CHECKOUT: Final = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command answered."""

    code: int
    out: str
    err: str


def shell(script: str, name: str = "app", **fields: Any) -> dict[str, Any]:
    """Return a container definition that runs a shell script and logs to `/jobs`."""
    return {
        "name": name,
        "image": "alpine:latest",
        "memory": 32,
        "command": ["sh", "-c", script],
        "logConfiguration": {
            "logDriver": "awslogs",
            "options": {
                "awslogs-group": "/jobs",
                "awslogs-region": "ap-northeast-1",
                "awslogs-stream-prefix": "batch",
            },
        },
        **fields,
    }


def job(*containers: Mapping[str, Any], **fields: Any) -> dict[str, Any]:
    """Return a task definition without a network, which starts fastest."""
    return {"networkMode": "none", "containerDefinitions": list(containers), **fields}


def meeting(*containers: Mapping[str, Any], **fields: Any) -> dict[str, Any]:
    """Return a job whose containers share `/meeting`, which is a project's own folder.

    One waits there for what another, or the test, has made: no wait of some seconds is as sure.
    """
    mounts = [{"sourceVolume": MEETING, "containerPath": f"/{MEETING}"}]
    joining = [{**container, "mountPoints": mounts} for container in containers]
    return job(*joining, volumes=[{"name": MEETING}], **fields)


def until_there(name: str) -> str:
    """Return shell that waits for a file of the meeting."""
    return f"until [ -e /{MEETING}/{name} ]; do sleep 0.05; done"


def document(
    jobs: Mapping[str, Mapping[str, Any]], rules: Sequence[Mapping[str, Any]] = (), **more: Any
) -> str:
    """Return an `ecs-local.yaml`, each key on a line: JSON is YAML, too."""
    keys = {
        "region": "ap-northeast-1",
        "taskDefinitions": jobs,
        "rules": rules,
        "logGroups": {"/jobs": {"retentionInDays": 7}},
        **more,
    }
    return "".join(f"{k}: {json.dumps(v, ensure_ascii=False)}\n" for k, v in keys.items())


def due(family: str, at: datetime, **fields: Any) -> dict[str, Any]:
    """Return a schedule that is due once, named as the family it starts."""
    return {
        "name": family,
        "scheduleExpression": f"at({at:%Y-%m-%dT%H:%M:%S})",
        "timezone": "UTC",
        "taskDefinition": family,
        **fields,
    }


def at_once(family: str) -> dict[str, Any]:
    """Return a schedule that is due when it is first seen: nobody waits, no slow machine misses it.

    It goes on every hour, so that a run does not end by itself.
    """
    return {
        "name": family,
        "scheduleExpression": "rate(1 hours)",
        "timezone": "UTC",
        "taskDefinition": family,
    }


def remove_builds(folder: Path) -> None:
    """Remove the images that were built from directories below a folder."""
    client = docker.from_env()
    for image in client.images.list(filters={"label": LABEL}):
        if Path(image.labels[LABEL]).is_relative_to(folder):
            client.images.remove(image.id, force=True)
    client.close()


def soon(seconds: float = 2.0) -> datetime:
    """Return a whole second that is still to come, later on a busy machine: a start is slow."""
    busy = os.getloadavg()[0] / (os.cpu_count() or 1)
    delay = timedelta(seconds=seconds + min(LONGEST_DELAY, max(0.0, 2 * (busy - 1))))
    return (system_clock() + delay).astimezone(UTC).replace(microsecond=0)


class Project:
    """Definition files, a state directory, and the command on them."""

    def __init__(self, folder: Path, state_dir: Path | None = None) -> None:
        self.folder = folder
        self.state_dir = state_dir or folder / "state"
        self.environ: dict[str, str] = {}

    def define(
        self,
        jobs: Mapping[str, Mapping[str, Any]],
        rules: Sequence[Mapping[str, Any]] = (),
        **more: Any,
    ) -> None:
        """Write `ecs-local.yaml`."""
        if any({"name": MEETING} in each.get("volumes", ()) for each in jobs.values()):
            local = more.get("local", {})
            more["local"] = {**local, "volumes": {MEETING: ".", **local.get("volumes", {})}}
        (self.folder / "ecs-local.yaml").write_text(document(jobs, rules, **more), "utf-8")

    def command(self, *words: str) -> list[str]:
        """Return a command line, the state directory behind the command."""
        name, *rest = words
        return [sys.executable, "-m", "emulator", name, "--state-dir", str(self.state_dir), *rest]

    def run(self, *words: str, before: Sequence[str] = (), patience: float = PATIENCE) -> Answer:
        """Run a command to its end, within seconds of patience; `before` is what runs it."""
        done = subprocess.run(
            [*before, *self.command(*words)],
            cwd=self.folder,
            env=self._environment(),
            capture_output=True,
            timeout=patience,
            check=False,
        )
        return Answer(done.returncode, done.stdout.decode(), done.stderr.decode())

    def shell(self, line: str) -> Answer:
        """Run a line of bash to its end."""
        done = subprocess.run(
            ["bash", "-c", line],
            cwd=self.folder,
            env=self._environment(),
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )
        return Answer(done.returncode, done.stdout.decode(), done.stderr.decode())

    def json(self, *words: str) -> Any:
        """Return what a command that must succeed answers in JSON."""
        answer = self.run(*words, "--format", "json")
        assert answer.code == 0, answer.err
        return json.loads(answer.out)

    @contextmanager
    def running(self, *words: str) -> Iterator["Running"]:
        """Run a command in the background; what still runs afterwards is killed."""
        out, err = self.folder / "stdout", self.folder / "stderr"
        with out.open("wb") as stdout, err.open("wb") as stderr:
            process = subprocess.Popen(
                self.command(*words),
                cwd=self.folder,
                env=self._environment(),
                stdout=stdout,
                stderr=stderr,
            )
        try:
            yield Running(process, out, err)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()

    def events(self, container: str | None = None) -> list[LogEvent]:
        """Return all log events, or those of one container's streams."""
        directory = LogDirectory(self.state_dir / "logs")
        streams = [
            (group.name, stream)
            for group in directory.groups()
            for stream, _ in directory.streams(group)
            if container is None or stream.split("/")[1] == container
        ]
        return list(read_events(directory, streams))

    def lines(self, container: str | None = None) -> list[str]:
        """Return the messages of log events."""
        return [event.message for event in self.events(container)]

    def left_in_the_engine(self) -> list[str]:
        """Return what is left of this state directory in the engine."""
        engine = DockerEngine()
        ours = {STATE_DIRECTORY_LABEL: str(self.state_dir)}
        found = [each.name for each in engine.find_containers(ours)] + engine.find_volumes(ours)
        engine.close()
        return found

    def _environment(self) -> dict[str, str]:
        # Not how wide the screen of whoever runs the tests is: tables would look otherwise.
        inherited = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
        return {
            **inherited,
            "PYTHONPATH": str(CHECKOUT),
            "PYTHONWARNINGS": "error",
            # pytest-xdist sets it in its workers, and nobody here has a screen.
            "COLUMNS": "",
            "TZ": "Asia/Tokyo",
            **self.environ,
        }


@dataclass(frozen=True, slots=True)
class Running:
    """A command that runs in the background."""

    process: "subprocess.Popen[bytes]"
    out_file: Path
    err_file: Path

    @property
    def out(self) -> str:
        return self.out_file.read_text("utf-8")

    @property
    def err(self) -> str:
        return self.err_file.read_text("utf-8")

    def wait_for(self, text: str) -> None:
        """Wait until the screen shows a text."""
        wait_until(lambda: text in self.out or text in self.err, f"{text!r} on the screen", self)

    def signal(self, number: int) -> None:
        self.process.send_signal(number)

    def end(self) -> Answer:
        """Wait for the end."""
        code = self.process.wait(timeout=PATIENCE)
        return Answer(code, self.out, self.err)


def wait_until(
    reached: Callable[[], bool], what: str = "what was waited for", seen: Running | None = None
) -> None:
    """Wait until something is so; fail when it never is."""
    end = time.monotonic() + PATIENCE
    while not reached():
        screen = "" if seen is None else f"\n{seen.out}\n{seen.err}"
        assert time.monotonic() < end, f"{what} did not come{screen}"
        assert seen is None or seen.process.poll() is None or reached(), f"it ended{screen}"
        time.sleep(0.02)
