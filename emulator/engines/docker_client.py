"""The connection to the Docker engine that the docker command would use, too."""

import importlib.util
import os
import socket
from typing import Any, Final

import docker
from docker.constants import DEFAULT_UNIX_SOCKET
from docker.utils import kwargs_from_env, parse_host

from emulator.errors import EngineUnavailableError

TIMEOUT_SECONDS: Final = 120
"""For requests that answer at once: a busy engine takes seconds to create a container."""

_versions: Final[dict[str, str]] = {}
"""The API's version that each engine was found to have: asked once a process, as a client would."""

_CONTEXTS: Final = "`docker context ls` lists them; DOCKER_HOST goes before a context"

POOL_SIZE: Final = 0
"""No bound on connections kept for reuse: a thread for each container waits on one of its own.

The SDK makes a pool for each path it asks for, and fills one that is bounded with as many
placeholders: at 512 of them that took half of the time that a small request takes.
"""


def connect() -> Any:
    """Return a client of the SDK's lower level.

    Raises `EngineUnavailableError` for a context, an address or a scheme that is of no use, and the
    SDK's exceptions.
    """
    settings: dict[str, Any] = kwargs_from_env()
    if "base_url" not in settings:
        settings |= _context_settings()
    address = settings.get("base_url", DEFAULT_UNIX_SOCKET)
    _refuse_no_address(address)
    _need_ssh(address)
    _knock(address)
    client = docker.APIClient(
        version=_versions.get(address, "auto"),
        timeout=TIMEOUT_SECONDS,
        max_pool_size=POOL_SIZE,
        **settings,
    )
    _versions[address] = client.api_version
    return client


def engine_address() -> str:
    """Return where the engine is looked for, as DOCKER_HOST would say it.

    Raises `EngineUnavailableError` where the docker context is of no use.
    """
    host = os.environ.get("DOCKER_HOST") or _context_settings().get("base_url")
    return str(host or DEFAULT_UNIX_SOCKET).removeprefix("http+")


def _refuse_no_address(address: str) -> None:
    """Raise for what nothing can be at, such as a port that is no number: the SDK would fail."""
    try:
        parse_host(address)
    except ValueError as error:
        message = f"no container engine can be asked at {address}: {error}"
        hint = "point DOCKER_HOST to one, such as tcp://127.0.0.1:2375"
        raise EngineUnavailableError(message, hint=hint) from error


def _need_ssh(address: str) -> None:
    """Raise where the SDK lacks the package that speaks SSH: it would name its own classes."""
    if address.startswith("ssh://") and importlib.util.find_spec("paramiko") is None:
        message = f"no container engine can be asked at {address}: the package paramiko is missing"
        hint = "`pip install paramiko` beside ecs-local, or let ssh forward the engine's socket"
        raise EngineUnavailableError(message, hint=hint)


def _knock(base_url: str) -> None:
    """Raise OSError where nobody listens on a Unix socket: the SDK would leave its own one open."""
    scheme, _, path = base_url.partition("://")
    if scheme in ("unix", "http+unix"):
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(TIMEOUT_SECONDS)
            connection.connect(path if path.startswith("/") else f"/{path}")


def _context_settings() -> dict[str, Any]:
    """Return what leads to the engine of the docker command's context.

    https://docs.docker.com/engine/manage-resources/contexts/
    """
    from docker.context import ContextAPI
    from docker.context.config import get_current_context_name

    # The SDK takes no name in the configuration file for one that there is none of.
    name = os.environ.get("DOCKER_CONTEXT") or get_current_context_name() or "default"
    try:
        context = ContextAPI.get_context(name)
    except Exception as error:  # What the SDK raises for a file that is none has no name.
        message = f"the docker context cannot be read: {error}"
        raise EngineUnavailableError(message, hint=_CONTEXTS) from error
    if context is None:
        message = f"there is no docker context {name!r}"
        raise EngineUnavailableError(message, hint=_CONTEXTS)
    if context.Host is None:
        return {}
    settings = {"base_url": str(context.Host).replace("unix://", "http+unix://", 1)}
    return settings if context.TLSConfig is None else settings | {"tls": context.TLSConfig}
