"""Fields of task definitions: what is read, what AWS would reject, what this machine may not."""

import json
from pathlib import Path
from typing import Any, Final

import pytest

from emulator.definitions import load
from emulator.errors import DefinitionError
from emulator.model.container_life import RestartPolicy
from emulator.model.definitions import Definitions
from emulator.model.firelens import FirelensConfiguration
from emulator.model.health import HealthCheck
from emulator.model.networking import Link, PortMapping
from emulator.model.task_definition import ContainerDefinition, TaskDefinition
from emulator.model.volumes import DockerVolume, FileSystem, VolumeScope

FARGATE: Final = {
    "requiresCompatibilities": ["FARGATE"],
    "networkMode": "awsvpc",
    "cpu": "256",
    "memory": "512",
}


def _container(name: str = "app", **fields: Any) -> dict[str, Any]:
    return {"name": name, "image": "alpine:latest", **fields}


def _load(tmp_path: Path, *containers: dict[str, Any], **fields: Any) -> Definitions:
    local = fields.pop("local", {})
    task = {"containerDefinitions": list(containers), **fields}
    text = json.dumps({"taskDefinitions": {"job": task}, "local": local})
    path = tmp_path / "ecs-local.yaml"
    path.write_text(
        "taskDefinitions: "
        + text[len('{"taskDefinitions": ') : -1].replace(', "local": ', "\nlocal: "),
        "utf-8",
    )
    return load([path], directory=tmp_path, environ={})


def _task(tmp_path: Path, *containers: dict[str, Any], **fields: Any) -> TaskDefinition:
    return _load(tmp_path, *containers, **fields).task_definitions["job"]


def _one(tmp_path: Path, **fields: Any) -> ContainerDefinition:
    return _task(tmp_path, _container(**fields)).container_definitions[0]


def _refused(tmp_path: Path, *containers: dict[str, Any], **fields: Any) -> list[str]:
    with pytest.raises(DefinitionError) as refusal:
        _load(tmp_path, *containers, **fields)
    for problem in refusal.value.problems:
        assert problem.source is not None
        assert problem.source.path == "ecs-local.yaml"
    return [p.message for p in refusal.value.problems if p.severity == "error"]


def test_a_health_check_has_the_defaults_of_ecs_and_not_those_of_docker(tmp_path: Path) -> None:
    read = _one(tmp_path, healthCheck={"command": ["CMD-SHELL", "true"]})
    assert read.health_check == HealthCheck(
        command=("CMD-SHELL", "true"), interval=30, timeout=5, retries=3, start_period=0
    )


def test_ports_links_and_policies_are_read(tmp_path: Path) -> None:
    db = _container(
        "db", portMappings=[{"containerPort": 5432}, {"containerPortRange": "7000-7002"}]
    )
    app = _container(links=["db:database"], restartPolicy={"enabled": True})
    read = _task(tmp_path, db, app).container_definitions
    assert read[0].port_mappings == (
        PortMapping(container_port=5432),
        PortMapping(container_port_range=(7000, 7002)),
    )
    assert list(read[0].port_mappings[1].container_ports) == [7000, 7001, 7002]
    assert list(read[0].port_mappings[0].container_ports) == [5432]
    assert read[1].links == (Link(container_name="db", alias="database"),)
    assert read[1].restart_policy == RestartPolicy(restart_attempt_period=300)
    assert _one(tmp_path, restartPolicy={"enabled": False}).restart_policy is None


def test_volumes_of_every_kind_are_read(tmp_path: Path) -> None:
    read = _task(
        tmp_path,
        _container(),
        taskRoleArn="arn:aws:iam::000000000000:role/batch",
        volumes=[
            {
                "name": "efs",
                "efsVolumeConfiguration": {
                    "fileSystemId": "fs-1",
                    "transitEncryption": "ENABLED",
                    "authorizationConfig": {"accessPointId": "fsap-1", "iam": "ENABLED"},
                },
            },
            {"name": "kept", "dockerVolumeConfiguration": {"scope": "shared"}},
        ],
    )
    assert [volume.content for volume in read.volumes] == [
        FileSystem(file_system="fs-1", access_point="fsap-1", transit_encryption=True, iam=True),
        DockerVolume(scope=VolumeScope.SHARED),
    ]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (
            {"healthCheck": {"command": ["true"]}},
            "healthCheck: the command begins with CMD, CMD-SHELL or NONE, then what to run",
        ),
        (
            {"healthCheck": {"command": ["CMD", "true"], "interval": 1}},
            "healthCheck.interval is 5 to 300, not 1",
        ),
        (
            {"restartPolicy": {"enabled": True, "restartAttemptPeriod": 5}},
            "restartPolicy.restartAttemptPeriod is 60 to 1800 seconds, not 5",
        ),
        ({"portMappings": [{}]}, "Invalid 'containerPort' setting for container 'app'."),
        (
            {"portMappings": [{"containerPort": 70000}]},
            "Invalid 'containerPort' setting for container 'app'.",
        ),
        (
            {"portMappings": [{"containerPortRange": "9-2"}]},
            "containerPortRange '9-2' is not a range of ports",
        ),
        (
            {"portMappings": [{"containerPort": 1}, {"containerPort": 1, "protocol": "udp"}]},
            "container app: port 1 is mapped twice; one port has one protocol",
        ),
        (
            {"extraHosts": [{"hostname": "a", "ipAddress": "nowhere"}]},
            "extraHosts: 'nowhere' is not an IP address",
        ),
        (
            {"systemControls": [{"namespace": "vm.swappiness", "value": "1"}]},
            "systemControls: vm.swappiness cannot be set for a container",
        ),
        (
            {"linuxParameters": {"capabilities": {"drop": ["FLY"]}}},
            "capabilities.drop: there is no FLY",
        ),
        (
            {"linuxParameters": {"tmpfs": [{"containerPath": "/x"}]}},
            "a tmpfs has a size in MiB of at least 1",
        ),
        (
            {"mountPoints": [{"sourceVolume": "v", "containerPath": "/v"}]},
            "container app mounts the volume v, which the task definition does not have",
        ),
        (
            {"links": ["db"]},
            "container app links to db, which is not a container of the task definition",
        ),
        ({"secrets": [{"name": "a=", "valueFrom": "b"}]}, "secrets: 'a=' cannot be a name"),
        (
            {
                "environment": [{"name": "A", "value": "x"}],
                "secrets": [{"name": "A", "valueFrom": "b"}],
            },
            (
                "The secret name must be unique and not shared with any new or existing "
                "environment "
                "variables set on the container, such as 'A'."
            ),
        ),
        (
            {"secrets": [{"name": "A", "valueFrom": "arn:aws:secretsmanager:r:1:secret:x:key"}]},
            "secret A: invalid ARN of Secrets Manager: arn:aws:secretsmanager:r:1:secret:x:key",
        ),
        (
            {"environmentFiles": [{"type": "s3", "value": "s3://bucket/app.env"}]},
            "environmentFiles: 's3://bucket/app.env' is not the ARN of an object of S3",
        ),
        (
            {"environmentFiles": [{"type": "s3", "value": "arn:aws:s3:::bucket/app.txt"}]},
            (
                "environmentFiles: the name of an environment file ends in .env: "
                "arn:aws:s3:::bucket/app.txt"
            ),
        ),
        ({"nonsense": 1}, "unknown key 'nonsense' in the container definition"),
    ],
)
def test_what_is_wrong_with_a_container_is_told(
    tmp_path: Path, fields: dict[str, Any], message: str
) -> None:
    assert _refused(tmp_path, _container(**fields)) == [message]


def test_waiting_for_health_needs_a_health_check(tmp_path: Path) -> None:
    wait = [{"containerName": "db", "condition": "HEALTHY"}]
    assert _refused(tmp_path, _container(dependsOn=wait), _container("db")) == [
        "container app waits for db to be HEALTHY, which has no healthCheck"
    ]


def test_links_and_dependencies_in_a_circle_are_told(tmp_path: Path) -> None:
    assert _refused(tmp_path, _container("a", links=["b"]), _container("b", links=["a"])) == [
        "Container links should not have a cycle: a -> b -> a"
    ]
    volumes = [{"sourceContainer": "a"}]
    wait = [{"containerName": "b", "condition": "START"}]
    mixed = _refused(
        tmp_path, _container("a", dependsOn=wait), _container("b", volumesFrom=volumes)
    )
    assert mixed == ["dependsOn runs in a circle: a -> b -> a"]


def test_awsvpc_has_no_place_for_names_and_other_host_ports(tmp_path: Path) -> None:
    app = _container(hostname="h", portMappings=[{"containerPort": 80, "hostPort": 81}])
    assert _refused(tmp_path, app, networkMode="awsvpc") == [
        "When networkMode=awsvpc, the host ports and container ports in port mappings must match.",
        "container app: hostname is not possible with network mode awsvpc",
    ]
    both = [_container(name, portMappings=[{"containerPort": 80}]) for name in ("a", "b")]
    assert _refused(tmp_path, *both, networkMode="awsvpc") == [
        "containers a and b both want port 80"
    ]


def test_everything_that_fargate_lacks_is_told_at_once(tmp_path: Path) -> None:
    app = _container(
        privileged=True,
        linuxParameters={"capabilities": {"add": ["NET_ADMIN"]}, "sharedMemorySize": 64},
        resourceRequirements=[{"type": "GPU", "value": "1"}],
        logConfiguration={"logDriver": "syslog"},
        startTimeout=500,
    )
    messages = _refused(
        tmp_path,
        app,
        local={"allow": ["privileged"]},
        ipcMode="task",
        volumes=[{"name": "d", "dockerVolumeConfiguration": {}}],
        **FARGATE,
    )
    assert messages == [
        "volume d: a Docker volume is not supported on Fargate",
        "ipcMode is not supported on Fargate",
        "container app: privileged is not supported on Fargate",
        "container app: linuxParameters.sharedMemorySize is not supported on Fargate",
        "container app: the capability NET_ADMIN cannot be added on Fargate, only SYS_PTRACE",
        (
            "container app: Tasks using the Fargate launch type do not support GPU resource "
            "requirements."
        ),
        "container app: startTimeout on Fargate is 2 to 120 seconds, not 500",
        "container app: Fargate has no log driver syslog",
    ]


def _in_linux(**fields: Any) -> dict[str, Any]:
    return {"linuxParameters": fields}


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        (_in_linux(devices=[{"hostPath": "/dev/fuse"}]), "linuxParameters.devices"),
        (_in_linux(sharedMemorySize=64), "linuxParameters.sharedMemorySize"),
        (_in_linux(maxSwap=0), "linuxParameters.maxSwap"),
        (_in_linux(swappiness=0), "linuxParameters.swappiness"),
        (_in_linux(capabilities={"add": ["SYS_ADMIN"]}), "the capability SYS_ADMIN"),
        ({"ulimits": [{"name": "nproc", "softLimit": 1, "hardLimit": 1}]}, "ulimit nproc"),
        ({"dockerSecurityOptions": ["no-new-privileges"]}, "dockerSecurityOptions"),
        ({"disableNetworking": True}, "disableNetworking"),
    ],
)
def test_what_fargate_does_not_give_a_container_is_refused_by_its_name(
    tmp_path: Path, fields: dict[str, Any], named: str
) -> None:
    messages = _refused(tmp_path, _container(**fields), **FARGATE)
    # Some of it this machine does not give either, which is said besides.
    (of_fargate,) = [message for message in messages if "on Fargate" in message]
    assert of_fargate.startswith(f"container app: {named} ")


@pytest.mark.parametrize(
    "fields",
    [
        _in_linux(capabilities={"add": ["SYS_PTRACE"], "drop": ["ALL"]}, initProcessEnabled=True),
        {"ulimits": [{"name": "nofile", "softLimit": 1024, "hardLimit": 4096}]},
        {"systemControls": [{"namespace": "net.core.somaxconn", "value": "77"}]},
        {"readonlyRootFilesystem": True},
        _in_linux(tmpfs=[{"containerPath": "/t", "size": 1}]),
    ],
)
def test_what_fargate_gives_a_container_is_taken(tmp_path: Path, fields: dict[str, Any]) -> None:
    loaded = _load(tmp_path, _container(**fields), **FARGATE)
    assert [p.message for p in loaded.problems if p.severity == "error"] == []


@pytest.mark.parametrize(
    ("container", "fields", "message"),
    [
        ({"privileged": True}, {}, "container app: privileged is not allowed here"),
        ({}, {"pidMode": "host"}, "pidMode host is not allowed here"),
        (
            {"linuxParameters": {"capabilities": {"add": ["SYS_ADMIN"]}}},
            {},
            "container app: the capability SYS_ADMIN is not allowed here",
        ),
        (
            {"dockerSecurityOptions": ["apparmor:unconfined"]},
            {},
            "container app: the security option apparmor:unconfined is not allowed here",
        ),
        (
            {},
            {"volumes": [{"name": "etc", "host": {"sourcePath": "/etc"}}]},
            "volume etc: a path of this machine is not allowed here",
        ),
    ],
)
def test_the_machine_itself_is_only_for_definitions_that_are_trusted(
    tmp_path: Path, container: dict[str, Any], fields: dict[str, Any], message: str
) -> None:
    assert _refused(tmp_path, _container(**container), **fields) == [message]
    allowed = {"allow": ["privileged", "hostPaths"]}
    assert _task(tmp_path, _container(**container), local=allowed, **fields).family == "job"


def test_to_add_what_any_container_may_do_anyway_needs_no_trust(tmp_path: Path) -> None:
    hardened = {"capabilities": {"drop": ["ALL"], "add": ["CHOWN", "NET_BIND_SERVICE"]}}
    linux = _one(tmp_path, linuxParameters=hardened).linux_parameters
    assert linux is not None
    assert linux.capabilities_add == ("CHOWN", "NET_BIND_SERVICE")


@pytest.mark.parametrize(
    ("container", "fields", "message"),
    [
        (
            {},
            {"networkMode": "awsvpc", "requiresCompatibilities": ["EXTERNAL"]},
            "network mode awsvpc is not supported on external instances",
        ),
        (
            {"systemControls": [{"namespace": "kernel.msgmax", "value": "1"}]},
            {"ipcMode": "host"},
            "container app: the system control kernel.msgmax is not possible with ipcMode host",
        ),
        (
            {"links": ["app2"], "disableNetworking": True},
            {},
            "container app: links with disableNetworking is not possible with network mode bridge",
        ),
        ({}, {"cpu": "127"}, "Invalid 'cpu' setting for task: 128 to 196608 units, not 127"),
        ({}, {"cpu": "196609"}, "Invalid 'cpu' setting for task: 128 to 196608 units, not 196609"),
        ({}, {"memory": "0"}, "Invalid 'memory' setting for task: at least 6 MiB, not 0"),
    ],
)
def test_what_no_task_may_have_is_refused(
    tmp_path: Path, container: dict[str, Any], fields: dict[str, Any], message: str
) -> None:
    allowed = {"allow": ["privileged"]}
    containers = (_container(**container, memory=64), _container("app2", memory=64))
    assert message in _refused(tmp_path, *containers, local=allowed, **fields)


def test_a_volume_may_be_a_directory_beside_the_project_file(tmp_path: Path) -> None:
    volumes = [{"name": "etc", "host": {"sourcePath": "/etc"}}]
    local = {"volumes": {"etc": "./etc", "fs-1": "~/x"}}
    assert _refused(tmp_path, _container(), local=local, volumes=volumes) == [
        "local.volumes: no task definition has a volume or file system 'fs-1'"
    ]
    del local["volumes"]["fs-1"]
    loaded = _load(tmp_path, _container(), local=local, volumes=volumes)
    assert loaded.local.volumes == {"etc": str(tmp_path / "etc")}


def test_a_root_directory_leads_nowhere_else(tmp_path: Path) -> None:
    efs = {"fileSystemId": "fs-1", "rootDirectory": "/../../etc"}
    volumes = [{"name": "efs", "efsVolumeConfiguration": efs}]
    assert _refused(tmp_path, _container(), volumes=volumes) == [
        "rootDirectory '/../../etc' must begin with / and have no .."
    ]


def test_a_proxy_is_a_container_of_the_task(tmp_path: Path) -> None:
    proxy = {"containerName": "envoy", "type": "APPMESH", "properties": [{"name": "a"}]}
    assert _refused(tmp_path, _container(), proxyConfiguration=proxy) == [
        "proxyConfiguration: envoy is not a container of the task definition"
    ]
    wrong = {"type": "ENVOY", "port": 1}
    assert _refused(tmp_path, _container(), proxyConfiguration=wrong) == [
        "proxyConfiguration has no containerName",
        "type: 'ENVOY' is not one of APPMESH",
        "unknown key 'port' in proxyConfiguration",
    ]
    loaded = _load(tmp_path, _container("envoy"), proxyConfiguration=proxy)
    (note,) = [p.message for p in loaded.problems if p.severity == "note"]
    assert note == "proxyConfiguration: no traffic is redirected to the proxy"


def test_one_cause_is_one_error(tmp_path: Path) -> None:
    requirement = {"type": "InferenceAccelerator", "value": "device_1"}
    assert _refused(tmp_path, _container(resourceRequirements=[requirement])) == [
        "resourceRequirements: there is no InferenceAccelerator on this machine"
    ]
    assert _refused(tmp_path, _container(), ephemeralStorage={"sizeInGiB": "30"}) == [
        "sizeInGiB must be a whole number, not text"
    ]


def test_what_has_no_effect_here_is_noted_and_kept(tmp_path: Path) -> None:
    loaded = _load(
        tmp_path,
        _container(
            firelensConfiguration={"type": "fluentbit"},
            logConfiguration={"logDriver": "awsfirelens"},
        ),
        tags=[{"key": "team", "value": "data"}],
        placementConstraints=[{"type": "memberOf", "expression": "x"}],
        enableFaultInjection=True,
    )
    assert loaded.task_definitions["job"].tags == {"team": "data"}
    assert loaded.task_definitions["job"].placement_constraints == ("x",)
    (container,) = loaded.task_definitions["job"].container_definitions
    assert container.firelens_configuration == FirelensConfiguration(type="fluentbit")
    assert [str(p) for p in loaded.problems if p.severity == "note"] == [
        (
            "ecs-local.yaml:1: logDriver awsfirelens: its output is kept in the local log group "
            "/ecs/FAMILY; no log router sends it on"
        ),
        (
            "ecs-local.yaml:1: firelensConfiguration: its container runs, but no output is routed "
            "through it"
        ),
        "ecs-local.yaml:1: enableFaultInjection: no faults are injected",
        "ecs-local.yaml:1: placementConstraints: every task runs on this machine",
    ]
