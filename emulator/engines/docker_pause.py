"""The pause image: one static program of a few instructions that sleeps until it is killed.

A container of it owns the network namespace of a task, as the ECS agent's pause container does.
It is made here because it must be there without a registry.
"""

import io
import struct
import tarfile
from typing import Final

from emulator.errors import EngineError

PAUSE_REPOSITORY: Final = "ecs-local/pause"
PAUSE_TAG: Final = "1"
_LOAD_ADDRESS: Final = 0x400000
_ELF_HEADER_SIZE: Final = 64
_PROGRAM_HEADER_SIZE: Final = 56

_MACHINE_X86_64: Final = 62
_MACHINE_AARCH64: Final = 183
_CODE: Final = {
    _MACHINE_X86_64: bytes.fromhex(
        "b822000000"  # mov eax, 34 (pause)
        "0f05"  # syscall
        "ebf7"  # jmp to the start
    ),
    _MACHINE_AARCH64: struct.pack(
        "<8I",
        0xD2800000,  # mov x0, 0
        0xD2800001,  # mov x1, 0
        0xD2800002,  # mov x2, 0
        0xD2800003,  # mov x3, 0
        0xD2800004,  # mov x4, 0
        0xD2800928,  # mov x8, 73 (ppoll)
        0xD4000001,  # svc 0
        0x17FFFFF9,  # b to the start
    ),
}
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
    code = _CODE[machine]
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
