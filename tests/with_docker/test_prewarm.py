"""Network namespaces that stand before their tasks are due, on the real engine."""

import signal
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import docker
import pytest

from emulator.clock import system_clock
from emulator.ecs.identity import STATE_DIRECTORY_LABEL, TASK_ID_LABEL
from tests.with_docker.project import PATIENCE, Project, due, shell, soon, wait_until

METADATA = (
    "hostname; wget -qO- $ECS_CONTAINER_METADATA_URI_V4/task "
    "| grep -o 'task/default/[0-9a-f]*' | head -n 1"
)


@pytest.fixture
def client() -> Iterator[docker.DockerClient]:
    """A client of the engine itself."""
    client = docker.from_env()
    yield client
    client.close()


AHEAD: Final = (6, 12, 24, 60)
"""Seconds ahead of which a task is due: where a busy machine was late, the next will do."""


def _begun(client: docker.DockerClient, state_dir: Path) -> Iterator[dict[str, Any]]:
    """Return the starts of containers from now on, as the engine itself tells them."""
    label = f"{STATE_DIRECTORY_LABEL}={state_dir}"
    since = int(system_clock().timestamp())
    told: Iterator[dict[str, Any]] = client.events(
        since=since, decode=True, filters={"label": label, "event": "start"}
    )
    return told


def _standing(client: docker.DockerClient, project: Project, before: datetime) -> list[str]:
    """Wait for a container of the project, and return the task ids of all that run.

    None may run where none has come `before` an instant.
    """
    label = f"{STATE_DIRECTORY_LABEL}={project.state_dir}"

    def found() -> list[str]:
        running = client.api.containers(filters={"label": label})
        return [container["Labels"][TASK_ID_LABEL] for container in running]

    wait_until(lambda: bool(found()) or system_clock() >= before, "a pause container")
    return found()


def test_a_task_is_in_the_network_that_stood_before_it_was_due(
    project: Project, client: docker.DockerClient
) -> None:
    job = {"networkMode": "awsvpc", "containerDefinitions": [shell(METADATA)]}
    for seconds in AHEAD:
        project.state_dir = project.folder / f"state-{seconds}"
        at = soon(seconds)
        project.define({"job": job}, [due("job", at)])
        begun = _begun(client, project.state_dir)
        answer = project.run("run", patience=PATIENCE + seconds)
        assert answer.code == 0, answer.err
        pause = next(begun)
        if pause["timeNano"] < at.timestamp() * 1e9:
            break
    assert pause["timeNano"] < at.timestamp() * 1e9
    ahead = pause["Actor"]["Attributes"][TASK_ID_LABEL]
    (task,) = project.json("tasks")["tasks"]
    assert task["taskArn"].endswith(ahead)
    hostname, told = project.lines()
    assert told == f"task/default/{ahead}"
    details = {d["name"]: d["value"] for d in task["attachments"][0]["details"]}
    assert details["privateDnsName"] == hostname
    assert project.left_in_the_engine() == []
    assert [path.name for path in (project.state_dir / "endpoints").iterdir()] == ["key"]


def test_nothing_is_left_of_it_when_the_scheduler_is_killed_or_stopped_before(
    project: Project, client: docker.DockerClient
) -> None:
    for seconds in AHEAD:
        project.state_dir = project.folder / f"state-{seconds}"
        if _left_nothing(project, client, seconds):
            return
        project.run("down")
    pytest.fail("the machine was too busy to end a scheduler before its task was due")


def _left_nothing(project: Project, client: docker.DockerClient, seconds: float) -> bool:
    """Kill one scheduler and stop another; return whether no task was due by then."""
    job = {"networkMode": "awsvpc", "containerDefinitions": [shell("true")]}
    at, later = soon(seconds), system_clock() + timedelta(days=1)
    rules = [due("soon", at, taskDefinition="job"), due("later", later, taskDefinition="job")]
    project.define({"job": job}, rules)
    with project.running("run") as run:
        standing = _standing(client, project, at)
        run.signal(signal.SIGKILL)
        in_time = system_clock() < at
        run.end()
    if not in_time:
        return False
    (ahead,) = standing
    assert len(project.left_in_the_engine()) == 1
    assert (project.state_dir / "endpoints" / ahead).is_dir()
    at = soon(seconds)
    project.define({"job": job}, [due("job", at)])
    with project.running("run") as run:
        run.wait_for("an earlier run ended before its tasks did: 1 container removed")
        assert not (project.state_dir / "endpoints" / ahead).exists()
        standing = _standing(client, project, at)
        run.signal(signal.SIGINT)
        answer = run.end()
    if not standing or "0 firings" not in answer.out:
        return False
    (other,) = standing
    assert (answer.code, other != ahead) == (130, True)
    assert project.left_in_the_engine() == []
    assert project.json("tasks")["tasks"] == []
    return True
