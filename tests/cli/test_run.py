"""What `run` says before it begins, and when it is over."""

from pathlib import Path

from emulator.app.tally import Tally
from emulator.cli.run import summary
from emulator.state.directory import StateDirectory
from tests.builders import NOON
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


def test_thousands_are_told_apart_in_every_count_of_a_summary() -> None:
    tally = Tally(started_at=NOON, firings=16_657, succeeded=11_433, failed=5_224, retried=1_000)
    assert summary(tally) == (
        "16,657 firings, 16,657 tasks: 11,433 succeeded, 5,224 failed (1,000 retried)"
    )
