"""Files that are put in place as a whole, and what is no file and stays what it is."""

import os
import resource
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from emulator.whole_files import put_in_place, write_output


@contextmanager
def umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


@contextmanager
def no_file_larger_than(size: int) -> Iterator[None]:
    """Let the system refuse to write more into a file, as a full disk does."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def contents(directory: Path) -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in directory.iterdir()}


def test_a_file_is_replaced_and_no_draft_stays(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text("before", "utf-8")
    with path.open(encoding="utf-8") as reader:
        status = put_in_place(path, b"now")
        assert reader.read() == "before", "who reads it has it whole"
    assert contents(tmp_path) == {"page.html": b"now"}
    assert os.path.samestat(status, path.stat())
    assert status.st_size == 3


def test_a_name_may_be_as_long_as_names_are(tmp_path: Path) -> None:
    path = tmp_path / ("頁" * 83 + ".html")
    put_in_place(path, b"now")
    assert path.read_bytes() == b"now"


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o666, 0o440])
def test_a_file_keeps_its_mode_whatever_the_umask(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "page.html"
    path.touch()
    path.chmod(mode)
    with umask(0o027):
        put_in_place(path, b"now")
    assert mode_of(path) == mode


def test_a_new_file_gets_its_mode_less_the_umask(tmp_path: Path) -> None:
    with umask(0o027):
        put_in_place(tmp_path / "page.html", b"now")
        put_in_place(tmp_path / "own", b"now", mode=0o600)
    assert (mode_of(tmp_path / "page.html"), mode_of(tmp_path / "own")) == (0o640, 0o600)


def test_a_full_disk_leaves_what_was_there_and_the_error_names_the_file(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_bytes(b"before")
    with no_file_larger_than(100_000), pytest.raises(OSError, match="too large") as refused:
        put_in_place(path, b"now" * 100_000)
    assert refused.value.filename == str(path)
    assert contents(tmp_path) == {"page.html": b"before"}


def test_an_interrupt_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "page.html"
    path.write_bytes(b"before")

    def interrupted(_draft: Path, _path: Path) -> None:
        assert len(contents(tmp_path)) == 2
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        put_in_place(path, b"now")
    assert contents(tmp_path) == {"page.html": b"before"}


def test_a_link_that_a_directory_brought_along_leads_nowhere(tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.write_bytes(b"before")
    link = tmp_path / "scheduler.json"
    link.symlink_to(theirs)
    put_in_place(link, b"now")
    assert not link.is_symlink()
    assert contents(tmp_path) == {"theirs": b"before", "scheduler.json": b"now"}


def test_a_link_of_the_user_stays_one_and_its_file_keeps_its_mode(tmp_path: Path) -> None:
    link = tmp_path / "latest.html"
    link.symlink_to("page.html")
    write_output(link, b"first")
    (tmp_path / "page.html").chmod(0o600)
    write_output(link, b"now")
    assert link.is_symlink()
    assert (tmp_path / "page.html").read_bytes() == b"now"
    assert mode_of(tmp_path / "page.html") == 0o600


def test_a_link_that_leads_back_to_itself_leads_to_no_file(tmp_path: Path) -> None:
    link = tmp_path / "latest.html"
    link.symlink_to("latest.html")
    with pytest.raises(OSError, match="symbolic links"):
        write_output(link, b"now")
    assert list(tmp_path.iterdir()) == [link]


def test_a_pipe_stays_one(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    write_output(pipe, b"now")
    reader.join()
    assert read == [b"now"]
    assert pipe.is_fifo()


def test_what_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    directory = tmp_path / "directory"
    directory.mkdir()
    for write in (put_in_place, write_output):
        with pytest.raises(IsADirectoryError):
            write(directory, b"now")
        with pytest.raises(FileNotFoundError):
            write(tmp_path / "none" / "page.html", b"now")
    assert list(tmp_path.iterdir()) == [directory]
