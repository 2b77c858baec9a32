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


def test_an_end_that_is_over_is_refused_before_anything_begins(cli: Cli, tmp_path: Path) -> None:
    for words in (["run"], ["run", "--detach"]):
        told = cli(*words, "--until", "2026-01-01", project=PROJECT)
        assert told.screen == (
            "ecs-local: error: --until 2026-01-01T00:00:00Z is over, so nothing would fire\n"
            "  hint: name an instant to come, or say --for DURATION\n"
            "exit code 2\n"
        )
    assert not (tmp_path / ".ecs-local").exists()


def test_thousands_are_told_apart_in_every_count_of_a_summary() -> None:
    tally = Tally(started_at=NOON, firings=16_657, succeeded=11_433, failed=5_224, retried=1_000)
    assert summary(tally) == (
        "16,657 firings, 16,657 tasks: 11,433 succeeded, 5,224 failed (1,000 retried)"
    )
