"""What the fields of task definitions do to containers, on the real engine."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import docker
import pytest

from emulator.engines.docker import DockerEngine
from tests.with_docker.project import Project, job, meeting, shell, until_there

FARGATE: Final = {
    "networkMode": "awsvpc",
    "requiresCompatibilities": ["FARGATE"],
    "cpu": "256",
    "memory": "512",
    "executionRoleArn": "arn:aws:iam::000000000000:role/ecs-task-execution",
}


def _described(project: Project) -> dict[str, Any]:
    (task,) = project.json("tasks")["tasks"]
    found: dict[str, Any] = task
    return found


def _containers(project: Project) -> dict[str, dict[str, Any]]:
    return {container["name"]: container for container in _described(project)["containers"]}


def test_a_container_waits_for_the_health_of_another(project: Project) -> None:
    check = {"command": ["CMD", "test", "-e", "/tmp/ready"], "interval": 5, "retries": 1}
    server = shell("touch /tmp/ready; exec sleep 60", "server", essential=False, stopTimeout=0)
    client = shell(
        "echo started", "client", dependsOn=[{"containerName": "server", "condition": "HEALTHY"}]
    )
    project.define({"web": job({**server, "healthCheck": check}, client)})
    assert project.run("run-task", "web").code == 0
    found = _containers(project)
    assert found["server"]["healthStatus"] == "HEALTHY"
    assert found["client"]["healthStatus"] == "UNKNOWN"
    assert project.lines("client") == ["started"]


def test_a_start_timeout_ends_the_wait_for_health(project: Project) -> None:
    check = {"command": ["CMD", "false"], "interval": 300}
    server = shell("exec sleep 60", "server", essential=False, stopTimeout=0, startTimeout=1)
    client = shell(
        "echo started", "client", dependsOn=[{"containerName": "server", "condition": "HEALTHY"}]
    )
    project.define({"web": job({**server, "healthCheck": check}, client)})
    assert project.run("run-task", "web").code == 125
    client = _containers(project)["client"]
    assert client["exitCode"] == 143
    assert client["reason"] == (
        "CannotStartContainerError: dependency graph: container server timed out before it was "
        "HEALTHY"
    )


def test_a_fargate_task_has_a_host_name_an_address_and_no_instance_metadata(
    project: Project,
) -> None:
    script = "hostname; hostname -i; nc -w 2 169.254.169.254 80 </dev/null 2>&1"
    project.define({"net": {**FARGATE, "containerDefinitions": [shell(f"{script}; exit 0")]}})
    assert project.run("run-task", "net").code == 0
    name, address, refused = project.lines()
    assert name.startswith("ip-10-")
    assert name.endswith(".ap-northeast-1.compute.internal")
    assert "No route to host" in refused
    described = _described(project)
    (interface,) = described["containers"][0]["networkInterfaces"]
    assert interface["privateIpv4Address"] == address
    (attachment,) = described["attachments"]
    assert {"name": "privateDnsName", "value": name} in attachment["details"]


def test_ports_of_a_task_are_published_on_loopback_and_described(project: Project) -> None:
    ports = [{"containerPort": 8080}, {"containerPortRange": "7000-7001"}]
    db = shell("exec sleep 60", "db", essential=False, stopTimeout=0, portMappings=ports)
    app = shell("getent hosts database || cat /etc/hosts", links=["db:database"])
    project.define({"net": job(db, app, networkMode="bridge")})
    assert project.run("run-task", "net").code == 0
    bindings = _containers(project)["db"]["networkBindings"]
    assert {binding["bindIP"] for binding in bindings} == {"127.0.0.1"}
    ranged = [b["hostPort"] for b in bindings if b["containerPort"] in (7000, 7001)]
    assert ranged[1] == ranged[0] + 1
    assert any("database" in line for line in project.lines("app"))


def test_memory_of_a_task_is_a_limit_of_all_its_containers(project: Project) -> None:
    if DockerEngine().info().no_groups is not None:
        pytest.fail(f"this engine cannot limit tasks: {DockerEngine().info().no_groups}")
    hog = "a=xxxxxxxxxxxxxxxx; while :; do a=$a$a; done"
    traps = "trap 'exit 3' TERM; touch /meeting/ready; sleep 60 & wait"
    first = shell(traps, "innocent", memory=64)
    second = shell(f"{until_there('ready')}; {hog}", "hog")
    second.pop("memory")
    project.define({"both": meeting(first, second, memory="96")})
    assert project.run("run-task", "both").code == 137
    found = _containers(project)
    assert found["hog"]["reason"] == "OutOfMemoryError: Container killed due to memory usage"
    assert "reason" not in found["innocent"]
    assert found["innocent"]["exitCode"] == 3
    left = [p for p in Path("/sys/fs/cgroup/memory/ecs").iterdir() if p.is_dir()]
    assert _described(project)["taskArn"].rpartition("/")[2] not in {p.name for p in left}


def test_volumes_are_shared_read_only_kept_or_gone(project: Project) -> None:
    mounts = [
        {"sourceVolume": "scratch", "containerPath": "/scratch"},
        {"sourceVolume": "efs", "containerPath": "/efs"},
        {"sourceVolume": "here", "containerPath": "/here", "readOnly": True},
    ]
    writer = shell(
        "echo a > /scratch/x; echo b >> /efs/y; cat /here/z; (echo c > /here/z) 2>&1; true",
        "writer",
        essential=False,
        mountPoints=mounts,
    )
    reader = shell(
        "cat /scratch/x /efs/y; (echo d > /scratch/x) 2>&1; true",
        "reader",
        volumesFrom=[{"sourceContainer": "writer", "readOnly": True}],
        dependsOn=[{"containerName": "writer", "condition": "SUCCESS"}],
    )
    volumes = [
        {"name": "scratch"},
        {
            "name": "efs",
            "efsVolumeConfiguration": {"fileSystemId": "fs-1", "rootDirectory": "/sub"},
        },
        {"name": "here", "host": {"sourcePath": "/nowhere"}},
    ]
    (project.folder / "data").mkdir()
    (project.folder / "data" / "z").write_text("mapped\n")
    local = {"volumes": {"here": "./data"}}
    project.define({"vols": job(writer, reader, volumes=volumes)}, local=local)
    for _ in range(2):
        assert project.run("run-task", "vols").code == 0
    assert "mapped" in project.lines("writer")
    assert sum("Read-only file system" in line for line in project.lines("writer")) == 2
    assert sum("Read-only file system" in line for line in project.lines("reader")) == 2
    kept = project.state_dir / "efs" / "fs-1" / "sub" / "y"
    assert kept.read_text() == "b\nb\n"


def test_containers_of_a_task_may_see_each_others_processes(project: Project) -> None:
    other = shell("exec sleep 4711", "other", essential=False, stopTimeout=30)
    app = shell(
        "until ps | grep -q '[s]leep 4711'; do sleep 0.1; done; echo seen; ls /dev/shm | wc -l"
    )
    project.define({"pids": job(app, other, pidMode="task", ipcMode="task")})
    assert project.run("run-task", "pids").code == 0
    assert project.lines("app") == ["seen", "0"]
    # As the only process of its namespace it would ignore SIGTERM.
    assert _containers(project)["other"]["exitCode"] == 143


def test_rights_and_limits_reach_the_kernel(project: Project) -> None:
    app = shell(
        "ulimit -n; cat /proc/sys/net/core/somaxconn; df -m /dev/shm /scratch | grep -c ' 16 '; "
        "(touch /x) 2>&1; grep CapEff /proc/self/status; grep NoNewPrivs /proc/self/status",
        ulimits=[{"name": "nofile", "softLimit": 100, "hardLimit": 200}],
        systemControls=[{"namespace": "net.core.somaxconn", "value": "77"}],
        readonlyRootFilesystem=True,
        dockerSecurityOptions=["no-new-privileges"],
        linuxParameters={
            "capabilities": {"drop": ["ALL"]},
            "sharedMemorySize": 16,
            "tmpfs": [{"containerPath": "/scratch", "size": 16}],
        },
    )
    project.define({"limits": job(app, networkMode="bridge")})
    assert project.run("run-task", "limits").code == 0
    files, backlog, mounts, refused, rights, privileges = project.lines()
    assert (files, backlog, mounts) == ("100", "77", "2")
    assert "Read-only file system" in refused
    assert rights.split() == ["CapEff:", "0000000000000000"]
    assert privileges.split() == ["NoNewPrivs:", "1"]


@pytest.fixture
def compose_network(project: Project) -> Iterator[str]:
    """A network with a container called `database`, as a compose project has them."""
    client = docker.from_env()
    name = f"{project.folder.name}-taskfields"
    network = client.networks.create(name)
    server = client.containers.create(
        "alpine:latest", ["httpd", "-f", "-p", "80"], network=name, hostname="database"
    )
    server.rename(f"{name}-db")
    network.disconnect(server)
    network.connect(server, aliases=["database"])
    server.start()
    listens = "until nc 127.0.0.1 80 </dev/null; do sleep 0.1; done"
    try:
        code, _ = server.exec_run(["timeout", "60", "sh", "-c", listens])
        assert code == 0, server.logs()
        yield name
    finally:
        server.remove(force=True)
        network.remove()
        client.close()


@pytest.mark.parametrize("mode", [FARGATE, {"networkMode": "bridge"}])
def test_a_job_reaches_a_database_of_a_compose_network_by_its_name(
    project: Project, compose_network: str, mode: dict[str, Any]
) -> None:
    app = shell("nc -w 5 database 80 </dev/null && echo reached; exit 0")
    task = {**mode, "containerDefinitions": [app]}
    project.define({"net": task}, local={"networks": [compose_network]})
    answer = project.run("run-task", "net")
    assert (answer.code, project.lines()) == (0, ["reached"]), json.dumps(_described(project))


def test_a_network_that_is_not_there_fails_the_task_by_name(project: Project) -> None:
    project.define(
        {"net": job(shell("true"), networkMode="bridge")}, local={"networks": ["no-such-net"]}
    )
    answer = project.run("run-task", "net")
    assert answer.code == 125
    assert "no-such-net" in answer.out
