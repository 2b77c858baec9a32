"""RunTask: which tasks a request makes, and which requests are refused, in ECS's words."""

import itertools
from dataclasses import replace
from pathlib import Path

import pytest

from emulator.ecs.run_task import RunTaskRefusedError, RunTaskRequest, run_task
from emulator.model.container_override import ContainerOverride
from emulator.model.definitions import Local
from emulator.model.rules import TaskOverride
from emulator.model.task import LogStream, Task, TaskStatus
from emulator.model.task_definition import LaunchType, LogConfiguration
from emulator.model.volumes import ConfiguredAtLaunch, Volume
from tests.builders import NOON, awslogs, container, definitions, task_definition

FARGATE_JOB = task_definition(
    container(log_configuration=awslogs()),
    cpu=256,
    memory=512,
    requires_compatibilities=(LaunchType.FARGATE,),
)


def _run(request: RunTaskRequest, *known: object) -> tuple[Task, ...]:
    numbers = itertools.count(1)
    return run_task(
        request,
        definitions(*known),  # type: ignore[arg-type]
        now=NOON,
        new_id=lambda: f"{next(numbers):032x}",
    )


def _refusal(request: RunTaskRequest, *known: object) -> str:
    with pytest.raises(RunTaskRefusedError) as refused:
        _run(request, *known)
    assert str(refused.value).startswith(f"{refused.value.code}: ")
    return str(refused.value)


def test_each_task_of_a_count_has_its_own_identity() -> None:
    first, second = _run(RunTaskRequest(task_definition="job", count=2))
    assert first.id == "0" * 31 + "1"
    assert second.arn == f"arn:aws:ecs:ap-northeast-1:000000000000:task/default/{'0' * 31}2"
    assert first.containers[0].arn != second.containers[0].arn


@pytest.mark.parametrize("count", [0, 11])
def test_ten_tasks_are_the_most(count: int) -> None:
    assert _refusal(RunTaskRequest(task_definition="job", count=count)) == (
        f"InvalidParameterException: count is 1 to 10, not {count}"
    )


@pytest.mark.parametrize(("characters", "fits"), [(8110, True), (8111, False)])
def test_overrides_have_8192_characters(characters: int, fits: bool) -> None:
    environment = {"TEXT": "x" * characters}
    override = ContainerOverride(name="app", environment=environment)
    request = RunTaskRequest(
        task_definition="job", overrides=TaskOverride(container_overrides=(override,))
    )
    if fits:
        assert len(_run(request)) == 1
    else:
        assert _refusal(request) == (
            "InvalidParameterException: Container Overrides length must be at most 8192"
        )


def test_what_a_file_says_is_judged_where_it_is_read() -> None:
    override = ContainerOverride(name="app", environment={"TEXT": "x" * 9000})
    request = RunTaskRequest(
        task_definition="job",
        overrides=TaskOverride(container_overrides=(override,)),
        as_written=True,
    )
    assert len(_run(request)) == 1


def test_a_new_task_is_provisioning_in_version_1() -> None:
    (made,) = _run(RunTaskRequest(task_definition="job", started_by="events-rule/nightly"))
    assert (made.last_status, made.version, made.created_at) == (
        TaskStatus.PROVISIONING,
        1,
        NOON,
    )
    assert (made.group, made.started_by) == ("family:job", "events-rule/nightly")


def test_a_stream_is_prefix_container_and_task_id() -> None:
    (made,) = _run(RunTaskRequest(task_definition="job"), FARGATE_JOB)
    assert made.containers[0].log_stream == LogStream(
        log_group="/jobs/nightly", log_stream=f"batch/app/{made.id}"
    )


@pytest.mark.parametrize("log", [None, LogConfiguration(log_driver="json-file")])
def test_what_a_container_without_awslogs_says_is_kept_too(log: LogConfiguration | None) -> None:
    known = task_definition(container(log_configuration=log))
    (made,) = _run(RunTaskRequest(task_definition="job"), known)
    assert made.containers[0].log_stream == LogStream(
        log_group="/ecs/job", log_stream=f"ecs-local/app/{made.id}"
    )


@pytest.mark.parametrize(
    ("name", "arn_end"),
    [
        ("job", "task-definition/job:1"),
        ("job:7", "task-definition/job:7"),
        ("arn:aws:ecs:ap-northeast-1:000000000000:task-definition/job:3", "task-definition/job:3"),
    ],
)
def test_a_task_definition_is_named_by_family_revision_or_arn(name: str, arn_end: str) -> None:
    (made,) = _run(RunTaskRequest(task_definition=name))
    assert made.task_definition_arn.endswith(arn_end)


@pytest.mark.parametrize(
    ("compatible", "asked", "launch_type"),
    [
        ((), None, LaunchType.EC2),
        ((), LaunchType.FARGATE, LaunchType.FARGATE),
        ((LaunchType.EC2, LaunchType.FARGATE), None, LaunchType.FARGATE),
        ((LaunchType.EC2, LaunchType.FARGATE), LaunchType.EC2, LaunchType.EC2),
        ((LaunchType.EXTERNAL, LaunchType.EC2), None, LaunchType.EC2),
    ],
)
def test_the_launch_type_is_the_one_asked_for_and_else_fargate_before_ec2(
    compatible: tuple[LaunchType, ...], asked: LaunchType | None, launch_type: LaunchType
) -> None:
    definition = replace(FARGATE_JOB, requires_compatibilities=compatible)
    (made,) = _run(RunTaskRequest(task_definition="job", launch_type=asked), definition)
    assert made.launch_type is launch_type


def test_the_launch_type_is_fargate_where_the_definition_says_so() -> None:
    (on_fargate,) = _run(RunTaskRequest(task_definition="job"), FARGATE_JOB)
    (on_ec2,) = _run(RunTaskRequest(task_definition="job"))
    assert (on_fargate.launch_type, on_ec2.launch_type) == (LaunchType.FARGATE, LaunchType.EC2)


def test_overrides_are_in_the_task_and_in_its_definition() -> None:
    overrides = TaskOverride(
        container_overrides=(
            ContainerOverride(name="app", command=("echo", "hi"), environment={"A": "2"}),
        )
    )
    known = task_definition(container(environment={"A": "1", "B": "1"}))
    (made,) = _run(RunTaskRequest(task_definition="job", overrides=overrides), known)
    effective = made.task_definition.container_definitions[0]
    assert effective.command == ("echo", "hi")
    assert effective.environment == {"A": "2", "B": "1"}
    assert made.overrides == overrides


def test_an_unknown_family_is_refused_with_those_that_are_known() -> None:
    assert _refusal(RunTaskRequest(task_definition="jbo")) == (
        "ClientException: TaskDefinition not found: jbo.\n  hint: did you mean 'job'?"
    )


def test_an_override_of_an_unknown_container_is_refused() -> None:
    overrides = TaskOverride(container_overrides=(ContainerOverride(name="ap"),))
    assert _refusal(RunTaskRequest(task_definition="job", overrides=overrides)) == (
        "InvalidParameterException: "
        "Override for container named ap is not a container in the TaskDefinition.\n"
        "  hint: did you mean 'app'?"
    )


def test_a_size_that_a_file_says_for_fargate_is_judged_where_it_is_read() -> None:
    odd = replace(FARGATE_JOB, cpu=512, memory=512)
    assert len(_run(RunTaskRequest(task_definition="job"), odd)) == 1
    nobody = replace(odd, requires_compatibilities=())
    request = RunTaskRequest(task_definition="job", launch_type=LaunchType.FARGATE)
    assert _refusal(request, nobody).startswith(
        "ClientException: No Fargate configuration exists for given values: 512 CPU , 512 memory."
    )


def test_a_size_that_fargate_does_not_offer_is_none_of_an_ec2_tasks_concern() -> None:
    anywhere = replace(FARGATE_JOB, cpu=512, memory=512, requires_compatibilities=())
    request = RunTaskRequest(task_definition="job", overrides=TaskOverride(memory=4096))
    (made,) = _run(request, anywhere)
    assert (made.launch_type, made.cpu, made.memory) == (LaunchType.EC2, 512, 4096)


def test_a_task_is_in_the_cluster_of_the_definitions_unless_another_is_asked_for() -> None:
    known = definitions(cluster="batch")
    made = [
        run_task(RunTaskRequest(task_definition="job", cluster=cluster), known, now=NOON)[0]
        for cluster in (None, "night")
    ]
    assert [task.cluster_arn.rpartition("/")[2] for task in made] == ["batch", "night"]
    assert [task.arn.split("/")[1] for task in made] == ["batch", "night"]


def test_a_volume_that_is_configured_at_launch_needs_a_directory_in_its_place(
    tmp_path: Path,
) -> None:
    volumes = (Volume(name="scratch"), Volume(name="ebs", content=ConfiguredAtLaunch()))
    job = task_definition(volumes=volumes)
    assert _refusal(RunTaskRequest(task_definition="job"), job) == (
        "InvalidParameterException: volume ebs is configured at launch, and is not configured."
        "\n  hint: `local.volumes: {ebs: DIRECTORY}` puts a directory in its place"
    )
    local = Local(volumes={"ebs": str(tmp_path)})
    known = definitions(job, local=local)
    assert len(run_task(RunTaskRequest(task_definition="job"), known, now=NOON)) == 1


def test_an_override_to_a_size_that_fargate_offers_is_taken_and_so_is_no_size_at_all() -> None:
    request = RunTaskRequest(
        task_definition="job",
        overrides=TaskOverride(memory=1024),
        launch_type=LaunchType.FARGATE,
        group="nightly",
    )
    (made,) = _run(request, FARGATE_JOB)
    assert (made.memory, made.task_definition.memory, made.group) == (1024, 1024, "nightly")
    for cpu, memory in ((None, 512), (256, None), (None, None)):
        unsized = replace(FARGATE_JOB, requires_compatibilities=(), cpu=cpu, memory=memory)
        unasked = RunTaskRequest(task_definition="job", launch_type=LaunchType.FARGATE)
        (made,) = _run(unasked, unsized)
        assert made.launch_type is LaunchType.FARGATE


def test_a_definition_for_external_instances_alone_runs_as_on_one() -> None:
    definition = replace(FARGATE_JOB, requires_compatibilities=(LaunchType.EXTERNAL,))
    (made,) = _run(RunTaskRequest(task_definition="job"), definition)
    assert made.launch_type is LaunchType.EXTERNAL


def test_a_launch_type_that_the_definition_does_not_have_is_refused() -> None:
    request = RunTaskRequest(task_definition="job", launch_type=LaunchType.EC2)
    assert _refusal(request, FARGATE_JOB) == (
        "InvalidParameterException: Task definition does not support launch_type EC2."
    )


def test_an_override_to_a_size_that_fargate_does_not_offer_is_refused() -> None:
    request = RunTaskRequest(task_definition="job", overrides=TaskOverride(memory=4096))
    assert _refusal(request, FARGATE_JOB).startswith(
        "ClientException: No Fargate configuration exists for given values: 256 CPU , 4096 memory."
    )


def test_containers_may_not_have_more_than_their_task() -> None:
    overrides = TaskOverride(
        container_overrides=(ContainerOverride(name="app", cpu=512, memory=1024),)
    )
    text = _refusal(RunTaskRequest(task_definition="job", overrides=overrides), FARGATE_JOB)
    assert "The sum of all container 'cpu' values cannot be greater" in text
    assert "The 'memory' setting for container 'app' is greater than for the task." in text
