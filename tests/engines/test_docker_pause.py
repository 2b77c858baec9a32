"""The hand-made program of the pause image."""

import struct

import pytest

from emulator.engines.docker_pause import pause_program
from emulator.errors import EngineError


@pytest.mark.parametrize(("architecture", "machine"), [("amd64", 62), ("arm64", 183)])
def test_the_program_is_a_static_elf_of_its_architecture(architecture: str, machine: int) -> None:
    program = pause_program(architecture)
    assert program[:4] == b"\x7fELF"
    kind, found, _, entry = struct.unpack_from("<HHIQ", program, 16)
    _, flags, _, address, _, size, _, _ = struct.unpack_from("<IIQQQQQQ", program, 64)
    assert (kind, found, flags) == (2, machine, 5)
    assert (address + 120, size) == (entry, len(program))


@pytest.mark.parametrize("architecture", ["amd64", "arm64"])
def test_the_message_points_to_what_it_carries(architecture: str) -> None:
    program = pause_program(architecture)
    load = 0x400000
    header = len(program) - 97
    _, _, vector, vectors, control, length, _ = struct.unpack_from("<7Q", program, header)
    size, level, kind, descriptor = struct.unpack_from("<QIII", program, control - load)
    assert (vectors, length, size, level, kind, descriptor) == (1, 24, 20, 1, 1, 4)
    byte, count = struct.unpack_from("<QQ", program, vector - load)
    assert program[byte - load : byte - load + count] == b"."


def test_an_architecture_it_is_not_written_for_is_refused() -> None:
    with pytest.raises(EngineError, match="no pause image for the architecture 'sparc'"):
        pause_program("sparc")
