"""`retry` by hand: a recorded task again, and how it is told."""

import json
from pathlib import Path

from tests.cli.conftest import PROJECT, Cli, says


def first_task(folder: Path) -> str:
    return next(folder.glob(".ecs-local/logs/batch/daily/main/*.log")).stem


def test_a_task_runs_again_for_the_same_due_instant_and_exits_as_it_does(
    cli: Cli, tmp_path: Path
) -> None:
    cli("invoke", "daily", project=PROJECT, main_process=says(exit_code=3))
    told = cli("retry", first_task(tmp_path), main_process=says(b"again", exit_code=4))
    assert told.screen == (
        "daily task ID (attempt 2) started (due 06:37:05Z)\n"
        "daily/main | again\n"
        "daily task ID (attempt 2) failed, exit code 4 after 0.0 s, "
        "log .ecs-local/logs/batch/daily/main/ID.log\n"
        "exit code 4\n"
    )


def test_an_attempt_is_told_with_the_first(cli: Cli, tmp_path: Path) -> None:
    cli("invoke", "daily", project=PROJECT, main_process=says(exit_code=3))
    first = first_task(tmp_path)
    cli("retry", first)
    assert "daily #2" in cli("tasks", columns=80).out
    tasks = json.loads(cli("tasks", "--format", "json").out)["tasks"]
    assert [task["local"]["attempt"] for task in tasks] == [2, 1]
    assert "retryOf" not in tasks[1]["local"]
    assert tasks[0]["local"]["scheduledAt"] == tasks[1]["local"]["scheduledAt"]
    second = next(p.stem for p in tmp_path.glob("**/*.log") if p.stem != first)
    told = cli("describe", "--format", "text", second)
    assert "  attempt             2, the first was ID\n" in told.out
    assert "  cause               manual-retry\n" in told.out
    assert [task["local"]["cause"] for task in tasks] == ["manual-retry", "invoke"]


def test_a_task_runs_as_recorded_when_the_files_have_changed_and_says_so(
    cli: Cli, tmp_path: Path
) -> None:
    cli("invoke", "daily", project=PROJECT)
    changed = PROJECT.replace("image: alpine:latest", "image: alpine:latest\n        user: nobody")
    told = cli("retry", first_task(tmp_path), project=changed)
    assert (told.code, told.err) == (
        0,
        "warning: daily: the files say something else by now; it runs as recorded\n",
    )


def test_what_cannot_be_run_again_is_refused(cli: Cli) -> None:
    told = cli("retry", "abcd", project=PROJECT)
    assert told.code == 2
    assert told.err.startswith("ecs-local: error: no task 'abcd'\n")
