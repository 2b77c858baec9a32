import io
import json
import os
import sys

import pytest

from emulator.cli import screen
from emulator.errors import EcsLocalError


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("environ", "terminal", "coloured"),
    [
        ({}, True, True),
        ({}, False, False),
        ({"TERM": "dumb"}, True, False),
        ({"NO_COLOR": "1"}, True, False),
        ({"NO_COLOR": ""}, True, True),
        ({"FORCE_COLOR": "1"}, False, True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, True, False),
    ],
)
def test_colours_are_for_terminals_that_want_them(
    environ: dict[str, str], terminal: bool, coloured: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    stream = Terminal() if terminal else io.StringIO()
    assert screen.colours_wanted(stream) is coloured
    assert screen.paint("x", screen.RED, stream) == ("\x1b[31mx\x1b[0m" if coloured else "x")


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "\x1b[31mred\x1b[0m"),
        ("\x1b[2J\x1b[1;1H", "\\x1b[2J\\x1b[1;1H"),
        ("\x1b]0;title\x07", "\\x1b]0;title\\x07"),
        ("50%\r100%", "50%100%"),
        ("a\tb", "a\tb"),
        ("\x9b31m", "\\x9b31m"),
        ("日本語", "日本語"),
        ("invoice\u202efdp.exe\u202c", "invoice\\u202efdp.exe\\u202c"),
    ],
)
def test_output_of_a_container_cannot_command_the_terminal(said: str, shown: str) -> None:
    assert screen.printable(said) == shown


@pytest.mark.parametrize("text", ["\x9b2J", "a\u202eb\u202c", "請求書"])
def test_an_answer_in_json_cannot_command_the_terminal_and_says_the_same(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    document = json.dumps([text], ensure_ascii=False)
    assert screen.harmless(document) == document
    monkeypatch.setattr(sys, "stdout", Terminal())
    shown = screen.harmless(document)
    assert json.loads(shown) == [text]
    assert screen.printable(shown) == shown


class FullDisk(io.StringIO):
    def write(self, text: str) -> int:
        raise OSError(28, "No space left on device")


@pytest.mark.parametrize("flush", [True, False])
def test_what_a_full_disk_does_not_take_of_an_answer_is_an_error(
    flush: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdout", FullDisk())
    with pytest.raises(EcsLocalError, match="cannot be written: No space left"):
        screen.say("line", flush=flush)


@pytest.mark.parametrize(("columns", "taken"), [(0, 80), (20, 20), (200, 200)])
def test_a_terminal_that_nobody_gave_a_size_is_as_wide_as_usual(
    columns: int, taken: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    class _Terminal(Terminal):
        def fileno(self) -> int:
            return 1

    monkeypatch.delenv("COLUMNS", raising=False)
    monkeypatch.setattr(sys, "stdout", _Terminal())
    monkeypatch.setattr("os.get_terminal_size", lambda _: os.terminal_size((columns, 0)))
    assert screen.terminal_width() == taken
