"""Numbers in a file that is always whole, and over HTTP with the health of a scheduler."""

import http.client
import os
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from emulator.app.metrics_outlets import MetricsFile, MetricsListener
from emulator.errors import UsageError

TEXT = b"# EOF\n"


def _text(accept: str) -> tuple[bytes, str]:
    return TEXT, f"application/{accept or 'nothing'}"


class _Health:
    well = True

    def __call__(self) -> bool:
        return self.well


@pytest.fixture
def health() -> _Health:
    return _Health()


@pytest.fixture
def listener(health: _Health) -> Iterator[MetricsListener]:
    with closing(MetricsListener("127.0.0.1", 0, _text, health)) as made:
        yield made


def _ask(listener: MetricsListener, path: str, method: str = "GET") -> tuple[int, bytes, str]:
    address = listener.address.removeprefix("http://")
    with closing(http.client.HTTPConnection(address, timeout=60)) as connection:
        connection.request(method, path, headers={"Accept": "what"})
        answer = connection.getresponse()
        return answer.status, answer.read(), answer.headers["Content-Type"]


def test_metrics_are_answered_in_the_form_that_is_asked_for(listener: MetricsListener) -> None:
    assert _ask(listener, "/metrics") == (200, TEXT, "application/what")
    assert _ask(listener, "/metrics?x=1", "HEAD") == (200, b"", "application/what")


def test_health_is_a_status(listener: MetricsListener, health: _Health) -> None:
    assert _ask(listener, "/healthz")[:2] == (200, b"ok\n")
    health.well = False
    assert _ask(listener, "/healthz")[:2] == (503, b"unhealthy\n")


def test_nothing_else_is_there(listener: MetricsListener) -> None:
    assert _ask(listener, "/../etc/passwd")[0] == 404
    assert _ask(listener, "/metrics", "POST")[0] == 501


def test_an_address_that_is_taken_is_told(listener: MetricsListener) -> None:
    with closing(socket.socket()) as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(UsageError, match=f"--metrics-listen 127.0.0.1:{port}: Address already"):
            MetricsListener("127.0.0.1", port, _text, bool)


def test_an_address_that_is_none_of_this_machine_is_told_with_what_to_write() -> None:
    with pytest.raises(UsageError, match="hint: write the port alone, or an address of this"):
        MetricsListener("192.0.2.1", 9100, _text, bool)


def test_a_file_is_there_at_once_and_whole_and_written_again_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "ecs.prom"
    file = MetricsFile(path, _text, _never)
    assert path.read_bytes() == TEXT
    path.unlink()
    file.close()
    assert [each.name for each in tmp_path.iterdir()] == ["ecs.prom"]


def test_a_file_that_cannot_be_written_is_told_once(tmp_path: Path) -> None:
    told: list[str] = []
    path = tmp_path / "absent" / "ecs.prom"
    MetricsFile(path, _text, told.append).close()
    assert told == [f"metrics are not written: {path}: No such file or directory"]


def test_a_pipe_that_nobody_reads_keeps_nobody_waiting_and_whoever_reads_it_gets_the_numbers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("emulator.app.metrics_outlets.FILE_PATIENCE_SECONDS", 0.01)
    path = tmp_path / "pipe"
    os.mkfifo(path)
    file = MetricsFile(path, _text, _never)
    file.close()
    # What is written at the end may come in the same breath.
    assert path.read_bytes().startswith(TEXT)


def _never(text: str) -> None:
    raise AssertionError(text)
