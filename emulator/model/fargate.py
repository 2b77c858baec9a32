"""What Fargate offers: pairs of CPU and memory (AWS: "Task CPU and memory"), and no GPUs."""

from typing import Final

FARGATE_SIZES: Final = {
    256: (512, 1024, 2048),
    512: tuple(range(1024, 4096 + 1, 1024)),
    1024: tuple(range(2048, 8192 + 1, 1024)),
    2048: tuple(range(4096, 16384 + 1, 1024)),
    4096: tuple(range(8192, 30720 + 1, 1024)),
    8192: tuple(range(16384, 61440 + 1, 4096)),
    16384: tuple(range(32768, 122880 + 1, 8192)),
}
"""CPU units to the MiB of memory that may go with them."""

NO_GPUS: Final = "Tasks using the Fargate launch type do not support GPU resource requirements."


def is_fargate_size(cpu: int, memory: int) -> bool:
    """Return whether Fargate offers a task of so many CPU units and MiB."""
    return memory in FARGATE_SIZES.get(cpu, ())
