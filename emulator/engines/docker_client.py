"""The connection to the Docker engine that the docker command would use, too."""

import socket
from typing import Any, Final

import docker
from docker.constants import DEFAULT_UNIX_SOCKET
from docker.utils import kwargs_from_env

TIMEOUT_SECONDS: Final = 120
"""For requests that answer at once: a busy engine takes seconds to create a container."""

_versions: Final[dict[str, str]] = {}
"""The API's version that each engine was found to have: asked once a process, as a client would."""

POOL_SIZE: Final = 0
"""No bound on connections kept for reuse: a thread for each container waits on one of its own.

The SDK makes a pool for each path it asks for, and fills one that is bounded with as many
placeholders: at 512 of them that took half of the time that a small request takes.
"""


def connect() -> Any:
    """Return a client of the SDK's lower level. Raises the SDK's exceptions."""
    settings: dict[str, Any] = kwargs_from_env()
    if "base_url" not in settings:
        host = _context_host()
        if host is not None:
            settings["base_url"] = host
    address = settings.get("base_url", DEFAULT_UNIX_SOCKET)
    _knock(address)
    client = docker.APIClient(
        version=_versions.get(address, "auto"),
        timeout=TIMEOUT_SECONDS,
        max_pool_size=POOL_SIZE,
        **settings,
    )
    _versions[address] = client.api_version
    return client


def _knock(base_url: str) -> None:
    """Raise OSError where nobody listens on a Unix socket: the SDK would leave its own one open."""
    scheme, _, path = base_url.partition("://")
    if scheme in ("unix", "http+unix"):
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(TIMEOUT_SECONDS)
            connection.connect(path if path.startswith("/") else f"/{path}")


def _context_host() -> str | None:
    """Return the engine that `docker context` points to, as the docker command would use it."""
    from docker.context import ContextAPI

    context = ContextAPI.get_current_context()
    host = None if context is None else context.Host
    return None if host is None else str(host).replace("unix://", "http+unix://", 1)
