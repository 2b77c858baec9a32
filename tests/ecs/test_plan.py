"""What a task needs of the engine, worked out before anything is started."""

from pathlib import PurePath
from typing import Any

import pytest

from emulator.ecs.plan import Host, TaskPlan, plan_task
from emulator.ecs.plan_pause import join, join_network
from emulator.ecs.plan_volumes import PlannedVolume
from emulator.engines.spec import (
    ContainerSpec,
    HostMount,
    HostNetwork,
    Naming,
    Network,
    NoNetwork,
    OwnNetwork,
    PublishedPort,
    SharedNetwork,
    VolumeMount,
)
from emulator.model.definitions import Local
from emulator.model.image_builds import LocalImage
from emulator.model.linux import Ulimit
from emulator.model.networking import HostEntry, Link, PortMapping
from emulator.model.task import Task
from emulator.model.task_definition import LaunchType, NetworkMode
from emulator.model.volumes import MountPoint, Volume
from tests.builders import container, task

MIB = 1024 * 1024
FARGATE: dict[str, Any] = {
    "requires_compatibilities": (LaunchType.FARGATE,),
    "network_mode": NetworkMode.AWSVPC,
    "cpu": 256,
    "memory": 512,
}


PORT = PortMapping(container_port=80, protocol="tcp")


def _plan(
    made: Task, local: Local | None = None, cpus: int = 2, handover: PurePath | None = None
) -> TaskPlan:
    host = Host(cpus=cpus, labels={"ecs-local.owner": "me"})
    return plan_task(made, local or Local(), host, pause_image="pause:1", handover=handover)


def _spec(
    local: Local | None = None, *, of: dict[str, Any] | None = None, **app: Any
) -> ContainerSpec:
    (spec,) = _plan(task(container(**app), **(of or {})), local).containers
    return spec


def test_an_awsvpc_task_has_a_pause_container_and_another_has_none() -> None:
    pause = _plan(task(**FARGATE)).pause
    assert pause is not None
    assert pause.image == "pause:1"
    assert pause.network == OwnNetwork(
        naming=Naming(hostname="ip-10-0-0-0.ap-northeast-1.compute.internal")
    )
    assert pause.labels["com.amazonaws.ecs.container-name"] == "~internal~ecs~pause"
    assert pause.labels["ecs-local.owner"] == "me"
    assert _plan(task()).pause is None


@pytest.mark.parametrize(
    ("mode", "network"),
    [
        (NetworkMode.BRIDGE, OwnNetwork()),
        (NetworkMode.HOST, HostNetwork()),
        (NetworkMode.NONE, NoNetwork()),
    ],
)
def test_a_network_mode_becomes_a_network(mode: NetworkMode, network: Network) -> None:
    assert _spec(of={"network_mode": mode}).network == network


@pytest.mark.parametrize("mode", [NetworkMode.BRIDGE, NetworkMode.HOST, NetworkMode.NONE])
def test_what_a_container_calls_itself_does_not_depend_on_its_network(mode: NetworkMode) -> None:
    entry = HostEntry(hostname="db", ip_address="10.0.0.1")
    network = _spec(of={"network_mode": mode}, hostname="front", extra_hosts=(entry,)).network
    assert not isinstance(network, SharedNetwork)
    assert network.naming == Naming(hostname="front", extra_hosts=(entry,))


def test_a_container_joins_the_network_of_the_pause_container() -> None:
    made = task(**FARGATE)
    (spec,) = _plan(made).containers
    assert join(spec, made.task_definition, "f00").network == SharedNetwork(container_id="f00")


def test_containers_of_network_mode_bridge_have_pause_containers_where_an_endpoint_is() -> None:
    made = task(
        container(
            links=(Link(container_name="db", alias="db"),), hostname="front", port_mappings=(PORT,)
        ),
        container("db"),
        container("alone", disable_networking=True),
        network_mode=NetworkMode.BRIDGE,
    )
    assert _plan(made).own_pauses == {}
    pauses = _plan(made, handover=PurePath("/endpoints/1")).own_pauses
    # Who is linked to comes first.
    assert list(pauses) == ["db", "app"]
    network = pauses["app"].network
    assert isinstance(network, OwnNetwork)
    assert network.naming.hostname == "front"
    assert network.links == ((pauses["db"].name, "db"),)
    assert pauses["app"].mounts == (
        HostMount(host_path="/endpoints/1", container_path="/endpoint", read_only=True),
    )
    assert pauses["app"].labels["com.amazonaws.ecs.container-name"] == "~internal~ecs~pause~app"
    spec = _plan(made).containers[0]
    joined = join_network(spec, "f00").network
    assert joined == SharedNetwork(container_id="f00", ports=(PublishedPort(container_port=80),))


def test_memory_is_the_containers_own_or_else_the_tasks() -> None:
    assert _spec(of=FARGATE).memory_bytes == 512 * MIB
    assert _spec(of=FARGATE, memory=128).memory_bytes == 128 * MIB
    assert _spec().memory_bytes is None


def test_fargate_has_no_swap_and_ec2_leaves_it_to_the_engine() -> None:
    assert _spec(of=FARGATE).memory_swap_bytes == 512 * MIB
    assert _spec(memory=128).memory_swap_bytes is None


def test_cpu_units_are_shares_of_a_container_and_a_hard_limit_of_the_task() -> None:
    assert _spec().cpu_shares == 2
    assert _spec(of=FARGATE, cpu=128).cpu_shares == 128
    assert _spec(of=FARGATE).nano_cpus == 250_000_000
    assert _spec().nano_cpus is None


def test_a_task_gets_no_more_cpus_than_the_engine_has() -> None:
    (spec,) = _plan(task(cpu=4096, memory=8192), cpus=2).containers
    assert spec.nano_cpus == 2_000_000_000


def test_the_definitions_environment_stands_above_the_local_one_and_the_services() -> None:
    local = Local(env={"AWS_REGION": "local", "TZ": "UTC", "LEVEL": "local"})
    spec = _spec(local, of=FARGATE, environment={"LEVEL": "own"})
    assert spec.environment == {
        "AWS_EXECUTION_ENV": "AWS_ECS_FARGATE",
        "AWS_REGION": "local",
        "AWS_DEFAULT_REGION": "ap-northeast-1",
        "TZ": "UTC",
        "LEVEL": "own",
    }
    assert _spec(of=FARGATE, environment={"AWS_REGION": "mine"}).environment["AWS_REGION"] == "mine"


def test_an_image_may_be_mapped_to_a_local_one() -> None:
    local = Local(images={"alpine:latest": LocalImage(image="mine:1")})
    assert _spec(local).image == "mine:1"


def test_our_labels_stand_above_those_of_the_definition() -> None:
    labels = {"ecs-local.owner": "forged", "ecs-local.task-id": "forged", "team": "data"}
    spec = _spec(docker_labels=labels)
    assert (spec.labels["ecs-local.owner"], spec.labels["team"]) == ("me", "data")
    assert spec.labels["ecs-local.task-id"] != "forged"


def test_a_volume_belongs_to_the_task_and_is_mounted_where_the_containers_say() -> None:
    writer = container("writer", mount_points=(MountPoint(source_volume="v", container_path="/a"),))
    reader = container(
        "reader", mount_points=(MountPoint(source_volume="v", container_path="/b", read_only=True),)
    )
    made = task(writer, reader, volumes=(Volume(name="v"),))
    plan = _plan(made)
    volume = f"ecs-job-{made.id}-v"
    planned = plan.volumes["v"]
    assert isinstance(planned, PlannedVolume)
    assert planned.name == volume
    assert planned.labels["ecs-local.task-id"] == made.id
    assert [spec.mounts for spec in plan.containers] == [
        (VolumeMount(volume=volume, container_path="/a"),),
        (VolumeMount(volume=volume, container_path="/b", read_only=True),),
    ]


def test_an_absent_or_empty_command_leaves_the_images_own() -> None:
    assert _spec().command is None
    assert _spec(command=(), entry_point=()).command is None
    spec = _spec(command=("-c", "date"), entry_point=("sh",))
    assert (spec.entry_point, spec.command) == (("sh",), ("-c", "date"))


def test_the_rest_is_handed_on_as_it_is() -> None:
    limit = Ulimit(name="nofile", soft_limit=10, hard_limit=20)
    spec = _spec(
        of={"cpu_architecture": "ARM64"},
        user="1000:1000",
        working_directory="/work",
        memory_reservation=64,
        ulimits=(limit,),
        readonly_root_filesystem=True,
        init_process_enabled=True,
        interactive=True,
        pseudo_terminal=True,
    )
    assert (spec.user, spec.working_directory) == ("1000:1000", "/work")
    assert spec.memory_reservation_bytes == 64 * MIB
    assert spec.ulimits == (limit,)
    assert (spec.read_only_root, spec.init, spec.open_stdin, spec.tty) == (True,) * 4
    assert spec.platform == "linux/arm64"
