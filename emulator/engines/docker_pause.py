"""The pause image: one static program of a few system calls that sleeps until it is killed.

Before that it makes the instance metadata service of a cloud machine unreachable, and hands the
task's own endpoint over to ecs-local: a socket that listens at 169.254.170.2, which it makes within
the task's network and sends through the Unix socket
`HANDOVER`, where that is mounted. Who then
accepts the task's connections runs outside of it, and nothing is routed or relayed.

A container of it owns the network namespace of a task, as the ECS agent's pause container does.
It is made here because it must be there without a registry.
"""

import io
import struct
import tarfile
from typing import Final

from emulator.engines.spec import HANDOVER
from emulator.errors import EngineError

PAUSE_REPOSITORY: Final = "ecs-local/pause"
PAUSE_TAG: Final = "3"
_LOAD_ADDRESS: Final = 0x400000
_ELF_HEADER_SIZE: Final = 64
_PROGRAM_HEADER_SIZE: Final = 56
_START: Final = _LOAD_ADDRESS + _ELF_HEADER_SIZE + _PROGRAM_HEADER_SIZE

_X86_64: Final = 62
_AARCH64: Final = 183
_MACHINES: Final = {
    "amd64": _X86_64,
    "x86_64": _X86_64,
    "arm64": _AARCH64,
    "aarch64": _AARCH64,
}
_NUMBERS: Final = {
    _X86_64: {
        "write": 1,
        "close": 3,
        "rt_sigaction": 13,
        "socket": 41,
        "connect": 42,
        "sendmsg": 46,
        "bind": 49,
        "listen": 50,
        "ppoll": 271,
    },
    _AARCH64: {
        "write": 64,
        "close": 57,
        "rt_sigaction": 134,
        "socket": 198,
        "connect": 203,
        "sendmsg": 211,
        "bind": 200,
        "listen": 201,
        "ppoll": 73,
    },
}
"""System calls by name."""

_NETLINK, _LISTENER, _EMULATOR = 3, 4, 5
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

_ENDPOINT: Final = struct.pack("<H2B4B8x", 2, 0, 80, 169, 254, 170, 2)
"""A `struct sockaddr_in`: port 80 of it."""

_PATH: Final = struct.pack("<H", 1) + HANDOVER.encode() + b"\0"
"""A `struct sockaddr_un`."""

_IGNORE: Final = struct.pack("<4Q", 1, 0, 0, 0)
"""A `struct sigaction` that ignores a signal: as process 1 it need not wait for orphans."""

_DATA: Final = {
    "route": _UNREACHABLE_ROUTE,
    "address": _ADDRESS,
    "endpoint": _ENDPOINT,
    "path": _PATH,
    "ignore": _IGNORE,
}

_Call = tuple[str | int, ...]
"""A system call and its arguments: numbers, or names of data whose address is meant."""

_CALLS: Final[tuple[_Call, ...]] = (
    ("socket", 16, 3, 0),  # AF_NETLINK, SOCK_RAW
    ("write", _NETLINK, "route", len(_UNREACHABLE_ROUTE)),
    ("rt_sigaction", 17, "ignore", 0, 8),  # SIGCHLD
    ("write", _NETLINK, "address", len(_ADDRESS)),
    ("socket", 2, 1, 0),  # AF_INET, SOCK_STREAM
    ("bind", _LISTENER, "endpoint", len(_ENDPOINT)),
    ("listen", _LISTENER, 128),
    ("socket", 1, 1, 0),  # AF_UNIX, SOCK_STREAM
    ("connect", _EMULATOR, "path", len(_PATH)),
    ("sendmsg", _EMULATOR, "message", 0),
    # From here on the receiver alone holds the socket: when it is gone, nothing listens.
    ("close", _LISTENER),
    ("close", _EMULATOR),
)
_SLEEP: Final[_Call] = ("ppoll", 0, 0, 0, 0, 0)
"""Waits for nothing, for ever; a signal that kills ends it."""


def _message(base: int) -> bytes:
    """Return, to lie at an address, a `struct msghdr` that carries the listening socket."""
    control = struct.pack("<QIIIx3x", 20, 1, 1, _LISTENER)  # SOL_SOCKET, SCM_RIGHTS
    vector, byte = base + 56 + len(control), base + 56 + len(control) + 16
    header = struct.pack("<QQQQQQQ", 0, 0, vector, 1, base + 56, len(control), 0)
    return header + control + struct.pack("<QQ", byte, 1) + b"."


def _program(machine: int) -> bytes:
    """Return the calls one after the other, the last again and again, and their data."""
    addresses = dict.fromkeys((*_DATA, "message"), 0)
    base = _START + len(_code(machine, addresses))
    data = b""
    for name, content in _DATA.items():
        addresses[name] = base + len(data)
        data += content + bytes(-len(content) % 8)
    addresses["message"] = base + len(data)
    return _code(machine, addresses) + data + _message(addresses["message"])


def _code(machine: int, addresses: dict[str, int]) -> bytes:
    encode = {_X86_64: _x86_64_call, _AARCH64: _aarch64_call}[machine]

    def call(words: _Call) -> bytes:
        arguments = [addresses[w] if isinstance(w, str) else w for w in words[1:]]
        return encode(_NUMBERS[machine][str(words[0])], arguments)

    sleep = call(_SLEEP)
    code = b"".join(map(call, _CALLS)) + sleep
    if machine == _X86_64:
        return code + bytes([0xEB, 256 - len(sleep) - 2]) + bytes(-(len(code) + 2) % 8)
    back = -len(sleep) // 4 & 0x3FFFFFF
    return code + struct.pack("<I", 0x14000000 | back) + bytes(-(len(code) + 4) % 8)


_X86_64_MOVES: Final = (b"\xbf", b"\xbe", b"\xba", b"\x41\xba", b"\x41\xb8")
"""`mov` of 32 bits into the registers of arguments: edi, esi, edx, r10d, r8d."""


def _x86_64_call(number: int, arguments: list[int]) -> bytes:
    moves = (
        move + struct.pack("<I", value)
        for move, value in zip(_X86_64_MOVES, arguments, strict=False)
    )
    return b"".join(moves) + b"\xb8" + struct.pack("<I", number) + b"\x0f\x05"


def _aarch64_call(number: int, arguments: list[int]) -> bytes:
    words = []
    for register, value in [*enumerate(arguments), (8, number)]:
        words.append(0xD2800000 | (value & 0xFFFF) << 5 | register)  # movz
        words.append(0xF2A00000 | (value >> 16) << 5 | register)  # movk, the upper 16 of 32 bits
    return struct.pack(f"<{len(words) + 1}I", *words, 0xD4000001)  # svc


def pause_program(architecture: str) -> bytes:
    """Return the program as a 64-bit static ELF file.

    Raises `EngineError` for an architecture it was not written for.
    """
    machine = _MACHINES.get(architecture)
    if machine is None:
        message = f"no pause image for the architecture {architecture!r}"
        hint = "use networkMode bridge or host in the task definition"
        raise EngineError(message, hint=hint)
    program = _program(machine)
    size = _START - _LOAD_ADDRESS + len(program)
    identity = b"\x7fELF" + bytes([2, 1, 1]) + bytes(9)
    header = identity + struct.pack(
        "<HHIQQQIHHHHHH",
        2,  # executable
        machine,
        1,
        _START,
        _ELF_HEADER_SIZE,
        0,
        0,
        _ELF_HEADER_SIZE,
        _PROGRAM_HEADER_SIZE,
        1,
        64,
        0,
        0,
    )
    load_segment = struct.pack(
        "<IIQQQQQQ", 1, 5, 0, _LOAD_ADDRESS, _LOAD_ADDRESS, size, size, 0x10000
    )
    return header + load_segment + program


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
