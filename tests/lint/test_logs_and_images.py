"""Log groups, images, targets, tasks and what is local only."""

from pathlib import Path

import pytest

from emulator.definitions import read
from emulator.definitions.files import Project
from emulator.definitions.nodes import Problems
from emulator.definitions.origins import Origins
from emulator.definitions.reading import Reading
from emulator.lint import Facts, lint
from emulator.model.roles import Role, Statement
from tests.lint.findings import NOW, TASK, find, of, rule


def container(**log: str) -> str:
    options = "".join(
        f"          {key.replace('_', '-')}: '{value}'\n" for key, value in log.items()
    )
    return f"""
    - name: main
      image: app:1
      memory: 64
      logConfiguration:
        logDriver: awslogs
        options:
          awslogs-region: us-east-1
{options}"""


def family(name: str, containers: str, more: str = "") -> str:
    return f"  {name}:\n    networkMode: bridge\n{more}    containerDefinitions:{containers}"


GROUP = container(awslogs_group="/ecs/a", awslogs_stream_prefix="p")
CREATES = container(awslogs_group="/ecs/a", awslogs_stream_prefix="p", awslogs_create_group="true")
EXECUTION = "    executionRoleArn: arn:aws:iam::1:role/execution\n"


def test_a_log_group_that_no_file_declares() -> None:
    text = "taskDefinitions:\n" + family("batch", GROUP)
    assert of("log-group-undeclared", find(text)) == [
        (
            "12 warning: no file declares the log group /ecs/a: "
            "without it a Fargate task does not start"
        )
    ]
    assert of("log-group-undeclared", find(text + "logGroups: {/ecs/a: }\n")) == []
    assert of("log-group-undeclared", find("taskDefinitions:\n" + family("b", CREATES))) == []


def test_a_log_group_that_the_execution_role_cannot_create() -> None:
    text = "taskDefinitions:\n" + family("batch", CREATES, EXECUTION)
    policy = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
    role = Role(name="execution", managed_policies=(policy,))
    assert of("log-group-not-creatable", find(text, roles=[role])) == [
        (
            "15 error: awslogs-create-group needs logs:CreateLogGroup, which the execution role "
            "execution does not have"
        )
    ]
    arn = "arn:aws:logs:us-east-1:1:log-group:/ecs/*"
    statement = Statement(actions=("logs:CreateLogGroup",), resources=(arn,))
    able = Role(name="execution", managed_policies=(policy,), statements=(statement,))
    assert of("log-group-not-creatable", find(text, roles=[able])) == []


def test_two_families_whose_streams_look_alike() -> None:
    text = "taskDefinitions:\n" + family("one", GROUP) + family("two", GROUP)
    assert of("log-stream-shared", find(text)) == [
        (
            "25 note: one and two write streams p/main/... into /ecs/a: nobody can tell "
            "by its name "
            "whose a stream is"
        )
    ]


def test_a_log_group_that_is_kept_for_ever() -> None:
    text = "logGroups:\n  /ecs/a:\n  /ecs/b: {retentionInDays: 30}\n"
    assert of("log-group-kept-for-ever", find(text)) == [
        "2 note: the events of log group /ecs/a are kept, and paid for, for ever"
    ]


def test_a_fargate_container_without_logs() -> None:
    fargate = "    requiresCompatibilities: [FARGATE]\n"
    plain = "\n    - {name: main, image: 'app:1'}\n"
    text = "taskDefinitions:\n" + family("batch", plain, fargate)
    [found] = of("log-configuration-missing", find(text))
    assert "on Fargate its output is lost" in found


@pytest.mark.parametrize(
    ("image", "found"),
    [
        ("app", "has no tag"),
        ("app:latest", "is tagged latest"),
        ("localhost:5000/app", "has no tag"),
        ("app:1.2", None),
        ("app@sha256:" + "0" * 64, None),
    ],
)
def test_images_that_move(image: str, found: str | None) -> None:
    texts = of("image-moving", find(TASK.replace("app:1", image)))
    assert (found in texts[0]) if found else texts == []


def test_a_place_that_a_deployment_fills_in_is_no_image() -> None:
    text = TASK.replace("app:1", "<IMAGE1_NAME>")
    found = find(text)
    assert of("image-moving", found) == []
    assert of("image-unresolved", found) == [
        "7 warning: image <IMAGE1_NAME> of batch is a place that a deployment fills in"
    ]
    replaced = text + "local: {images: {'<IMAGE1_NAME>': 'mine:1'}}\n"
    assert of("image-unresolved", find(replaced)) == []


def test_an_image_that_is_replaced_here() -> None:
    text = TASK + "local: {images: {'app:1': 'mine:1', 'nobody:1': 'x'}}\n"
    assert of("image-replaced", find(text)) == [
        "7 note: image app:1 of batch is replaced here by mine:1"
    ]
    assert of("image-unused", find(text)) == [
        "9 warning: local.images: no container has the image nobody:1"
    ]


def test_a_private_image_that_nothing_replaces() -> None:
    ecr = "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/app:1"
    text = TASK.replace("app:1", ecr)
    assert len(of("image-private", find(text))) == 1
    assert of("image-private", find(text + f"local: {{images: {{'{ecr}': 'x:1'}}}}\n")) == []


def test_a_target_without_subnets() -> None:
    text = "rules:\n" + rule("rate(1 hour)") + TASK.replace("bridge", "awsvpc")
    [found] = of("target-network-missing", find(text))
    assert found.startswith("2 warning: rule job has no network configuration")
    network = "network_configuration: {aws_vpc_configuration: {subnets: [subnet-1]}}"
    text = "rules:\n" + rule("rate(1 hour)", more=network) + TASK.replace("bridge", "awsvpc")
    assert of("target-network-missing", find(text)) == []


def test_subnets_for_a_network_mode_that_has_none() -> None:
    network = "network_configuration: {aws_vpc_configuration: {subnets: [subnet-1]}}"
    text = "rules:\n" + rule("rate(1 hour)", more=network)
    [found] = of("target-network-unfit", find(text + TASK))
    assert found.startswith("5 warning: rule job: on AWS, RunTask refuses with")
    assert "not valid for the given networkMode" in found
    assert of("target-network-unfit", find(text + TASK.replace("bridge", "awsvpc"))) == []


def test_a_launch_type_that_the_task_definition_does_not_take() -> None:
    definition = TASK.replace("bridge", "bridge\n    requiresCompatibilities: [EC2]")
    text = "rules:\n" + rule("rate(1 hour)", more="launch_type: FARGATE") + definition
    assert of("target-launch-type", find(text)) == [
        "5 error: rule job: Task definition does not support launch_type FARGATE."
    ]


@pytest.mark.parametrize("said", ["    networkMode: bridge\n", "    networkMode: host\n", ""])
def test_fargate_for_a_task_definition_with_another_network(said: str) -> None:
    definition = TASK.replace("    networkMode: bridge\n", said)
    text = "rules:\n" + rule("rate(1 hour)", more="launch_type: FARGATE") + definition
    found = [each for each in find(text) if each.rule == "target-launch-type"]
    mode = "host" if "host" in said else "bridge"
    assert [each.hint for each in found] == [
        f"batch has network mode {mode}: Fargate only supports awsvpc"
    ]
    assert of("target-launch-type", found) == [
        "5 error: rule job: Task definition does not support launch_type FARGATE."
    ]


@pytest.mark.parametrize(("mode", "wanted"), [("awsvpc", "FARGATE"), ("bridge", "EC2")])
def test_a_launch_type_that_goes_with_the_network(mode: str, wanted: str) -> None:
    definition = TASK.replace("bridge", mode)
    text = "rules:\n" + rule("rate(1 hour)", more=f"launch_type: {wanted}") + definition
    assert of("target-launch-type", find(text)) == []


def test_fargate_for_a_bare_array_which_says_nothing_of_its_network() -> None:
    array = 'taskDefinitions:\n  batch: [{name: main, image: "app:1", memory: 64}]\n'
    text = "rules:\n" + rule("rate(1 hour)", more="launch_type: FARGATE") + array
    assert of("target-launch-type", find(text)) == []


def test_names_that_startedby_cuts_off() -> None:
    names = ("monthly-invoices-of-shops-a", "monthly-invoices-of-shops-b", "short")
    text = "rules:\n" + "".join(rule("rate(1 hour)", name=name) for name in names) + TASK
    assert of("target-started-by", find(text)) == [
        (
            "2 note: startedBy of the tasks of rule monthly-invoices-of-shops-a is cut to "
            "events-rule/monthly-invoices-of-shop on AWS"
        ),
        (
            "5 warning: tasks of rules monthly-invoices-of-shops-a and monthly-invoices-of-shops-b "
            "have the same startedBy on AWS: events-rule/monthly-invoices-of-shop"
        ),
    ]


def test_dead_letter_queues() -> None:
    text = "rules:\n" + rule("rate(1 hour)", more="dead_letter_config: {sqs: lost}") + TASK
    assert of("target-queue-undeclared", find(text)) == [
        "5 note: no file declares the dead-letter queue lost of rule job: it is assumed to exist"
    ]
    assert of("target-queue-undeclared", find(text, queues=["lost"])) == []
    [found] = of("target-queue-undeclared", find(text, queues=["last"]))
    assert found.startswith("5 warning")
    assert of("target-queue-missing", find(text)) == []
    assert len(of("target-queue-missing", find("rules:\n" + rule("rate(1 hour)") + TASK))) == 1


def test_a_stop_timeout_as_long_as_the_interval() -> None:
    text = "rules:\n" + rule("rate(1 minute)") + TASK.replace("64", "64\n      stopTimeout: 60")
    assert of("task-stop-timeout", find(text)) == [
        (
            "13 warning: stopTimeout of main is 60 s, and rule job fires every 60 s: a "
            "task that is "
            "stopped lives into the next"
        )
    ]


@pytest.mark.parametrize(
    ("command", "found"),
    [
        ("[sh, -c, 'sleep 1; date']", 1),
        ("[/bin/bash, -c, 'a && b']", 1),
        ("[sh, -c, date]", 0),
        ("[sh, -c, 'a; exec b']", 0),
        ("[sh, -c, 'trap x TERM; a']", 0),
        ("[date]", 0),
    ],
)
def test_shells_that_keep_sigterm_to_themselves(command: str, found: int) -> None:
    text = TASK.replace("memory: 64", f"memory: 64\n      command: {command}")
    assert len(of("task-shell-deaf", find(text))) == found


def test_task_definitions_and_variables_that_look_like_slips() -> None:
    other = TASK.replace("taskDefinitions:\n", "").replace("batch", "spare")
    variables = "\n      environment: [{name: Mode, value: a}, {name: MODE, value: b}]"
    text = "rules:\n" + rule("rate(1 hour)") + TASK.rstrip() + variables + other
    problems = find(text)
    assert of("task-unused", problems) == ["14 note: no rule runs the task definition spare"]
    [found] = of("task-variable-case", problems)
    assert "has the variables Mode and MODE" in found


def test_what_holds_on_this_machine_only_is_named() -> None:
    local = "local: {env: {A: b}, rules: {job: {overlap: skip}}}\n"
    problems = find("rules:\n" + rule("rate(1 hour)") + TASK + local)
    assert of("local-rule", problems) == [
        (
            "13 note: local.rules.job.overlap holds on this machine only: AWS has no "
            "such thing: it "
            "starts a task beside one that still runs"
        )
    ]
    assert of("local-env", problems) == [
        "13 note: local.env gives every container A, on this machine only"
    ]


def test_a_file_with_errors_is_linted_as_far_as_it_goes() -> None:
    problems = find("rules:\n" + rule("cron(0 0 30 2 ? *)", family="bach") + TASK)
    assert of("target-family-missing", problems) == ["2 error: rule job: no task definition 'bach'"]
    assert len(of("schedule-never-fires", problems)) == 1


def test_an_image_that_only_aws_knows_is_told_once(tmp_path: Path) -> None:
    containers = '[{ name = "main", image = "${aws_ecr_repository.a.repository_url}:1" }]'
    (tmp_path / "main.tf").write_text(
        'resource "aws_ecr_repository" "a" {\n}\n'
        f'resource "aws_ecs_task_definition" "a" {{\n  family = "a"\n'
        f"  container_definitions = jsonencode({containers})\n}}\n",
        "utf-8",
    )
    loaded = read((), Reading(Project(tmp_path), {}, Problems()))
    facts = Facts(loaded.definitions, NOW, {}, Origins(loaded.fragments).place)
    assert of("image-unresolved", lint(facts)) == [
        (
            "5 warning: task definition a: [main].image is "
            "${aws_ecr_repository.a.repository_url}:1, which only AWS knows"
        )
    ]
