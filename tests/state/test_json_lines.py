"""Files of JSON lines: whole lines, bounded, read while they grow."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from emulator.state.json_lines import append_lines, follow_lines, older, read_lines


def test_lines_are_kept_in_order(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "events.jsonl"
    append_lines(path, ["1", "夜"])
    append_lines(path, ["3"])
    assert list(read_lines(path)) == ["1", "夜", "3"]


def test_a_full_file_makes_room_and_is_kept_once(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    for number in range(10):
        append_lines(path, [str(number) * 9], largest=30)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["events.1.jsonl", "events.jsonl"]
    assert [line[0] for line in read_lines(path)] == ["6", "7", "8", "9"]
    assert path.stat().st_size + older(path).stat().st_size <= 60


def test_a_full_disk_leaves_no_half_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "events.jsonl"
    append_lines(path, ["first"])
    written: list[int] = []
    original = os.write

    def full(file: int, data: memoryview) -> int:
        if written:
            raise OSError(28, "No space left on device")
        written.append(1)
        return original(file, data[:3])

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(OSError, match="No space"):
        append_lines(path, ["second"])
    monkeypatch.undo()
    append_lines(path, ["third"])
    assert list(read_lines(path)) == ["first", "third"]


def test_half_a_line_at_the_end_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(b'{"a": 1}\n{"b"')
    assert list(read_lines(path)) == ['{"a": 1}']
    assert list(read_lines(tmp_path / "none.jsonl")) == []


def test_two_processes_write_whole_lines_through_every_change_of_file(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    script = (
        "import sys; from pathlib import Path; from emulator.state.json_lines import append_lines\n"
        "for n in range(200): append_lines(Path(sys.argv[1]), "
        "[f'{{\"{sys.argv[2]}\": {n}}}'], largest=100_000)"
    )
    writers = [subprocess.Popen([sys.executable, "-c", script, str(path), who]) for who in "ab"]
    assert [writer.wait() for writer in writers] == [0, 0]
    lines = [json.loads(line) for line in read_lines(path)]
    for who in "ab":
        assert [line[who] for line in lines if who in line] == list(range(200))


def test_following_goes_on_through_a_new_file(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    letters = iter("123")
    found = follow_lines(path, lambda: append_lines(path, [next(letters) * 20], largest=30))
    assert [next(found)[0] for _ in range(3)] == ["1", "2", "3"]
    found.close()


def test_a_line_that_is_read_amid_a_character_is_followed_whole(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.touch()
    line = "夜間バッチ".encode()
    parts = [line[:4], line[4:8], line[8:] + b"\n"]

    def write() -> None:
        with path.open("ab") as file:
            file.write(parts.pop(0))

    assert next(follow_lines(path, write)) == "夜間バッチ"


def test_following_begins_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    append_lines(path, ["old"])
    found = follow_lines(path, lambda: append_lines(path, ["new"]))
    append_lines(path, ["next"])
    assert [next(found), next(found)] == ["next", "new"]
    found.close()
