"""`invoke`: rules that are fired by hand, and what is said of those that are not."""

import json

import pytest

from emulator.engines.fake import FakeProcess
from tests.cli.conftest import PROJECT, Cli, says

DISABLED = PROJECT + "    disabled: true\n"
OF_EVENTS = PROJECT.replace("scheduleExpression: cron(0 1 * * ? *)", "eventPattern: {source: [x]}")


@pytest.mark.parametrize(
    ("project", "said"),
    [
        (
            DISABLED,
            (
                "no rule is enabled, so --all fires nothing\n"
                "  hint: `ecs-local invoke RULE` fires a disabled rule, too\n"
            ),
        ),
        (
            OF_EVENTS,
            (
                "no rule has a schedule, so --all fires nothing\n"
                "  hint: `ecs-local rules` tells which rules there are\n"
            ),
        ),
    ],
)
def test_all_of_no_rules_is_no_success(cli: Cli, project: str, said: str) -> None:
    told = cli("invoke", "--all", project=project)
    assert told.screen == f"ecs-local: error: {said}exit code 2\n"


def test_what_could_not_be_started_is_a_failure_of_the_answer(cli: Cli) -> None:
    project = PROJECT.replace(
        "    taskDefinition: daily\n",
        "    targets: [{taskDefinition: daily, retryPolicy: {maximumRetryAttempts: 0}}]\n",
    )
    told = cli("invoke", "daily", "--chaos", "throttle", "--format", "json", project=project)
    answer = json.loads(told.out)
    assert (told.code, answer["tasks"]) == (125, [])
    (failure,) = answer["failures"]
    assert (failure["rule"], failure["arn"]) == ("daily", "daily-1")
    assert failure["reason"].startswith("ThrottlingException: Rate exceeded")


def test_invoke_shows_what_the_container_says_and_exits_as_it_does(cli: Cli) -> None:
    process = says("集計を始めます".encode(), b"Traceback", b"  at line 1", exit_code=3)
    told = cli("invoke", "daily", project=PROJECT, main_process=process)
    assert told.screen == (
        "daily task ID started (due 06:37:05Z)\n"
        "daily/main | 集計を始めます\n"
        "daily/main | Traceback\n"
        "daily/main |   at line 1\n"
        "daily task ID failed, exit code 3 after 0.0 s, "
        "log .ecs-local/logs/batch/daily/main/ID.log\n"
        "exit code 3\n"
    )


def test_a_task_that_never_starts_exits_125_and_says_why(cli: Cli) -> None:
    process = FakeProcess(never_starts='exec: "nope": executable file not found in $PATH')
    told = cli("run-task", "daily", project=PROJECT, main_process=process)
    assert told.code == 125
    assert told.out.startswith("daily task ID did not start: CannotStartContainerError: ")
    assert 'exec: "nope": executable file not found' in told.out
