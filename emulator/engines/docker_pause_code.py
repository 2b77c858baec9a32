"""Machine code of a program of system calls, and the ELF file around it (pure).

Enough for the pause image on the two architectures that containers run on: a call with constants
or addresses of data, a jump, and a jump where the call before has failed.
"""

import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from emulator.errors import EngineError
from emulator.values import frozen

_LOAD_ADDRESS: Final = 0x400000
_ELF_HEADER_SIZE: Final = 64
_PROGRAM_HEADER_SIZE: Final = 56
_START: Final = _LOAD_ADDRESS + _ELF_HEADER_SIZE + _PROGRAM_HEADER_SIZE

Call = tuple[str | int, ...]
"""A system call's name and its arguments: numbers, or names of data whose address is meant."""


@dataclass(frozen=True, slots=True)
class Label:
    """A place to jump to."""

    name: str


@dataclass(frozen=True, slots=True)
class Jump:
    """Go on at a label."""

    label: str


@dataclass(frozen=True, slots=True)
class IfFailed:
    """Go on at a label where the call before has failed."""

    label: str


Step = Call | Label | Jump | IfFailed


@frozen
class _Machine:
    """How one architecture writes the steps: `number` is ELF's, `calls` are system calls by name.

    `jump` and `if_failed` take the distance from their own beginning. The length of a piece does
    not depend on the numbers in it.
    """

    number: int
    calls: Mapping[str, int]
    call: Callable[[int, Sequence[int]], bytes]
    jump: Callable[[int], bytes]
    if_failed: Callable[[int], bytes]


_MOVES: Final = (b"\xbf", b"\xbe", b"\xba", b"\x41\xba", b"\x41\xb8")
"""`mov` of 32 bits into the registers of arguments: edi, esi, edx, r10d, r8d."""


def _x86_64_call(number: int, arguments: Sequence[int]) -> bytes:
    moves = (
        move + struct.pack("<I", value) for move, value in zip(_MOVES, arguments, strict=False)
    )
    return b"".join(moves) + b"\xb8" + struct.pack("<I", number) + b"\x0f\x05"


_X86_64: Final = _Machine(
    number=62,
    calls={
        "write": 1,
        "close": 3,
        "rt_sigaction": 13,
        "socket": 41,
        "connect": 42,
        "recvfrom": 45,
        "sendmsg": 46,
        "bind": 49,
        "listen": 50,
        "setsockopt": 54,
        "ppoll": 271,
    },
    call=_x86_64_call,
    jump=lambda distance: b"\xe9" + struct.pack("<i", distance - 5),
    # test eax, eax; js
    if_failed=lambda distance: b"\x85\xc0\x0f\x88" + struct.pack("<i", distance - 8),
)


def _aarch64_call(number: int, arguments: Sequence[int]) -> bytes:
    words = []
    for register, value in [*enumerate(arguments), (8, number)]:
        words.append(0xD2800000 | (value & 0xFFFF) << 5 | register)  # movz
        words.append(0xF2A00000 | (value >> 16) << 5 | register)  # movk, the upper half of 32 bits
    return struct.pack(f"<{len(words) + 1}I", *words, 0xD4000001)  # svc


_AARCH64: Final = _Machine(
    number=183,
    calls={
        "close": 57,
        "write": 64,
        "ppoll": 73,
        "rt_sigaction": 134,
        "socket": 198,
        "bind": 200,
        "listen": 201,
        "connect": 203,
        "recvfrom": 207,
        "setsockopt": 208,
        "sendmsg": 211,
    },
    call=_aarch64_call,
    jump=lambda distance: struct.pack("<I", 0x14000000 | distance // 4 & 0x3FFFFFF),
    # tbnz x0, #63
    if_failed=lambda distance: struct.pack("<I", 0xB7F80000 | (distance // 4 & 0x3FFF) << 5),
)

_MACHINES: Final[Mapping[str, _Machine]] = {
    **dict.fromkeys(("amd64", "x86_64"), _X86_64),
    **dict.fromkeys(("arm64", "aarch64"), _AARCH64),
}


def elf_program(
    architecture: str,
    steps: Sequence[Step],
    data: Mapping[str, bytes],
    message: Callable[[int], bytes],
) -> bytes:
    """Return steps as a 64-bit static ELF file, with data behind them.

    `message` makes the last of the data, called `message`, for the address it is told.

    Raises `EngineError` for an architecture that is not known here.
    """
    machine = _MACHINES.get(architecture)
    if machine is None:
        text = f"no pause image for the architecture {architecture!r}"
        hint = "use networkMode bridge or host in the task definition"
        raise EngineError(text, hint=hint)
    program = _linked(machine, steps, data, message)
    size = _START - _LOAD_ADDRESS + len(program)
    return _headers(machine.number, size) + program


def _linked(
    machine: _Machine,
    steps: Sequence[Step],
    data: Mapping[str, bytes],
    message: Callable[[int], bytes],
) -> bytes:
    """Return the code twice: first to see how long it is, then with all addresses in it."""
    nowhere = dict.fromkeys((*data, "message"), 0)
    labels = {step.name: 0 for step in steps if isinstance(step, Label)}
    pieces = [_piece(machine, step, 0, nowhere, labels) for step in steps]
    offset = 0
    for step, piece in zip(steps, pieces, strict=True):
        if isinstance(step, Label):
            labels[step.name] = offset
        offset += len(piece)
    padding = bytes(-offset % 8)
    addresses, contents = {}, b""
    for name, content in data.items():
        addresses[name] = _START + offset + len(padding) + len(contents)
        contents += content + bytes(-len(content) % 8)
    addresses["message"] = _START + offset + len(padding) + len(contents)
    code = b""
    for step in steps:
        code += _piece(machine, step, len(code), addresses, labels)
    return code + padding + contents + message(addresses["message"])


def _piece(
    machine: _Machine,
    step: Step,
    here: int,
    addresses: Mapping[str, int],
    labels: Mapping[str, int],
) -> bytes:
    match step:
        case Label():
            return b""
        case Jump():
            return machine.jump(labels[step.label] - here)
        case IfFailed():
            return machine.if_failed(labels[step.label] - here)
        case name, *words:
            arguments = [addresses[w] if isinstance(w, str) else w for w in words]
            return machine.call(machine.calls[str(name)], arguments)
        case _:
            message = f"{step} is not a step"
            raise ValueError(message)


def _headers(machine: int, size: int) -> bytes:
    """Return the headers of a file that is one segment, which can be read and executed."""
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
    segment = struct.pack("<IIQQQQQQ", 1, 5, 0, _LOAD_ADDRESS, _LOAD_ADDRESS, size, size, 0x10000)
    return header + segment
