"""What the machine under the engine allows, as far as it is this machine."""

import os
import re
import socket
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

_CAP_SYS_RESOURCE: Final = 24
_OPEN_FILES: Final = re.compile(r"^Max open files +\S+ +(\d+) ", re.MULTILINE)
_CAPABILITIES: Final = re.compile(r"^CapEff:\s*([0-9a-f]+)$", re.MULTILINE)


def local_socket(api: Any, info: Mapping[str, Any]) -> str | None:
    """Return the engine's socket when it runs on this very machine, not in a machine of its own."""
    path = getattr(getattr(api, "_custom_adapter", None), "socket_path", None)
    here = os.uname()
    if path is None or here.sysname != "Linux":
        return None
    same = info.get("KernelVersion") == here.release and info.get("Name") == here.nodename
    return str(path) if same else None


def most_open_files(socket_path: str | None) -> int | None:
    """Return how many open files the engine can let a container have; None: as many as asked.

    Only with CAP_SYS_RESOURCE can a process, and so the engine, raise its own hard limit.
    """
    pid = None if socket_path is None else _peer(socket_path)
    if pid is None:
        return None
    try:
        process = Path("/proc") / str(pid)
        limits, status = process.joinpath("limits").read_text(), process.joinpath("status")
        rights = _CAPABILITIES.search(status.read_text())
    except OSError:
        return None
    limit = _OPEN_FILES.search(limits)
    if limit is None or rights is None or int(rights[1], 16) >> _CAP_SYS_RESOURCE & 1:
        return None
    return int(limit[1])


def _peer(socket_path: str) -> int | None:
    """Return the process that listens on a socket; None where it cannot be told."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.connect(socket_path)
            credentials = connection.getsockopt(
                socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i")
            )
    except OSError:
        return None
    return int(struct.unpack("3i", credentials)[0])
