"""What exceptions of the Docker SDK mean."""

from requests.exceptions import RequestException, Timeout


def timed_out(error: RequestException) -> bool:
    """Return whether the engine has just not answered yet; while a body is read it looks else."""
    return isinstance(error, Timeout) or "Read timed out" in str(error)
