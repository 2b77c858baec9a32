"""The pause image: one static program of a few instructions that sleeps until it is killed.

Before that it makes the instance metadata service of a cloud machine unreachable.

A container of it owns the network namespace of a task, as the ECS agent's pause container does.
It is made here because it must be there without a registry.
"""

import io
import struct
import tarfile
from typing import Final

from emulator.errors import EngineError

PAUSE_REPOSITORY: Final = "ecs-local/pause"
PAUSE_TAG: Final = "2"
_LOAD_ADDRESS: Final = 0x400000
_ELF_HEADER_SIZE: Final = 64
_PROGRAM_HEADER_SIZE: Final = 56

_MACHINE_X86_64: Final = 62
_MACHINE_AARCH64: Final = 183

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

_IGNORE: Final = struct.pack("<4Q", 1, 0, 0, 0)
"""A `struct sigaction` that ignores a signal: as process 1 it need not wait for orphans."""

_DATA: Final = _UNREACHABLE_ROUTE + _IGNORE


def _x86_64() -> bytes:
    """Return the program: add the route, ignore SIGCHLD, pause for ever."""
    size = 76
    route = (size - 28).to_bytes(4, "little")
    ignore = (size + len(_UNREACHABLE_ROUTE) - 52).to_bytes(4, "little")
    code = (
        bytes.fromhex("bf10000000be0300000031d2b8290000000f05")  # socket(AF_NETLINK, SOCK_RAW, 0)
        + bytes.fromhex("89c7488d35")  # its number; the address of ...
        + route
        + bytes.fromhex("ba24000000b8010000000f05")  # write(number, route, 36)
        + bytes.fromhex("bf11000000488d35")  # SIGCHLD; the address of ...
        + ignore
        + bytes.fromhex("31d241ba08000000b80d0000000f05")  # rt_sigaction(SIGCHLD, ignore, 0, 8)
        + bytes.fromhex("b8220000000f05ebf7")  # pause, again and again
    )
    return code + _DATA


def _aarch64() -> bytes:
    """Return the same program; there is no pause(2), so ppoll(2) waits for nothing."""
    size = 4 * 23
    words = [
        *_aarch64_call(198, 16, 3, 0),  # socket
        _aarch64_address(1, size - 4 * 5),
        _aarch64_move(2, len(_UNREACHABLE_ROUTE)),
        *_aarch64_call(64),  # write
        _aarch64_move(0, 17),
        _aarch64_address(1, size + len(_UNREACHABLE_ROUTE) - 4 * 10),
        _aarch64_move(2, 0),
        _aarch64_move(3, 8),
        *_aarch64_call(134),  # rt_sigaction
        *_aarch64_call(73, 0, 0, 0, 0, 0),  # ppoll
        0x17FFFFF9,  # back to the arguments of ppoll
    ]
    return struct.pack(f"<{len(words)}I", *words) + _DATA


def _aarch64_move(register: int, value: int) -> int:
    return 0xD2800000 | value << 5 | register


def _aarch64_address(register: int, distance: int) -> int:
    return 0x10000000 | (distance & 3) << 29 | (distance >> 2) << 5 | register


def _aarch64_call(number: int, *arguments: int) -> list[int]:
    moves = [_aarch64_move(register, value) for register, value in enumerate(arguments)]
    return [*moves, _aarch64_move(8, number), 0xD4000001]


_CODE: Final = {_MACHINE_X86_64: _x86_64, _MACHINE_AARCH64: _aarch64}
_MACHINES: Final = {
    "amd64": _MACHINE_X86_64,
    "x86_64": _MACHINE_X86_64,
    "arm64": _MACHINE_AARCH64,
    "aarch64": _MACHINE_AARCH64,
}


def pause_program(architecture: str) -> bytes:
    """Return the program as a 64-bit static ELF file.

    Raises `EngineError` for an architecture it was not written for.
    """
    machine = _MACHINES.get(architecture)
    if machine is None:
        message = f"no pause image for the architecture {architecture!r}"
        hint = "use networkMode bridge or host in the task definition"
        raise EngineError(message, hint=hint)
    code = _CODE[machine]()
    start = _ELF_HEADER_SIZE + _PROGRAM_HEADER_SIZE
    size = start + len(code)
    identity = b"\x7fELF" + bytes([2, 1, 1]) + bytes(9)
    header = identity + struct.pack(
        "<HHIQQQIHHHHHH",
        2,  # executable
        machine,
        1,
        _LOAD_ADDRESS + start,
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
    return header + load_segment + code


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
