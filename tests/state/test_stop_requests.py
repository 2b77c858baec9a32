"""One process asks another to stop a task."""

from pathlib import Path

from emulator.state.history import History
from emulator.state.stop_requests import StopRequests, request_stop
from tests.builders import NOON


def test_a_stop_request_reaches_its_owner_once(path: Path, history: History) -> None:
    requests = StopRequests(history, "me/1@1")
    assert requests.take() == []
    other = History(path)
    request_stop(other, "a1", "me/1@1", "takes too long", NOON)
    request_stop(other, "b2", "somebody/2@2", "not mine", NOON)
    other.close()
    assert requests.take() == [("a1", "takes too long")]
    assert requests.take() == []
