"""The pause image: one static program of a few system calls that sleeps until it is killed.

Before that it makes the instance metadata service of a cloud machine unreachable, and hands the
endpoint at 169.254.170.2 over to ecs-local: a socket that listens there, which it makes within its
network and sends through the Unix socket in `HANDOVER`, where that directory is mounted. Who then
accepts the connections runs outside of it, and nothing is routed or relayed. When the receiver is
gone, it makes another one for whoever comes next.

A container of it owns the network namespace of a task, as the ECS agent's pause container does.
It is made here because it must be there without a registry.
"""

import io
import struct
import tarfile
from typing import Final

from emulator.engines.docker_pause_code import IfFailed, Jump, Label, Step, elf_program
from emulator.engines.spec import HANDOVER, HANDOVER_SOCKET

PAUSE_REPOSITORY: Final = "ecs-local/pause"
PAUSE_TAG: Final = "4"

_NETLINK, _EMULATOR, _LISTENER = 3, 3, 4
"""Descriptors, by the order in which they are made: 0, 1 and 2 are open in every container."""

_UNREACHABLE_ROUTE: Final = struct.pack(
    "<IHHII BBBBBBBBI HH4B",
    *(36, 24, 0x401, 0, 0),  # a request for a new route, to be created
    *(2, 32, 0, 0, 254, 3, 0, 7, 0),  # IPv4, one address, main table, type "unreachable"
    *(8, 1, 169, 254, 169, 254),  # its destination
)
"""A netlink message (rtnetlink(7)) after which nothing answers at 169.254.169.254.

On a machine of a cloud that address hands out the machine's own credentials; a Fargate task
cannot reach it either.
"""

_ADDRESS: Final = struct.pack(
    "<IHHII BBBBI HH4B HH4B",
    *(40, 20, 0x601, 0, 0),  # a request for a new address, to be created
    *(2, 32, 0, 254, 1),  # IPv4, this address alone, valid on this host, interface 1: loopback
    *(8, 2, 169, 254, 170, 2),  # the local address
    *(8, 1, 169, 254, 170, 2),
)
"""A netlink message after which 169.254.170.2 is an address of the task itself."""

_DATA: Final = {
    "route": _UNREACHABLE_ROUTE,
    "address": _ADDRESS,
    "endpoint": struct.pack("<H2B4B8x", 2, 0, 80, 169, 254, 170, 2),  # a sockaddr_in, port 80
    "path": struct.pack("<H", 1) + f"{HANDOVER}/{HANDOVER_SOCKET}".encode() + b"\0",  # sockaddr_un
    # A sigaction that ignores a signal: as process 1 it need not wait for orphans.
    "ignore": struct.pack("<4Q", 1, 0, 0, 0),
    "one": struct.pack("<I", 1),
    "second": struct.pack("<2Q", 1, 0),  # a timespec
}

_STEPS: Final[tuple[Step, ...]] = (
    ("socket", 16, 3, 0),  # AF_NETLINK, SOCK_RAW
    ("write", _NETLINK, "route", len(_UNREACHABLE_ROUTE)),
    ("rt_sigaction", 17, "ignore", 0, 8),  # SIGCHLD
    ("write", _NETLINK, "address", len(_ADDRESS)),
    ("close", _NETLINK),
    Label("hand over"),
    ("socket", 1, 1, 0),  # AF_UNIX, SOCK_STREAM
    ("connect", _EMULATOR, "path", len(_DATA["path"])),
    IfFailed("again"),
    ("socket", 2, 1, 0),  # AF_INET, SOCK_STREAM
    # Connections that an earlier listener had may linger on.
    ("setsockopt", _LISTENER, 1, 2, "one", 4),  # SOL_SOCKET, SO_REUSEADDR
    ("bind", _LISTENER, "endpoint", len(_DATA["endpoint"])),
    IfFailed("again"),
    ("listen", _LISTENER, 128),
    ("sendmsg", _EMULATOR, "message", 0),
    # From here on the receiver alone holds the socket: when it is gone, nothing listens.
    ("close", _LISTENER),
    ("recvfrom", _EMULATOR, 0, 0, 0, 0),  # Nothing ever comes but the end of the receiver.
    Label("again"),
    ("close", _LISTENER),
    ("close", _EMULATOR),
    ("ppoll", 0, 0, "second", 0, 0),
    Jump("hand over"),
)


def _message(base: int) -> bytes:
    """Return, to lie at an address, a `struct msghdr` that carries the listening socket."""
    control = struct.pack("<QIIIx3x", 20, 1, 1, _LISTENER)  # SOL_SOCKET, SCM_RIGHTS
    vector, byte = base + 56 + len(control), base + 56 + len(control) + 16
    header = struct.pack("<QQQQQQQ", 0, 0, vector, 1, base + 56, len(control), 0)
    return header + control + struct.pack("<QQ", byte, 1) + b"."


def pause_program(architecture: str) -> bytes:
    """Return the program as a 64-bit static ELF file.

    Raises `EngineError` for an architecture it was not written for.
    """
    return elf_program(architecture, _STEPS, _DATA, _message)


def pause_archive(architecture: str) -> bytes:
    """Return a tar archive with the program as `/pause`, to import as an image."""
    program = pause_program(architecture)
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        member = tarfile.TarInfo("pause")
        member.size = len(program)
        member.mode = 0o755
        archive.addfile(member, io.BytesIO(program))
    return buffer.getvalue()
