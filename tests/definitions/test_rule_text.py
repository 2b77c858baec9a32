import pytest

from emulator.model.container_override import ContainerOverride
from emulator.model.rules import RuleState, TaskOverride
from emulator.model.task_definition import LaunchType
from tests.definitions.conftest import TASK, Load

RULE = f"""\
{TASK}
rules:
  - name: r
    scheduleExpression: rate(1 minute)
    taskDefinition: job
"""


def test_both_styles_of_keys_say_the_same_rule(read: Load) -> None:
    camel = read(
        f"{TASK}\nrules:\n"
        "- {name: r, description: 夜間, scheduleExpression: cron(0 1 * * ? *), disabled: true,\n"
        "   targets: [{targetId: t, taskDefinition: job, taskCount: 2, launchType: FARGATE,\n"
        "     containerOverrides: [{name: main, memoryReservation: 64, environment: {A: 1}}],\n"
        "     taskOverride: {cpu: 256, memory: '512'}}]}\n"
    ).model
    snake = read(
        f"{TASK}\nrules:\n"
        "- {name: r, description: 夜間, schedule_expression: cron(0 1 * * ? *), disabled: true,\n"
        "   targets: [{target_id: t, task_definition: job, task_count: 2, launch_type: FARGATE,\n"
        "     container_overrides: [{name: main, memory_reservation: 64,\n"
        "       environment: [{name: A, value: '1'}]}],\n"
        "     task_override: {cpu: '256', memory: 512}}]}\n"
    ).model
    assert camel.rules == snake.rules
    (rule,) = camel.rules
    assert rule.state is RuleState.DISABLED
    assert rule.description == "夜間"
    (target,) = rule.targets
    assert (target.id, target.task_count, target.launch_type) == ("t", 2, LaunchType.FARGATE)
    assert target.overrides == TaskOverride(
        container_overrides=(
            ContainerOverride(name="main", memory_reservation=64, environment={"A": "1"}),
        ),
        cpu=256,
        memory=512,
    )


def test_a_rule_with_a_zone_is_a_schedule_of_the_scheduler(read: Load) -> None:
    (rule,) = read(RULE + "    timezone: Asia/Tokyo\n").model.rules
    assert (rule.dialect, rule.timezone) == ("scheduler", "Asia/Tokyo")


def test_environment_is_text_as_it_was_written(read: Load) -> None:
    text = RULE + (
        "    containerOverrides:\n"
        "      - {name: main, command: [echo, 1.10, 0x1f, on],\n"
        "         environment: {VERSION: 1.10, DEBUG: True, NO: no, DAY: 2026-11-24, E: ''}}\n"
    )
    (rule,) = read(text).model.rules
    (override,) = rule.targets[0].overrides.container_overrides
    assert override.command == ("echo", "1.10", "0x1f", "on")
    assert override.environment == {
        "VERSION": "1.10",
        "DEBUG": "True",
        "NO": "no",
        "DAY": "2026-11-24",
        "E": "",
    }


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("{}", "error ecs-local.yaml:4: the rule has no name"),
        ("5", "error ecs-local.yaml:4: the rule must be a mapping, not a number"),
        (
            "{name: a b, scheduleExpression: rate(1 day), taskDefinition: job}",
            (
                "error ecs-local.yaml:4: the rule name 'a b' is not valid\n"
                "  hint: 1 to 64 letters, digits and . - _"
            ),
        ),
        (
            "{name: ../../x, scheduleExpression: rate(1 day), taskDefinition: job}",
            "error ecs-local.yaml:4: the rule name '../../x' is not valid",
        ),
        (
            "{name: r, taskDefinition: job}",
            "error ecs-local.yaml:4: rule r has no scheduleExpression",
        ),
        (
            "{name: r, scheduleExpression: rate(1 day)}",
            (
                "error ecs-local.yaml:4: r has no taskDefinition\n"
                "  hint: name a family of taskDefinitions"
            ),
        ),
        (
            "{name: r, scheduleExpression: rate(1 day), taskDefinition: jobs}",
            (
                "error ecs-local.yaml:4: rule r: no task definition 'jobs'\n"
                "  hint: did you mean 'job'?"
            ),
        ),
        (
            "{name: r, scheduleExpression: rate(1 day), taskDefinition: 'job:latest'}",
            "error ecs-local.yaml:4: rule r: no task definition 'job:latest'",
        ),
        (
            "{name: r, scheduleExpression: rate(1 day), taskDefinition: job, taskCount: 0}",
            "error ecs-local.yaml:4: taskCount is at least 1, not 0",
        ),
        (
            "{name: r, scheduleExpression: rate(1 day), taskDefinition: job, taskCount: 1.0}",
            ("error ecs-local.yaml:4: taskCount must be a whole number, not 1.0\n  hint: write 1"),
        ),
        (
            (
                "{name: r, scheduleExpression: rate(1 day), taskDefinition: job, "
                "taskCount: 2147483648}"
            ),
            "error ecs-local.yaml:4: taskCount is a number of 32 bits, at most 2147483647",
        ),
        (
            "{name: r, scheduleExpression: rate(1 day), taskDefinition: job, launch_type: fargate}",
            (
                "error ecs-local.yaml:4: launch_type: 'fargate' is not one of "
                "FARGATE, EC2, EXTERNAL\n"
                "  hint: did you mean 'FARGATE'?"
            ),
        ),
        (
            "{name: r, scheduleExpression: rate(1 day), taskDefinition: job, taskCont: 1}",
            (
                "error ecs-local.yaml:4: unknown key 'taskCont' in the rule\n"
                "  hint: did you mean 'taskCount'?"
            ),
        ),
        (
            "{name: r, scheduleExpression: rate(1 day), taskDefinition: job, task: job}",
            (
                "error ecs-local.yaml:4: unknown key 'task' in the rule\n"
                "  hint: did you mean 'taskCount' or 'taskDefinition' or 'taskOverride'?"
            ),
        ),
        (
            "{name: r, scheduleExpression: rate(1 day), targets: job}",
            "error ecs-local.yaml:4: targets must be a list, not text",
        ),
        (
            (
                "{name: r, scheduleExpression: rate(1 day), targets: [{taskDefinition: job}],"
                " taskCount: 2}"
            ),
            "error ecs-local.yaml:4: rule r has targets, so taskCount belongs into one of them",
        ),
        (
            (
                "{name: r, scheduleExpression: rate(1 day), targets: ["
                "{targetId: a, taskDefinition: job}, {targetId: a, taskDefinition: job}]}"
            ),
            "error ecs-local.yaml:4: rule r: two targets have the same id",
        ),
        (
            "{name: r, scheduleExpression: rate(1 day), taskDefinition: job, targetId: 'a/b'}",
            "error ecs-local.yaml:4: the target id 'a/b' is not valid",
        ),
        (
            (
                "{name: r, scheduleExpression: rate(1 day), taskDefinition: job,"
                " containerOverrides: [{name: other}]}"
            ),
            (
                "error ecs-local.yaml:4: rule r: Override for container named other is not a "
                "container in the TaskDefinition."
            ),
        ),
        (
            (
                "{name: r, scheduleExpression: rate(1 day), taskDefinition: job,"
                " containerOverrides: [{name: main, environment: {'A=B': c}}]}"
            ),
            "error ecs-local.yaml:4: environment: 'A=B' cannot be a name",
        ),
        (
            (
                "{name: r, scheduleExpression: rate(1 day), taskDefinition: job,"
                ' containerOverrides: [{name: main, environment: {A: "a\\0b"}}]}'
            ),
            "error ecs-local.yaml:4: environment.A holds a NUL character",
        ),
        (
            (
                "{name: r, scheduleExpression: rate(1 day), taskDefinition: job,"
                ' containerOverrides: [{name: main, command: ["\\0"]}]}'
            ),
            "error ecs-local.yaml:4: command holds a NUL character",
        ),
        (
            (
                "{name: r, scheduleExpression: rate(1 day), taskDefinition: job,"
                " containerOverrides: [{name: main, memory: -1}]}"
            ),
            "error ecs-local.yaml:4: rule r: container main: memory is at least 6 MiB, not -1",
        ),
        (
            (
                "{name: r, scheduleExpression: rate(1 day), taskDefinition: job,"
                " containerOverrides: [{name: main, cpu: -1}]}"
            ),
            "error ecs-local.yaml:4: rule r: container main: cpu -1 is negative",
        ),
        (
            (
                "{name: r, scheduleExpression: rate(1 day), taskDefinition: job,"
                " taskOverride: {cpu: -1}}"
            ),
            (
                "error ecs-local.yaml:4: Invalid 'cpu' setting for task: '-1'\n"
                "  hint: a whole number of units such as 256, or '.25 vCPU'"
            ),
        ),
    ],
)
def test_what_is_wrong_with_a_rule_is_told_in_full(read: Load, rule: str, expected: str) -> None:
    text = read(f"{TASK}rules: [{rule}]\n").text
    assert text.startswith(expected)
    if rule != "{}":
        assert text.count("error ") == 1


def test_every_problem_of_every_rule_is_told(read: Load) -> None:
    outcome = read(
        f"{TASK}rules:\n"
        "- {name: a, scheduleExpression: rate(1 hours), taskDefinition: job}\n"
        "- {name: b, scheduleExpression: '0 1 * * *', taskDefinition: nothing}\n"
        "- {name: a, scheduleExpression: rate(1 hour), taskDefinition: nothing, taskCount: -1}\n"
    )
    lines = [line for line in outcome.text.splitlines() if line.startswith("error")]
    assert [line.split(": ")[0] for line in lines] == [
        "error ecs-local.yaml:5",
        "error ecs-local.yaml:6",
        "error ecs-local.yaml:7",
        "error ecs-local.yaml:7",
    ]


def test_what_only_aws_would_do_is_noted(read: Load) -> None:
    outcome = read(RULE + "    role: ecsEventsRole\n    platform_version: 1.4.0\n")
    assert outcome.definitions is not None
    assert outcome.text == (
        "note ecs-local.yaml:6: no effect on this machine: a target's role and platform version"
    )


@pytest.mark.parametrize("targets", [5, 6])
def test_a_rule_has_five_targets_at_most(read: Load, targets: int) -> None:
    listed = ", ".join(["{taskDefinition: job}"] * targets)
    text = f"{TASK}rules: [{{name: r, scheduleExpression: rate(1 day), targets: [{listed}]}}]"
    assert (read(text).definitions is None) == (targets == 6)
    assert read(text, lenient=True).definitions is not None


@pytest.mark.parametrize(("characters", "accepted"), [(8109, True), (8110, False)])
def test_overrides_have_8192_characters_as_the_input_of_a_target(
    read: Load, characters: int, accepted: bool
) -> None:
    override = f"[{{name: main, environment: {{TEXT: {'x' * characters}}}}}]"
    outcome = read(RULE + f"    containerOverrides: {override}\n")
    assert (outcome.definitions is not None) is accepted
