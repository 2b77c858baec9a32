"""A working directory that somebody removes, before a command or under it."""

import shutil
from pathlib import Path

import pytest

from emulator.cli import main, screen
from emulator.cli.options import GITHUB
from emulator.cli.report import Collector
from emulator.errors import UsageError
from emulator.events import EventBus, FiringMissed
from emulator.logs.directory import LogDirectory
from tests.builders import NOON, definitions, rule


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made = tmp_path / "project"
    made.mkdir()
    monkeypatch.chdir(made)
    return made


@pytest.mark.parametrize("command", ["status", "rules", "tasks", "run"])
def test_a_command_in_one_that_is_gone_says_so(
    command: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    here.rmdir()
    assert main([command]) == 2
    assert capsys.readouterr().err == (
        "ecs-local: error: the working directory: No such file or directory\n"
        "  hint: it may have been removed: go to one that is there\n"
    )


def test_a_path_is_told_as_it_is_once_it_is_gone(here: Path) -> None:
    assert screen.relative(here / "a.log") == Path("a.log")
    here.rmdir()
    assert screen.relative(here / "a.log") == here / "a.log"


def test_reports_that_can_be_written_are_though_others_cannot(
    here: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bus = EventBus()
    collector = Collector.on(bus, ["a.xml", "b.json", str(tmp_path / "c.json"), GITHUB])
    bus.publish(FiringMissed(rule="nightly", scheduled=(NOON,), at=NOON, reason="asleep"))
    shutil.rmtree(here)
    with pytest.raises(UsageError) as refused:
        collector.write(definitions(rules=(rule(),)), LogDirectory(tmp_path / "logs"))
    assert refused.value.message.splitlines() == [
        f"--report {name}: cannot be written: No such file or directory"
        for name in ("a.xml", "b.json")
    ]
    assert "::warning " in capsys.readouterr().out
    assert '"nightly"' in (tmp_path / "c.json").read_text("utf-8")
