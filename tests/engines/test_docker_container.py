"""What the engine is told of a container's limits and rights, field by field of its definition."""

from typing import Any

import pytest

from emulator.engines.docker_container import container_config
from emulator.engines.spec import ContainerSpec, HostMount, Naming, NoNetwork, VolumeMount
from emulator.model.linux import Device, LinuxParameters, SystemControl, Tmpfs, Ulimit
from emulator.model.networking import HostEntry

MIB = 1024 * 1024


def _host_config(**fields: Any) -> dict[str, Any]:
    """Return what a spec's fields add to the `HostConfig` of a container without any."""
    plain, given = (
        container_config(
            ContainerSpec(name="job", image="alpine", **each), log={}, parent=each.get("group")
        )["HostConfig"]
        for each in ({}, fields)
    )
    return {key: value for key, value in given.items() if plain.get(key) != value}


def _linux(**fields: Any) -> dict[str, Any]:
    return {"linux": LinuxParameters(**fields)}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"cpu_shares": 256}, {"CpuShares": 256}),
        ({"nano_cpus": 250_000_000}, {"NanoCpus": 250_000_000}),
        ({"memory_bytes": 64 * MIB}, {"Memory": 64 * MIB}),
        (
            {"memory_bytes": 64 * MIB, "memory_swap_bytes": 64 * MIB},
            {"Memory": 64 * MIB, "MemorySwap": 64 * MIB},
        ),
        ({"memory_reservation_bytes": 32 * MIB}, {"MemoryReservation": 32 * MIB}),
        (
            {"memory_bytes": 64 * MIB, **_linux(max_swap=16)},
            {"Memory": 64 * MIB, "MemorySwap": 80 * MIB},
        ),
        # No swap is as much together as there is memory alone.
        (
            {"memory_bytes": 64 * MIB, **_linux(max_swap=0)},
            {"Memory": 64 * MIB, "MemorySwap": 64 * MIB},
        ),
        (_linux(swappiness=0), {"MemorySwappiness": 0}),
        (_linux(shared_memory_size=16), {"ShmSize": 16 * MIB}),
        (
            _linux(
                tmpfs=(Tmpfs(container_path="/t", size=8, mount_options=("noexec", "mode=700")),)
            ),
            {"Tmpfs": {"/t": "noexec,mode=700,size=8m"}},
        ),
        (
            {"ulimits": (Ulimit(name="nofile", soft_limit=1, hard_limit=2),)},
            {"Ulimits": [{"Name": "nofile", "Soft": 1, "Hard": 2}]},
        ),
        (
            _linux(capabilities_add=("SYS_PTRACE",), capabilities_drop=("ALL",)),
            {"CapAdd": ["SYS_PTRACE"], "CapDrop": ["ALL"]},
        ),
        (
            {"system_controls": (SystemControl(namespace="net.core.somaxconn", value="7"),)},
            {"Sysctls": {"net.core.somaxconn": "7"}},
        ),
        (
            _linux(devices=(Device(host_path="/dev/fuse", permissions=("read", "mknod")),)),
            {
                "Devices": [
                    {
                        "PathOnHost": "/dev/fuse",
                        "PathInContainer": "/dev/fuse",
                        "CgroupPermissions": "rm",
                    }
                ]
            },
        ),
        ({"privileged": True}, {"Privileged": True}),
        ({"read_only_root": True}, {"ReadonlyRootfs": True}),
        ({"security_options": ("no-new-privileges",)}, {"SecurityOpt": ["no-new-privileges"]}),
        ({"init": True}, {"Init": True}),
        ({"gpus": 2}, {"DeviceRequests": [{"Count": 2, "Capabilities": [["gpu"]]}]}),
        ({"group": "/ecs/x"}, {"CgroupParent": "/ecs/x"}),
    ],
)
def test_a_limit_or_right_is_exactly_what_the_engine_is_told(
    fields: dict[str, Any], expected: dict[str, Any]
) -> None:
    assert _host_config(**fields) == expected


def test_the_engines_log_is_as_it_was_chosen_and_nothing_is_removed_behind_our_back() -> None:
    log = {"Type": "local", "Config": {"max-size": "1000t"}}
    config = container_config(ContainerSpec(name="job", image="alpine"), log=log, parent=None)
    assert config["HostConfig"]["LogConfig"] == log
    assert "AutoRemove" not in config["HostConfig"]
    assert "RestartPolicy" not in config["HostConfig"]


def test_a_directory_with_a_colon_in_its_path_is_no_bind_which_would_end_there() -> None:
    mounts = (
        VolumeMount(volume="data", container_path="/data"),
        HostMount(host_path="/srv/files", container_path="/files", read_only=True),
        HostMount(host_path="/home/me/a:b/efs", container_path="/efs"),
    )
    assert _host_config(mounts=mounts) == {
        "Binds": ["/srv/files:/files:ro"],
        "Mounts": [
            {"Type": "volume", "Source": "data", "Target": "/data", "ReadOnly": False},
            {"Type": "bind", "Source": "/home/me/a:b/efs", "Target": "/efs", "ReadOnly": False},
        ],
    }


def test_a_container_without_a_network_has_a_name_all_the_same() -> None:
    naming = Naming(
        hostname="front", extra_hosts=(HostEntry(hostname="db", ip_address="10.0.0.1"),)
    )
    config = container_config(
        ContainerSpec(name="job", image="alpine", network=NoNetwork(naming=naming)),
        log={},
        parent=None,
    )
    assert config["Hostname"] == "front"
    assert config["HostConfig"]["NetworkMode"] == "none"
    assert config["HostConfig"]["ExtraHosts"] == ["db:10.0.0.1"]
