"""What exceptions of the Docker SDK mean, and the same as exceptions of ours."""

import errno
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from docker.errors import APIError, DockerException, ImageNotFound, NotFound
from requests.exceptions import InvalidJSONError, RequestException, Timeout
from urllib3.exceptions import HTTPError

from emulator.engines.base import EngineRefusedError, ImageUnavailableError
from emulator.engines.docker_client import engine_address
from emulator.errors import EngineUnavailableError

_CONFLICT: Final = 409
_NOT_MODIFIED: Final = 304

_NOT_THERE: Final = "start Docker, or point DOCKER_HOST to it"
_NOT_AN_ENGINE: Final = "point DOCKER_HOST to the engine itself, or look at the proxy before it"
_NOT_ALLOWED: Final = (
    "Docker may run, but not for this user: `sudo usermod -aG docker NAME` and a new login let it"
)
_TOO_MANY_OPEN: Final = (
    "raise the limit of open files (`ulimit -n`), or let fewer tasks run at once "
    "(`local.concurrency`)"
)
_HINTS: Final[Mapping[int | None, str]] = {
    errno.EACCES: _NOT_ALLOWED,
    errno.EPERM: _NOT_ALLOWED,
    errno.EMFILE: _TOO_MANY_OPEN,
    errno.ENFILE: _TOO_MANY_OPEN,
}
"""What to do about an error of this system, and not of the engine."""


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
def understood(answer: str) -> Iterator[None]:
    """Turn what an answer of another shape than Docker's leads to into an error that names it.

    For what only reads the answer: whatever speaks HTTP may be at the engine's address. That is
    no outage, after which an engine is back: who asked is refused.
    """
    try:
        yield
    except RequestException:
        # Some of them are of ValueError's kind, and say themselves what is wrong.
        raise
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        message = f"{engine_address()} does not answer as Docker does: {answer}: {_told(error)}"
        raise EngineRefusedError(message, hint=_NOT_AN_ENGINE) from error


def _told(error: Exception) -> str:
    return f"{error} is missing" if isinstance(error, KeyError) else str(error)


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


def no_engine(why: str) -> EngineUnavailableError:
    """Return the error for something else that answers at the engine's address, such as a proxy."""
    message = f"what answers at {engine_address()} is not a container engine: {why}"
    return EngineUnavailableError(message, hint=_NOT_AN_ENGINE)


def _unavailable(error: Exception) -> EngineUnavailableError:
    if any(isinstance(each, InvalidJSONError) for each in _chain(error)):
        return no_engine("it gives no JSON")
    if any(isinstance(each, LookupError | TypeError) for each in _chain(error)):
        return no_engine("it does not tell its version")
    *_, why = _chain(error)
    said = why.strerror if isinstance(why, OSError) and why.strerror else str(why)
    number = why.errno if isinstance(why, OSError) else None
    message = f"no container engine answers at {engine_address()}: {said}"
    return EngineUnavailableError(message, hint=_HINTS.get(number, _NOT_THERE))


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield the SDK's nested exceptions, the system's own error last."""
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__ or seen.__context__


def timed_out(error: RequestException) -> bool:
    """Return whether the engine has only not answered yet, be it in the midst of an answer."""
    return isinstance(error, Timeout) or "Read timed out" in str(error)
