"""The connection to a Docker engine: made at the first request, and shared by all threads."""

import threading
from collections.abc import Mapping
from typing import Any, Final

from emulator.engines.base import EngineRefusedError
from emulator.engines.docker_client import connect, engine_address
from emulator.engines.docker_errors import no_engine, translated, understood
from emulator.errors import EngineUnavailableError

_known: Final[dict[str, Mapping[str, Any]]] = {}
"""What each engine said of itself, by its address, as long as it was not found to be away: many
short-lived emulators, such as those of tests, would each wait for it to say the same again."""


class DockerConnection:
    """The SDK's client for those who derive from this, and what the engine says of itself."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._client: Any = None
        self._address = ""

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
                    self._address = engine_address()
                    with understood("its version"):
                        self._client = connect()
        return self._client

    def _info(self) -> Mapping[str, Any]:
        """Return what the engine says of itself, asked once: what is used of it does not change."""
        return _known.get(self._address) or self._asked()

    def _asked(self) -> Mapping[str, Any]:
        """Return what the engine says of itself now."""
        try:
            with translated():
                details: Any = self._api.info()
        except EngineRefusedError as error:
            message = f"the container engine at {self._address} is not well: {error.message}"
            raise EngineUnavailableError(message, hint="`docker info` asks it the same") from error
        if not isinstance(details, dict) or "ServerVersion" not in details:
            raise no_engine("it does not describe itself")
        _known[self._address] = details
        return details

    def _met(self) -> Mapping[str, Any]:
        """Return what the engine says of itself, or what it said before if it still answers."""
        with translated():
            api = self._api
            known = _known.pop(self._address, None)
            if known is not None:
                api.ping()
                _known[self._address] = known
        return known or self._asked()
