"""What can be told of the machine under the engine, and what cannot."""

import errno
import os
import socket
from pathlib import Path

import pytest

from emulator.engines.docker_host import most_open_files


def test_where_nobody_listens_nothing_is_known(tmp_path: Path) -> None:
    assert most_open_files(str(tmp_path / "docker.sock")) is None


def test_a_process_that_can_open_nothing_more_can_tell_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(*_: object) -> object:
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    monkeypatch.setattr(socket, "socket", full)
    assert most_open_files("/var/run/docker.sock") is None
