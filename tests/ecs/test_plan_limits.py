"""What a task and its containers may use, and where its volumes and ports are."""

from pathlib import PurePath
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.ecs.host_ports import HostPorts
from emulator.ecs.plan import Host, TaskPlan, plan_task
from emulator.ecs.plan_volumes import PlannedDirectory
from emulator.engines.spec import HostMount
from emulator.model.definitions import Local
from emulator.model.linux import Ulimit
from emulator.model.networking import PortMapping
from emulator.model.task_definition import LaunchType, NetworkMode
from emulator.model.volumes import FileSystem, HostPath, MountPoint, Volume
from tests.builders import container, task, task_definition

MIB = 1024 * 1024
STATE = PurePath("/state")
FARGATE: dict[str, Any] = {
    "requires_compatibilities": (LaunchType.FARGATE,),
    "network_mode": NetworkMode.AWSVPC,
    "cpu": 256,
    "memory": 512,
}


def _plan(*containers: Any, local: Local | None = None, **fields: Any) -> TaskPlan:
    host = Host(
        cpus=2,
        no_groups=fields.pop("no_groups", None),
        most_open_files=fields.pop("most_open_files", None),
        state_directory=STATE,
    )
    return plan_task(task(*containers, **fields), local or Local(), host, pause_image="pause")


def test_the_limits_of_a_task_are_those_of_its_only_container() -> None:
    plan = _plan(container(), **FARGATE)
    assert plan.group is None
    assert plan.containers[0].memory_bytes == 512 * MIB
    assert plan.containers[0].nano_cpus == 250_000_000


def test_several_containers_have_the_limits_of_the_task_together() -> None:
    plan = _plan(container("a"), container("b", memory=128), **FARGATE)
    assert plan.group is not None
    assert (plan.group.memory_bytes, plan.group.nano_cpus) == (512 * MIB, 250_000_000)
    assert [spec.group for spec in plan.containers] == [plan.group.name] * 2
    assert [spec.memory_bytes for spec in plan.containers] == [None, 128 * MIB]
    assert [spec.nano_cpus for spec in plan.containers] == [None, None]


def test_where_that_cannot_be_each_has_them_alone() -> None:
    plan = _plan(container("a"), container("b", memory=128), no_groups="not root", **FARGATE)
    assert plan.group is None
    assert [spec.memory_bytes for spec in plan.containers] == [512 * MIB, 128 * MIB]


@pytest.mark.parametrize(
    ("cpu", "shares"), [(0, 2), (1, 2), (256, 256), (262_144, 262_144), (300_000, 262_144)]
)
def test_cpu_units_are_shares_as_the_agent_gives_them(cpu: int, shares: int) -> None:
    (spec,) = _plan(container(cpu=cpu)).containers
    assert (spec.cpu_shares, spec.nano_cpus) == (shares, None)


def test_a_container_of_fargate_keeps_its_own_limit_of_open_files() -> None:
    own = Ulimit(name="nofile", soft_limit=1024, hard_limit=4096)
    (spec,) = _plan(container(ulimits=(own,)), **FARGATE).containers
    assert spec.ulimits == (own,)


def test_swap_is_for_ec2_alone() -> None:
    (fargate,) = _plan(container(memory=128), **FARGATE).containers
    assert fargate.memory_swap_bytes == fargate.memory_bytes == 128 * MIB
    (ec2,) = _plan(container(memory=128)).containers
    assert (ec2.memory_bytes, ec2.memory_swap_bytes) == (128 * MIB, None)


@pytest.mark.parametrize(("most", "limit"), [(None, 65535), (20_000, 20_000), (10**6, 65535)])
def test_fargate_lets_a_container_open_65535_files_or_what_the_engine_can_give(
    most: int | None, limit: int
) -> None:
    (spec,) = _plan(container(), most_open_files=most, **FARGATE).containers
    assert [(u.name, u.soft_limit, u.hard_limit) for u in spec.ulimits] == [
        ("nofile", limit, limit)
    ]
    assert _plan(container()).containers[0].ulimits == ()


@pytest.mark.parametrize(
    ("system", "path"),
    [
        (FileSystem(file_system="fs-1"), "/state/efs/fs-1"),
        (FileSystem(file_system="fs-1", root_directory="/a/b"), "/state/efs/fs-1/a/b"),
        (FileSystem(file_system="fs-1", access_point="fsap-1"), "/state/efs/fs-1/fsap-1"),
        (FileSystem(file_system="arn:aws:s3files:r:1:file-system/x"), "/state/efs/x"),
        (FileSystem(file_system="fs-2", root_directory="/a"), "/data/a"),
    ],
)
def test_a_file_system_is_a_directory(system: FileSystem, path: str) -> None:
    local = Local(volumes={"fs-2": "/data"})
    mount = MountPoint(source_volume="v", container_path="/v")
    plan = _plan(
        container(mount_points=(mount,)), local=local, volumes=(Volume(name="v", content=system),)
    )
    assert plan.containers[0].mounts == (HostMount(host_path=path, container_path="/v"),)


@given(st.text(min_size=1), st.none() | st.text(min_size=1))
def test_no_name_of_a_file_system_leads_out_of_the_state_directory(
    system: str, point: str | None
) -> None:
    content = FileSystem(file_system=system, access_point=point)
    planned = _plan(container(), volumes=(Volume(name="v", content=content),)).volumes["v"]
    assert isinstance(planned, PlannedDirectory)
    assert ".." not in planned.path.parts
    assert planned.path.is_relative_to(STATE / "efs")
    assert len(planned.path.parts) == (4 if point is None else 5)


def test_a_directory_may_stand_for_a_path_of_the_machine() -> None:
    volume = Volume(name="v", content=HostPath(source_path="/etc"))
    assert _plan(container(), volumes=(volume,)).volumes["v"] == volume.content
    mapped = _plan(container(), local=Local(volumes={"v": "/mine"}), volumes=(volume,))
    assert mapped.volumes["v"] == PlannedDirectory(path=PurePath("/mine"))


def test_a_task_that_runs_twice_gets_another_port_and_says_so() -> None:
    said: list[str] = []
    ports = HostPorts("127.0.0.1", said.append)
    mapping = PortMapping(container_port=39871)
    definition = task_definition(
        container(port_mappings=(mapping,)), network_mode=NetworkMode.AWSVPC
    )
    assert ports.choose("one", definition) == {("app", 39871, "tcp"): 39871}
    assert ports.choose("two", definition) == {}
    assert "port 39871 of 127.0.0.1 is taken" in said[0]
    ports.release("one")
    assert ports.choose("three", definition) == {("app", 39871, "tcp"): 39871}
