"""`ecs-local down`: what is removed, and what is left to whom it belongs to."""

from contextlib import closing
from pathlib import Path

from emulator.state.history import History
from emulator.state.owner import Owner
from tests.builders import container, task
from tests.cli.conftest import Cli


def test_down_says_what_was_removed(cli: Cli) -> None:
    assert cli("down").screen == (
        "removed: 0 containers, 0 volumes; 0 tasks recorded as stopped\nexit code 0\n"
    )


def test_down_leaves_and_names_what_a_living_process_runs(cli: Cli, tmp_path: Path) -> None:
    owner = Owner.current()
    (tmp_path / ".ecs-local").mkdir()
    with closing(History(tmp_path / ".ecs-local/history.sqlite3", owner=str(owner))) as history:
        history.record([task(container("main"))])
    assert cli("down").screen == (
        "removed: 0 containers, 0 volumes; 0 tasks recorded as stopped\n"
        f"left: nightly task ID of process {owner.pid} on {owner.host}; "
        "`ecs-local stop ID` stops it\nexit code 0\n"
    )


def test_down_refuses_a_damaged_history_once(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / ".ecs-local").mkdir()
    (tmp_path / ".ecs-local/history.sqlite3").write_text("not a database, but longer than nothing")
    told = cli("down")
    assert (told.code, told.out) == (2, "")
    assert told.err.count("file is not a database") == 1
    assert told.err.startswith("ecs-local: error: ")
