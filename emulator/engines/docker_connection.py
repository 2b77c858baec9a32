"""The connection to a Docker engine: made at the first request, and shared by all threads."""

import threading
from collections.abc import Mapping
from typing import Any

from emulator.engines.docker_client import connect
from emulator.engines.docker_errors import translated


class DockerConnection:
    """The SDK's client for those who derive from this, and what the engine says of itself."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._client: Any = None
        self._details: Mapping[str, Any] | None = None

    def close(self) -> None:
        """Give back connections."""
        with self._lock:
            if self._client is not None:
                self._client.close()
                self._client = None

    @property
    def _api(self) -> Any:
        if self._client is None:
            with self._lock:
                if self._client is None:
                    self._client = connect()
        return self._client

    def _info(self) -> Mapping[str, Any]:
        """Return what the engine says of itself, asked once: what is used of it does not change."""
        if self._details is None:
            with translated():
                self._details = self._api.info()
        return self._details
