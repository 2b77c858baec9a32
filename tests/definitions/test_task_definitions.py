import itertools
import json
from collections.abc import Callable
from typing import Any

import pytest

from emulator.model.task_definition import (
    ContainerDefinition,
    LaunchType,
    NetworkMode,
    TaskDefinition,
)
from tests.definitions.conftest import Load

MAIN = {"name": "main", "image": "alpine"}
FARGATE: dict[str, Any] = {
    "family": "job",
    "cpu": "256",
    "memory": "512",
    "networkMode": "awsvpc",
    "requiresCompatibilities": ["FARGATE"],
    "executionRoleArn": "arn:aws:iam::000000000000:role/x",
    "containerDefinitions": [MAIN],
}


def document(**changes: Any) -> dict[str, str]:
    return {"job.json": json.dumps(FARGATE | changes)}


def _described(task: dict[str, Any]) -> dict[str, Any]:
    return {"taskDefinition": task}


def container(**changes: Any) -> dict[str, str]:
    return document(containerDefinitions=[MAIN | changes])


def test_a_fargate_task_definition_is_read(read: Load) -> None:
    (definition,) = read(document()).model.task_definitions.values()
    assert definition == TaskDefinition(
        family="job",
        cpu=256,
        memory=512,
        network_mode=NetworkMode.AWSVPC,
        requires_compatibilities=(LaunchType.FARGATE,),
        execution_role_arn="arn:aws:iam::000000000000:role/x",
        container_definitions=(ContainerDefinition(name="main", image="alpine"),),
    )


@pytest.mark.parametrize(
    ("cpu", "memory", "units", "mebibytes"),
    [
        ("256", "512", 256, 512),
        (".25 vCPU", "0.5GB", 256, 512),
        ("1vcpu", "2 GB", 1024, 2048),
        (" 1024 ", "2048", 1024, 2048),
    ],
)
def test_sizes_are_read_as_ecs_reads_them(
    read: Load, cpu: object, memory: object, units: int, mebibytes: int
) -> None:
    (definition,) = read(document(cpu=cpu, memory=memory)).model.task_definitions.values()
    assert (definition.cpu, definition.memory) == (units, mebibytes)


@pytest.mark.parametrize("cpu", ["", ".", "vCPU", "-256", "1e3", "256 units", "٢٥٦", "9" * 30, []])
def test_a_size_that_is_none_is_refused(read: Load, cpu: object) -> None:
    outcome = read(document(cpu=cpu))
    assert outcome.definitions is None
    assert "cpu" in outcome.text


def test_of_containers_that_are_no_list_nothing_more_is_told(read: Load) -> None:
    assert read(document(containerDefinitions=MAIN)).text == (
        "error job.json:1: containerDefinitions must be a list, not a mapping"
    )


def test_of_a_container_with_errors_it_is_not_told_that_others_lack_it(read: Load) -> None:
    outcome = read(
        """\
taskDefinitions:
  job:
    containerDefinitions:
    - {name: router, image: [x], firelensConfiguration: {type: fluentbit}}
    - {name: [first], image: alpine}
    - name: main
      image: alpine
      essential: false
      dependsOn: [{containerName: first, condition: START}]
      logConfiguration: {logDriver: awsfirelens}
rules:
- name: hourly
  scheduleExpression: rate(1 hour)
  taskDefinition: job
  containerOverrides: [{name: first, command: [x]}]
"""
    )
    assert [line for line in outcome.text.splitlines() if line.startswith("error")] == [
        "error ecs-local.yaml:4: image must be text, not a list",
        "error ecs-local.yaml:5: name must be text, not a list",
    ]


@pytest.mark.parametrize("shape", [lambda task: task["containerDefinitions"], _described])
def test_a_broken_container_is_told_once_in_whichever_shape(
    read: Load, shape: Callable[[dict[str, Any]], Any]
) -> None:
    main = MAIN | {"dependsOn": [{"containerName": "first", "condition": "START"}]}
    task = FARGATE | {"containerDefinitions": [main, {"name": "first", "image": ""}]}
    rule = "rules:\n- {name: r, scheduleExpression: rate(1 hour), taskDefinition: job, "
    override = "containerOverrides: [{name: first, command: [x]}]}\n"
    outcome = read({"ecs-local.yaml": rule + override, "job.json": json.dumps(shape(task))})
    assert [line for line in outcome.text.splitlines() if line.startswith("error")] == [
        "error job.json:1: Container.image should not be null or empty."
    ]


def test_of_a_bare_list_of_broken_containers_only_they_are_told(read: Load) -> None:
    outcome = read({"job.json": json.dumps([MAIN | {"image": ""}])})
    assert [line for line in outcome.text.splitlines() if line.startswith("error")] == [
        "error job.json:1: Container.image should not be null or empty."
    ]


def test_what_describe_task_definition_gives_is_read_too(read: Load) -> None:
    described = {
        "taskDefinition": FARGATE
        | {
            "revision": 7,
            "status": "ACTIVE",
            "taskDefinitionArn": "arn:aws:ecs:x:0:task-definition/job:7",
        },
        "tags": [],
    }
    outcome = read({"job.json": json.dumps(described)})
    assert outcome.model.task_definitions["job"].revision == 7
    assert "keys that only DescribeTaskDefinition has are left out" in outcome.text


def test_a_bare_list_is_a_family_of_the_name_of_its_file(read: Load) -> None:
    outcome = read({"batch.json": json.dumps([MAIN])})
    assert list(outcome.model.task_definitions) == ["batch"]
    assert outcome.text.startswith("note batch.json:1: a bare list of containers: family batch")


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (document(containerDefinitions=[]), "a task definition has at least one container"),
        (document(family=""), "Family should not be null or empty."),
        (document(family="a/b"), "Family contains invalid characters: 'a/b'"),
        (
            document(networkMode="AWSVPC"),
            (
                "networkMode: 'AWSVPC' is not one of awsvpc, bridge, host, none\n"
                "  hint: did you mean 'awsvpc'?"
            ),
        ),
        (document(networkMode="bridge"), "Fargate only supports network mode"),
        (document(cpu=None), "Fargate requires that 'cpu' be defined at the task level."),
        (document(memory=None), "Fargate requires that 'memory' be defined at the task level."),
        (
            document(memory="513"),
            (
                "No Fargate configuration exists for given values: 256 CPU , 513 memory. "
                "See the Amazon ECS documentation for the valid values.\n"
                "  hint: with cpu 256 the memory is one of 512, 1024, 2048"
            ),
        ),
        (document(cpu="300"), "Invalid 'cpu' setting for task: Fargate has 256, 512, 1024"),
        (
            document(volumes=[{"name": "v"}, {"name": "v"}]),
            "volumes: v is there twice",
        ),
        (document(nonsense=1), "unknown key 'nonsense' in the task definition"),
        (
            document(containerDefinitions=[MAIN] * 11),
            "11 containers; a task definition has at most 10",
        ),
        (
            document(containerDefinitions=[MAIN, MAIN]),
            "two containers are named main",
        ),
        (container(essential=False), "a task has at least one essential container"),
        (container(name="../x"), "Container.name contains invalid characters: '../x'"),
        (container(name="x" * 256), "Container.name contains invalid characters"),
        (container(name=""), "Container.name should not be null or empty."),
        (container(image=""), "Container.image should not be null or empty."),
        (container(image=None), "Container.image should not be null or empty."),
        (container(image="a b"), "Container.image contains invalid characters: 'a b'"),
        (container(image="a\u001b[31m"), "Container.image contains invalid characters"),
        (
            container(command="date -u"),
            'command must be a list, not text\n  hint: write ["date", "-u"]',
        ),
        (
            container(entryPoint='echo "集計"; date'),
            (
                "entryPoint must be a list, not text\n"
                '  hint: write ["/bin/sh", "-c", "echo \\"集計\\"; date"]'
            ),
        ),
        (container(command="\x1b[2J"), "command must be a list, not text"),
        (
            container(environment={"A": "b"}),
            "environment must be a list, not a mapping\n  hint: write [{name: NAME, value: VALUE}]",
        ),
        (container(command=[{}]), "command holds text, not a mapping"),
        (container(cpu=-1), "container main: cpu -1 is negative"),
        (container(memory=3), "container main: memory is at least 6 MiB, not 3"),
        (container(memory=10**30), "memory is a number of 32 bits, at most 2147483647"),
        (container(memory=64.0), "memory must be a whole number, not 64.0\n  hint: write 64"),
        (container(memory=1.5), "memory must be a whole number, not 1.5"),
        (container(memory=1e300), "memory must be a whole number, not 1e+300"),
        (container(memory=1024), "The 'memory' setting for container 'main' is greater than"),
        (container(cpu=512), "The sum of all container 'cpu' values cannot be greater than"),
        (container(stopTimeout=121), "container main: stopTimeout on Fargate is 2 to 120 seconds"),
        (
            container(mountPoints=[{"sourceVolume": "v", "containerPath": "/x"}]),
            "container main mounts the volume v, which the task definition does not have",
        ),
        (
            container(mountPoints=[{"sourceVolume": "v", "containerPath": "x"}]),
            "containerPath 'x' must begin with /",
        ),
        (
            container(environment=[{"name": "A=B", "value": "x"}]),
            "environment: 'A=B' cannot be a name",
        ),
        (
            container(environment=[{"name": "", "value": "x"}]),
            "environment: '' cannot be a name",
        ),
        (
            container(ulimits=[{"name": "nofile", "softLimit": 2, "hardLimit": 1}]),
            "ulimit nofile: softLimit 2 is over hardLimit 1",
        ),
        (
            container(dependsOn=[{"containerName": "b", "condition": "START"}]),
            "container main depends on b, which is not a container of the task definition",
        ),
        (container(nonsense=1), "unknown key 'nonsense' in the container definition"),
        (
            container(logConfiguration={"logDriver": "awslogs"}),
            "Log driver awslogs requires options: awslogs-region, awslogs-group",
        ),
    ],
)
def test_what_aws_would_not_register_is_refused(
    read: Load, files: dict[str, str], expected: str
) -> None:
    outcome = read(files)
    assert outcome.definitions is None
    errors = [text for text in outcome.text.split("error ") if text]
    assert any(text.partition(": ")[2].startswith(expected) for text in errors), outcome.text


def logging(group: str, prefix: str | None = "p") -> dict[str, str]:
    options = {"awslogs-group": group, "awslogs-region": "us-east-1"}
    if prefix is not None:
        options["awslogs-stream-prefix"] = prefix
    return container(logConfiguration={"logDriver": "awslogs", "options": options})


@pytest.mark.parametrize(
    ("group", "prefix"),
    [
        ("/../../etc", "p"),
        ("..", "p"),
        ("/a/..", "p"),
        ("/a b", "p"),
        ("/a\u0000b", "p"),
        ("/日本", "p"),
        ("/" + "x" * 512, "p"),
        ("/g", "../p"),
        ("/g", "a/../../p"),
        ("/g", "/p"),
        ("/g", "a:b"),
        ("/g", "a\nb"),
        ("/g", "a\\b"),
        ("/g", "x" * 513),
        ("/g", ""),
    ],
)
def test_a_name_that_is_no_place_in_the_log_directory_is_refused(
    read: Load, group: str, prefix: str
) -> None:
    outcome = read(logging(group, prefix))
    assert outcome.definitions is None
    assert "awslogs-" in outcome.text


@pytest.mark.parametrize("group", ["/aws/ecs/x", "plain", "/a.b-c_d/#1", "/..a/b..", "/a//b"])
def test_a_log_group_may_have_any_name_of_cloudwatch(read: Load, group: str) -> None:
    assert read(logging(group)).definitions is not None


def chain(*names: tuple[str, str, str]) -> dict[str, str]:
    """Return containers `(name, depends on, condition)`; the last is essential."""
    listed = [
        MAIN
        | {"name": name, "essential": name == names[-1][0]}
        | ({"dependsOn": [{"containerName": other, "condition": how}]} if other else {})
        for name, other, how in names
    ]
    return document(containerDefinitions=listed)


def test_dependencies_may_not_run_in_a_circle(read: Load) -> None:
    outcome = read(chain(("a", "b", "START"), ("b", "c", "START"), ("c", "a", "START")))
    (line,) = [line for line in outcome.text.splitlines() if "circle" in line]
    path = line.partition("circle: ")[2].split(" -> ")
    assert path[0] == path[-1]
    assert set(itertools.pairwise(path)) == {("a", "b"), ("b", "c"), ("c", "a")}


def test_a_container_may_not_depend_on_itself(read: Load) -> None:
    assert "circle: a -> a" in read(chain(("a", "a", "START"))).text


def test_nobody_waits_for_the_success_of_an_essential_container(read: Load) -> None:
    outcome = read(
        document(
            containerDefinitions=[
                MAIN,
                MAIN
                | {
                    "name": "b",
                    "dependsOn": [{"containerName": "main", "condition": "SUCCESS"}],
                },
            ]
        )
    )
    assert "with SUCCESS or COMPLETE condition cannot be an essential container: main" in (
        outcome.text
    )


def test_a_web_of_dependencies_is_checked_in_one_pass(read: Load) -> None:
    """Every path through thirty levels would be a billion."""
    names = [f"{side}{level}" for level in range(30) for side in "xy"]
    listed = [
        MAIN
        | {
            "name": name,
            "dependsOn": [
                {"containerName": f"{side}{int(name[1:]) + 1}", "condition": "START"}
                for side in "xy"
                if int(name[1:]) < 29
            ],
        }
        for name in names
    ]
    outcome = read(document(containerDefinitions=listed), lenient=True)
    assert outcome.definitions is not None


def test_lenient_runs_what_only_aws_would_mind(read: Load) -> None:
    files = document(memory="513")
    assert read(files).definitions is None
    outcome = read(files, lenient=True)
    assert outcome.model.task_definitions["job"].memory == 513
    assert outcome.text.startswith("warning job.json:1: No Fargate configuration exists")


NIGHTLY = """\
rules:
- {name: nightly, scheduleExpression: rate(1 hour), taskDefinition: job}
"""


def _errors(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("error")]


@pytest.mark.parametrize("shape", [lambda task: task, _described])
def test_a_family_with_nothing_but_errors_is_not_told_to_be_missing(
    read: Load, shape: Callable[[dict[str, Any]], Any]
) -> None:
    task = shape(FARGATE | {"containerDefinitions": [MAIN | {"image": ""}]})
    outcome = read({"ecs-local.yaml": NIGHTLY, "job.json": json.dumps(task)})
    assert _errors(outcome.text) == [
        "error job.json:1: Container.image should not be null or empty."
    ]


def test_of_a_value_that_a_file_of_a_missing_family_lacks_nothing_more_is_told(read: Load) -> None:
    memory = "{{ must_env `MEMORY` }}"
    text = json.dumps(FARGATE | {"containerDefinitions": [MAIN | {"memory": memory}]})
    outcome = read({"ecs-local.yaml": NIGHTLY, "app/job.json": text.replace(f'"{memory}"', memory)})
    assert _errors(outcome.text) == [
        "error app/job.json:1: the environment has no MEMORY, which must_env asks for"
    ]
