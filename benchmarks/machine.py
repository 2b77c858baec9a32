"""What machine the figures come from: a figure without it says nothing."""

import os
import platform
import subprocess
from pathlib import Path


def describe() -> str:
    """Return the machine, Python, kernel and engine in one line, and what else it is doing."""
    return (
        f"{os.cpu_count()} cores ({_processor()}), {_memory_gib():.0f} GiB, "
        f"Linux {platform.release()}, Python {platform.python_version()}, {_engine()}; "
        f"load {os.getloadavg()[0]:.1f} before the run"
    )


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _memory_gib() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30


def _engine() -> str:
    try:
        answer = subprocess.run(
            [
                "docker",
                "version",
                "--format",
                "{{.Server.Version}} (docker CLI {{.Client.Version}})",
            ],
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return "no container engine"
    return f"Docker Engine {answer.stdout.strip()}"
