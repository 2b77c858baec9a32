"""Network namespaces that stand before their tasks are due, on the real engine."""

import signal
from collections.abc import Iterator
from datetime import timedelta

import docker
import pytest

from emulator.clock import system_clock
from emulator.ecs.identity import STATE_DIRECTORY_LABEL, TASK_ID_LABEL
from tests.with_docker.project import Project, due, shell, soon, wait_until

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


def _standing(client: docker.DockerClient, project: Project) -> list[str]:
    """Wait for a container of the project that runs, and return the task ids of all there are."""
    label = f"{STATE_DIRECTORY_LABEL}={project.state_dir}"

    def found() -> list[str]:
        running = client.api.containers(filters={"label": label})
        return [container["Labels"][TASK_ID_LABEL] for container in running]

    wait_until(lambda: bool(found()), "a pause container")
    return found()


def test_a_task_is_in_the_network_that_stood_before_it_was_due(
    project: Project, client: docker.DockerClient
) -> None:
    at = soon(7)
    job = {"networkMode": "awsvpc", "containerDefinitions": [shell(METADATA)]}
    project.define({"job": job}, [due("job", at)])
    with project.running("run") as run:
        (ahead,) = _standing(client, project)
        assert system_clock() < at
        assert project.json("tasks")["tasks"] == []
        answer = run.end()
    assert answer.code == 0, answer.err
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
    at = system_clock() + timedelta(days=1)
    job = {"networkMode": "awsvpc", "containerDefinitions": [shell("true")]}
    rules = [due("soon", soon(7), taskDefinition="job"), due("later", at, taskDefinition="job")]
    project.define({"job": job}, rules)
    with project.running("run") as run:
        (ahead,) = _standing(client, project)
        run.signal(signal.SIGKILL)
        run.end()
    assert len(project.left_in_the_engine()) == 1
    assert (project.state_dir / "endpoints" / ahead).is_dir()
    project.define({"job": job}, [due("job", soon(8))])
    with project.running("run") as run:
        run.wait_for("an earlier run ended before its tasks did: 1 container removed")
        assert not (project.state_dir / "endpoints" / ahead).exists()
        (other,) = _standing(client, project)
        assert other != ahead
        run.signal(signal.SIGINT)
        assert run.end().code == 130
    assert project.left_in_the_engine() == []
    assert project.json("tasks")["tasks"] == []
