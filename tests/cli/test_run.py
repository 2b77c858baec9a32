"""What `run` says before it begins."""

from pathlib import Path

from emulator.state.directory import StateDirectory
from tests.cli.conftest import PROJECT, Cli


def test_beside_another_scheduler_nothing_is_said_but_who_it_is(cli: Cli, tmp_path: Path) -> None:
    state = StateDirectory(tmp_path / ".ecs-local")
    state.prepare()
    with state.lock():
        for words in (["run"], ["run", "--detach"]):
            told = cli(*words, project=PROJECT)
            assert (told.out, told.code) == ("", 2)
            assert "another scheduler is at work: process " in told.err
            assert "`ecs-local down` ends a detached one" in told.err
