"""Pulling an image with progress that a person can follow."""

import time
from collections.abc import Callable, Mapping
from typing import Any, Final

from docker.errors import APIError

from emulator.engines.base import ImageUnavailableError
from emulator.engines.docker_errors import understood

_INTERVAL_SECONDS: Final = 1.0
_DONE: Final = ("Pull complete", "Already exists")


def pull(
    api: Any,
    image: str,
    platform: str | None,
    login: tuple[str, str] | None,
    progress: Callable[[str], None],
) -> None:
    """Pull an image, saying at most once a second how many of its layers are here.

    Raises `ImageUnavailableError` with the engine's text.
    """
    # Without one the SDK asks Docker's own configuration and its credential helpers.
    auth = None if login is None else {"username": login[0], "password": login[1]}
    layers: dict[str, bool] = {}
    said = time.monotonic()
    try:
        for event in api.pull(image, stream=True, decode=True, platform=platform, auth_config=auth):
            with understood("the progress of a pull"):
                _note(event, layers)
            if time.monotonic() - said >= _INTERVAL_SECONDS:
                said = time.monotonic()
                progress(f"pulling {image}: {sum(layers.values())} of {len(layers)} layers")
    except APIError as error:
        raise ImageUnavailableError(str(error.explanation or error)) from error


def _note(event: Mapping[str, Any], layers: dict[str, bool]) -> None:
    """Remember what became of a layer."""
    if "error" in event:
        raise ImageUnavailableError(str(event["error"]))
    status = str(event.get("status"))
    # The first one names the tag, and the repository as the engine calls it.
    if event.get("id") and not status.startswith("Pulling from "):
        layers[event["id"]] = status in _DONE
