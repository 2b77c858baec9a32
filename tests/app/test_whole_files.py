"""Files that are put in place as a whole, and what is no file and stays what it is."""

import os
import threading
from pathlib import Path

import pytest

from emulator.app.whole_files import write_whole


def test_a_file_is_replaced_and_no_draft_stays(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text("before", "utf-8")
    with path.open(encoding="utf-8") as reader:
        write_whole(path, b"now")
        assert reader.read() == "before", "who reads it has it whole"
    assert [(each.name, each.read_bytes()) for each in tmp_path.iterdir()] == [
        ("page.html", b"now")
    ]


def test_a_name_may_be_as_long_as_names_are(tmp_path: Path) -> None:
    path = tmp_path / ("頁" * 83 + ".html")
    write_whole(path, b"now")
    assert path.read_bytes() == b"now"


def test_a_link_stays_one(tmp_path: Path) -> None:
    link = tmp_path / "latest.html"
    link.symlink_to("page.html")
    write_whole(link, b"now")
    assert link.is_symlink()
    assert (tmp_path / "page.html").read_bytes() == b"now"


def test_a_link_that_leads_back_to_itself_leads_to_no_file(tmp_path: Path) -> None:
    link = tmp_path / "latest.html"
    link.symlink_to("latest.html")
    with pytest.raises(OSError, match="symbolic links"):
        write_whole(link, b"now")
    assert list(tmp_path.iterdir()) == [link]


def test_a_pipe_stays_one(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    write_whole(pipe, b"now")
    reader.join()
    assert read == [b"now"]
    assert pipe.is_fifo()


def test_what_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError):
        write_whole(tmp_path, b"now")
    with pytest.raises(FileNotFoundError):
        write_whole(tmp_path / "none" / "page.html", b"now")
    assert list(tmp_path.iterdir()) == []
