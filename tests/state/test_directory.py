"""The state directory: made, proven writable, and held by one scheduler at a time."""

import errno
import fcntl
import os
import resource
import socket
import subprocess
import sys
from io import TextIOWrapper
from pathlib import Path
from typing import IO

import pytest

from emulator.errors import SchedulerAtWorkError, StateDirectoryError
from emulator.state import scheduler_lock
from emulator.state.directory import StateDirectory
from emulator.state.owner import Owner
from emulator.state.scheduler_lock import lock_path


def test_it_is_made_with_its_parents_and_ignores_itself_in_git(tmp_path: Path) -> None:
    directory = StateDirectory(tmp_path / "a" / "b")
    directory.prepare()
    assert (directory.path / ".gitignore").read_text("utf-8") == "*\n"
    assert directory.logs.is_dir()
    assert sorted(path.name for path in directory.path.iterdir()) == [".gitignore", "logs"]


def test_a_gitignore_that_is_there_stays(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("logs/\n", "utf-8")
    StateDirectory(tmp_path).prepare()
    assert (tmp_path / ".gitignore").read_text("utf-8") == "logs/\n"


@pytest.mark.parametrize("synced", [True, False])
def test_what_need_not_survive_a_loss_of_power_does_not_wait_for_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, synced: bool
) -> None:
    waits: list[int] = []
    monkeypatch.setattr("os.fsync", waits.append)
    StateDirectory(tmp_path / "state").prepare(synced=synced)
    assert len(waits) == synced


@pytest.mark.parametrize("place", ["file/state", "file"])
def test_where_a_file_is_in_the_way_it_says_so(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(StateDirectoryError) as refused:
        StateDirectory(tmp_path / place).prepare()
    assert str(tmp_path / place) in str(refused.value)
    assert "--state-dir" in str(refused.value)


def test_a_second_scheduler_is_told_who_is_at_work(tmp_path: Path) -> None:
    directory = StateDirectory(tmp_path)
    assert directory.scheduler() is None
    with directory.lock():
        holder = f"process {os.getpid()} on {socket.gethostname()}"
        assert directory.scheduler() == holder
        with pytest.raises(StateDirectoryError, match=f"at work: {holder}"), directory.lock():
            pytest.fail("two schedulers hold one lock")
        with pytest.raises(StateDirectoryError, match=f"at work: {holder}"):
            directory.refuse_second()
        assert directory.scheduler() == holder
    assert directory.scheduler() is None
    directory.refuse_second()
    with directory.lock():
        pass


def test_who_only_asks_who_is_at_work_keeps_no_scheduler_from_its_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory = StateDirectory(tmp_path)
    lock_path(tmp_path).touch()
    with lock_path(tmp_path).open() as asking:
        fcntl.flock(asking, fcntl.LOCK_SH)
        monkeypatch.setattr(
            "emulator.state.scheduler_lock.time.sleep",
            lambda _: fcntl.flock(asking, fcntl.LOCK_UN),
        )
        with directory.lock():
            assert directory.scheduler() is not None


def test_a_lock_whose_file_is_removed_is_taken_again_unless_another_came_first(
    tmp_path: Path,
) -> None:
    directory = StateDirectory(tmp_path)
    with directory.lock() as lock:
        assert not lock.is_removed()
        lock_path(tmp_path).unlink()
        assert lock.is_removed()
        lock.take()
        assert not lock.is_removed()
        assert directory.scheduler() is not None
        lock_path(tmp_path).unlink()
        with directory.lock():
            assert lock.is_removed()
            with pytest.raises(SchedulerAtWorkError):
                lock.take()
    assert directory.scheduler() is None


def test_a_lock_whose_file_was_away_for_a_moment_is_still_held(tmp_path: Path) -> None:
    directory, away = StateDirectory(tmp_path), tmp_path / "away"
    with directory.lock() as lock:
        lock_path(tmp_path).rename(away)
        assert lock.is_removed()
        away.rename(lock_path(tmp_path))
        lock.take()
        assert not lock.is_removed()
        with pytest.raises(SchedulerAtWorkError), directory.lock():
            pytest.fail("two schedulers hold one lock")
    assert directory.scheduler() is None


def test_a_lock_that_finds_no_room_for_its_holder_is_refused_and_free(tmp_path: Path) -> None:
    directory = StateDirectory(tmp_path)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        with (
            pytest.raises(StateDirectoryError, match=r"scheduler\.lock: cannot be written"),
            directory.lock(),
        ):
            pytest.fail("it cannot say who holds it")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert directory.scheduler() is None


def test_a_lock_is_given_back_on_a_disk_that_takes_nothing_any_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It fails, and is read-only from then on."""
    gone_read_only = False

    class _File(TextIOWrapper):
        def truncate(self, size: int | None = None) -> int:
            if gone_read_only:
                raise OSError(errno.EROFS, "Read-only file system")
            return super().truncate(size)

    def opened(path: Path) -> IO[str]:
        return _File(path.open("rb+"), "utf-8")

    directory = StateDirectory(tmp_path)
    lock_path(tmp_path).touch()
    monkeypatch.setattr(scheduler_lock, "_opened", opened)
    with directory.lock():
        gone_read_only = True
    assert directory.scheduler() is None


def test_a_disk_that_locks_no_files_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory = StateDirectory(tmp_path)
    with directory.lock():
        pass

    def refuse(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    refused = pytest.raises(
        StateDirectoryError, match=r"scheduler\.lock: cannot be locked: No locks"
    )
    with refused, directory.lock():
        pytest.fail("locked without locks")
    with refused:
        directory.scheduler()


def test_a_disk_that_locks_no_files_is_refused_before_anything_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """History and logs are locked, too: each would fail after waiting, in the midst of a task."""

    def refuse(*_: object) -> None:
        raise OSError(errno.EOPNOTSUPP, "Operation not supported")

    monkeypatch.setattr(fcntl, "flock", refuse)
    with pytest.raises(StateDirectoryError, match="cannot be locked: Operation not supp") as raised:
        StateDirectory(tmp_path).prepare()
    assert "local disk" in str(raised.value)
    assert not list(tmp_path.glob(".probe*"))


def test_a_lock_that_cannot_be_made_is_a_state_directory_error(tmp_path: Path) -> None:
    (tmp_path / "scheduler.lock").mkdir()
    with pytest.raises(StateDirectoryError), StateDirectory(tmp_path).lock():
        pytest.fail("locked a directory")


def test_this_process_is_alive_and_comes_back_from_text() -> None:
    owner = Owner.current()
    assert owner.alive()
    assert Owner.parse(str(owner)) == owner


@pytest.mark.parametrize("text", ["", "host", "host/x@1", "host/"])
def test_other_text_is_no_owner(text: str) -> None:
    assert Owner.parse(text) is None


def test_a_process_is_told_from_a_later_one_with_its_number() -> None:
    owner = Owner.current()
    assert not Owner(owner.host, owner.pid, "1").alive()
    assert not Owner(owner.host, owner.pid, "").alive()


def test_a_process_on_another_host_counts_as_running() -> None:
    assert Owner("elsewhere", 1, "1").alive()


def test_a_process_that_ended_is_gone_whether_its_parent_noticed_or_not() -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    started = Path(f"/proc/{child.pid}/stat").read_text("utf-8").rpartition(")")[2].split()[19]
    owner = Owner(socket.gethostname(), child.pid, started)
    assert owner.alive()
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert not owner.alive()
    child.communicate()
    assert not owner.alive()
