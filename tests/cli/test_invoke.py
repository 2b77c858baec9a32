"""`invoke`: rules that are fired by hand, and what is said of those that are not."""

import json

import pytest

from tests.cli.conftest import PROJECT, Cli

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
