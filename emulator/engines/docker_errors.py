"""What exceptions of the Docker SDK mean, and the same as exceptions of ours."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from docker.errors import APIError, DockerException, ImageNotFound, NotFound
from requests.exceptions import RequestException, Timeout
from urllib3.exceptions import HTTPError

from emulator.engines.base import EngineRefusedError, ImageUnavailableError
from emulator.errors import EngineUnavailableError

_CONFLICT: Final = 409
_NOT_MODIFIED: Final = 304


@contextmanager
def translated() -> Iterator[None]:
    """Turn the SDK's exceptions into ours, with the engine's own text."""
    try:
        yield
    except ImageNotFound as error:
        raise ImageUnavailableError(_explanation(error)) from error
    except APIError as error:
        message = _explanation(error)
        # A name that is none is worded so too: "no such image: Not A Name: invalid ...".
        if "no such image" in message.lower():
            raise ImageUnavailableError(message) from error
        raise EngineRefusedError(message) from error
    except (RequestException, HTTPError, DockerException, OSError) as error:
        raise _unavailable(error) from error


@contextmanager
def gone_is_fine() -> Iterator[None]:
    """Let pass that a container is gone or down already, which is what was wanted."""
    try:
        yield
    except NotFound:
        return
    except APIError as error:
        text = _explanation(error)
        down = "is not running" in text or "already in progress" in text
        if error.status_code not in (_NOT_MODIFIED, _CONFLICT) or not down:
            raise


def _explanation(error: APIError) -> str:
    return str(error.explanation or error)


def _unavailable(error: Exception) -> EngineUnavailableError:
    where = os.environ.get("DOCKER_HOST") or "the default socket"
    message = f"no container engine answers at {where}: {_innermost(error)}"
    hint = "start Docker, or point DOCKER_HOST to it; `ecs-local doctor` tells more"
    return EngineUnavailableError(message, hint=hint)


def _innermost(error: BaseException) -> str:
    """Return the system's own words out of the SDK's nested exceptions."""
    seen: BaseException = error
    while (inner := seen.__cause__ or seen.__context__) is not None:
        seen = inner
    return str(seen.strerror) if isinstance(seen, OSError) and seen.strerror else str(seen)


def timed_out(error: RequestException) -> bool:
    """Return whether the engine has just not answered yet; while a body is read it looks else."""
    return isinstance(error, Timeout) or "Read timed out" in str(error)
