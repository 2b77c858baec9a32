"""Control groups of tasks: the steps for each kind of engine, and why there may be none.

The facts of engines are as `docker info` gives them.
"""

from pathlib import Path
from typing import Any, Final

import pytest

from emulator.engines.base import EngineRefusedError
from emulator.engines.docker_group_steps import (
    Kind,
    Limits,
    Make,
    Remove,
    Run,
    Step,
    Write,
    making,
    parent,
    removing,
)
from emulator.engines.docker_groups import Rights, carry_out, obstacle

TASK: Final = "/ecs/0123456789abcdef0123456789abcdef"
SLICE: Final = "ecstasks-0123456789abcdef0123456789abcdef.slice"
MIB: Final = 1024 * 1024
LIMITS: Final = Limits(memory_bytes=96 * MIB, nano_cpus=250_000_000)

DEBIAN_10: Final = {"CgroupDriver": "cgroupfs", "ServerVersion": "18.09.1", "SecurityOptions": None}
DEBIAN_12: Final = {
    "CgroupDriver": "systemd",
    "CgroupVersion": "2",
    "SecurityOptions": ["name=apparmor", "name=seccomp,profile=default", "name=cgroupns"],
}
ALPINE: Final = {"CgroupDriver": "cgroupfs", "CgroupVersion": "2", "SecurityOptions": []}
ROOTLESS: Final = {**DEBIAN_12, "SecurityOptions": ["name=seccomp", "name=rootless"]}
NO_DRIVER: Final = {**DEBIAN_12, "CgroupDriver": "none"}

ALL: Final = Rights(writes=True, root=True, busctl=True, controllers=frozenset({"cpu", "memory"}))
NOBODY: Final = Rights(writes=False, root=False, busctl=True, controllers=ALL.controllers)


def _screen(steps: list[Step]) -> list[str]:
    """Return steps as somebody would type them."""
    lines = []
    for step in steps:
        match step:
            case Make(path, first):
                lines.append(f"mkdir {path}" + ("" if first is None else f" ({' = '.join(first)})"))
            case Write(path, text, if_there):
                lines.append(f"{path} = {text}" + (" (if there)" if if_there else ""))
            case Remove(path):
                lines.append(f"rmdir {path}")
            case Run(command):
                lines.append(" ".join(command))
    return lines


def _made(info: dict[str, Any], limits: Limits = LIMITS) -> list[str]:
    return _screen(making(Kind.of(info), TASK, limits, Path("/g")))


def test_version_1_has_a_directory_for_each_resource() -> None:
    assert _made(DEBIAN_10) == [
        "mkdir /g/memory/ecs (memory.use_hierarchy = 1)",
        f"mkdir /g/memory{TASK}",
        f"/g/memory{TASK}/memory.use_hierarchy = 1",
        f"/g/memory{TASK}/memory.limit_in_bytes = 100663296",
        f"/g/memory{TASK}/memory.memsw.limit_in_bytes = 100663296 (if there)",
        f"mkdir /g/cpu{TASK}",
        f"/g/cpu{TASK}/cpu.cfs_period_us = 100000",
        f"/g/cpu{TASK}/cpu.cfs_quota_us = 25000",
    ]
    assert parent(Kind.of(DEBIAN_10), TASK) == TASK


def test_version_2_has_one_directory_below_groups_that_share_their_resources_out() -> None:
    assert _made(ALPINE) == [
        "mkdir /g",
        "/g/cgroup.subtree_control = +memory",
        "/g/cgroup.subtree_control = +cpu",
        "mkdir /g/ecs",
        "/g/ecs/cgroup.subtree_control = +memory",
        "/g/ecs/cgroup.subtree_control = +cpu",
        f"mkdir /g{TASK}",
        f"/g{TASK}/memory.max = 100663296",
        f"/g{TASK}/memory.swap.max = 0 (if there)",
        f"/g{TASK}/cpu.max = 25000 100000",
    ]
    assert parent(Kind.of(ALPINE), TASK) == TASK


def test_systemd_makes_a_slice_with_the_agents_name() -> None:
    (line,) = _made(DEBIAN_12)
    assert line == (
        "busctl call org.freedesktop.systemd1 /org/freedesktop/systemd1 "
        "org.freedesktop.systemd1.Manager StartTransientUnit ssa(sv)a(sa(sv)) "
        f"{SLICE} fail 4 MemoryMax t 100663296 MemorySwapMax t 0 "
        "CPUQuotaPerSecUSec t 250000 CPUQuotaPeriodUSec t 100000 0"
    )
    assert parent(Kind.of(DEBIAN_12), TASK) == SLICE
    assert _screen(removing(Kind.of(DEBIAN_12), TASK)) == [f"systemctl stop {SLICE}"]


def test_systemd_on_version_1_knows_no_limit_of_swap() -> None:
    (line,) = _made({**DEBIAN_12, "CgroupVersion": "1"})
    assert "MemoryMax t 100663296 CPUQuotaPerSecUSec" in line


@pytest.mark.parametrize("info", [DEBIAN_10, ALPINE, DEBIAN_12])
def test_what_has_no_limit_is_not_limited(info: dict[str, Any]) -> None:
    memory = "\n".join(_made(info, Limits(memory_bytes=96 * MIB, nano_cpus=None)))
    assert "100663296" in memory
    assert "cfs_quota" not in memory
    assert "cpu.max" not in memory
    assert "CPUQuota" not in memory
    cpu = "\n".join(_made(info, Limits(memory_bytes=None, nano_cpus=2_000_000_000)))
    assert "memory.max" not in cpu
    assert "limit_in_bytes" not in cpu
    assert "MemoryMax" not in cpu


def test_the_smallest_quota_is_the_kernels() -> None:
    assert Limits(memory_bytes=None, nano_cpus=1).quota == 1000


@pytest.mark.parametrize("info", [DEBIAN_10, ALPINE, DEBIAN_12])
@pytest.mark.parametrize(
    "name", ["", "/", "ecs/x", "/ecs/../x", "/ecs/x y", "/ecs/x\n", "/a/b/c/d"]
)
def test_a_name_that_leads_elsewhere_is_refused(info: dict[str, Any], name: str) -> None:
    with pytest.raises(EngineRefusedError):
        making(Kind.of(info), name, LIMITS)
    with pytest.raises(EngineRefusedError):
        removing(Kind.of(info), name)
    with pytest.raises(EngineRefusedError):
        parent(Kind.of(info), name)


@pytest.mark.parametrize(
    ("info", "rights", "reason"),
    [
        (DEBIAN_10, ALL, None),
        (ALPINE, ALL, None),
        (DEBIAN_12, ALL, None),
        (DEBIAN_10, NOBODY, "it takes the rights of root"),
        (ALPINE, NOBODY, "it takes the rights of root"),
        (DEBIAN_12, NOBODY, "it takes the rights of root"),
        (ROOTLESS, ALL, "the engine runs without the rights of root"),
        (NO_DRIVER, ALL, "the engine uses control groups version 2 by none"),
        (
            ALPINE,
            Rights(writes=True, root=True, busctl=False, controllers=frozenset({"pids"})),
            "control groups of this machine do not limit cpu and memory",
        ),
        (
            DEBIAN_12,
            Rights(writes=True, root=True, busctl=False),
            "systemd's command busctl is not here",
        ),
    ],
)
def test_what_keeps_containers_from_being_limited_together_is_told(
    info: dict[str, Any], rights: Rights, reason: str | None
) -> None:
    assert obstacle(info, "/var/run/docker.sock", rights) == reason


def test_an_engine_on_another_machine_is_out_of_reach() -> None:
    assert obstacle(DEBIAN_12, None, ALL) == "the engine is on another machine"


# -- and what is done -----------------------------------------------------------------------------


def test_groups_are_made_as_directories_and_removed_however_often(tmp_path: Path) -> None:
    kind = Kind.of(ALPINE)
    for _ in range(2):
        carry_out(making(kind, TASK, LIMITS, tmp_path))
    group = tmp_path / TASK.lstrip("/")
    assert (group / "memory.max").read_text() == "100663296"
    assert not (group / "memory.swap.max").exists()
    for file in group.iterdir():
        file.unlink()
    for _ in range(2):
        carry_out(removing(kind, TASK, tmp_path))
    assert not group.exists()


def test_a_group_that_is_still_in_use_is_told(tmp_path: Path) -> None:
    (tmp_path / "ecs" / "x" / "container").mkdir(parents=True)
    with pytest.raises(EngineRefusedError, match="Directory not empty"):
        carry_out(removing(Kind.of(ALPINE), "/ecs/x", tmp_path))


def test_a_command_that_fails_is_told_with_its_words_unless_there_was_nothing_to_do() -> None:
    fails = ("sh", "-c", "echo Unit x.slice not loaded. >&2; exit 5")
    carry_out([Run(fails, unless="not loaded")])
    with pytest.raises(EngineRefusedError, match=r"sh cannot .*: Unit x.slice not loaded."):
        carry_out([Run(fails)])
    with pytest.raises(EngineRefusedError, match="No such file"):
        carry_out([Run(("/no/such/command",))])
