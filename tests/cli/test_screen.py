import io

import pytest

from emulator.cli import screen
from emulator.errors import DefinitionError, Problem, SourceRef, UsageError


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


def test_problems_are_told_file_by_file_in_the_order_of_lines(
    capsys: pytest.CaptureFixture[str],
) -> None:
    error = DefinitionError(
        (
            Problem("third", SourceRef("b.yaml", 1)),
            Problem("second", SourceRef("b.yaml", 9)),
            Problem("first", SourceRef("a.yaml", 2), "do that"),
            Problem("none of a file"),
        )
    )
    assert screen.report_error(error) == 2
    assert capsys.readouterr().err == (
        "error: b.yaml:1: third\n"
        "error: b.yaml:9: second\n"
        "error: a.yaml:2: first\n"
        "  hint: do that\n"
        "error: none of a file\n"
        "ecs-local: 4 errors in the definitions\n"
    )


def test_a_message_has_an_end(capsys: pytest.CaptureFixture[str]) -> None:
    screen.report_error(UsageError("x" * 10_000_000 + "\x1b[2J"))
    assert len(capsys.readouterr().err) < 2000
