from dataclasses import replace
from typing import Any

import pytest

from emulator.model.container_override import ContainerOverride
from emulator.model.environment import EnvironmentFile
from emulator.model.fargate import NO_GPUS
from emulator.model.overrides import apply_overrides, override_problems
from emulator.model.rules import TaskOverride
from emulator.model.task_definition import ContainerDefinition, LaunchType, TaskDefinition

JOB = TaskDefinition(
    family="job",
    cpu=256,
    memory=512,
    container_definitions=(
        ContainerDefinition(
            name="main", image="a", command=("one",), environment={"A": "1", "B": "1"}, memory=256
        ),
        ContainerDefinition(name="side", image="b", essential=False),
    ),
)


def overriding(**changes: Any) -> TaskOverride:
    return TaskOverride(container_overrides=(ContainerOverride(name="main", **changes),))


def test_a_command_replaces_and_environment_is_merged_by_name() -> None:
    overrides = overriding(command=("two", "three"), environment={"B": "2", "C": "2"})
    main, side = apply_overrides(JOB, overrides).container_definitions
    assert main.command == ("two", "three")
    assert main.environment == {"A": "1", "B": "2", "C": "2"}
    assert side == JOB.container_definitions[1]


def test_what_is_not_overridden_stays() -> None:
    assert apply_overrides(JOB, TaskOverride()) == JOB


FULL = replace(
    JOB,
    task_role_arn="arn:own-task",
    execution_role_arn="arn:own-execution",
    ephemeral_storage_gib=30,
    requires_compatibilities=(LaunchType.FARGATE,),
    container_definitions=(
        replace(
            JOB.container_definitions[0],
            environment_files=(EnvironmentFile(value="arn:aws:s3:::b/own.env", type="s3"),),
            memory_reservation=128,
            cpu=64,
            gpus=1,
        ),
    ),
)


def test_an_override_of_one_field_leaves_all_others_as_they_are() -> None:
    other = (EnvironmentFile(value="arn:aws:s3:::b/other.env", type="s3"),)
    changes: dict[str, object] = {
        "command": ("two",),
        "environment_files": other,
        "cpu": 0,
        "memory": 300,
        "memory_reservation": 64,
        "gpus": 0,
    }
    (own,) = FULL.container_definitions
    for name, value in changes.items():
        effective = apply_overrides(FULL, overriding(**{name: value}))
        changed: Any = {name: value}
        assert effective == replace(FULL, container_definitions=(replace(own, **changed),))
    task_changes: dict[str, object] = {
        "task_role_arn": "arn:task",
        "execution_role_arn": "arn:execution",
        "ephemeral_storage_gib": 50,
        "cpu": 512,
        "memory": 1024,
    }
    for name, value in task_changes.items():
        changed = {name: value}
        assert apply_overrides(FULL, TaskOverride(**changed)) == replace(FULL, **changed)


def test_what_is_for_fargate_alone_and_what_it_does_not_have_is_told() -> None:
    more = TaskOverride(ephemeral_storage_gib=50)
    assert override_problems(JOB, more) == ["ephemeralStorage is for tasks on Fargate only"]
    fargate = replace(JOB, requires_compatibilities=(LaunchType.FARGATE,))
    assert override_problems(fargate, more) == []
    gpus = TaskOverride(
        container_overrides=(
            ContainerOverride(name="side"),
            ContainerOverride(name="main", gpus=1),
        )
    )
    assert override_problems(fargate, gpus) == [NO_GPUS]
    assert override_problems(fargate, TaskOverride(container_overrides=())) == []
    assert override_problems(JOB, gpus) == []


def test_sizes_of_the_task_are_replaced() -> None:
    effective = apply_overrides(JOB, TaskOverride(cpu=512, memory=1024))
    assert (effective.cpu, effective.memory) == (512, 1024)


@pytest.mark.parametrize(
    ("overrides", "problem"),
    [
        (overriding(cpu=512), "The sum of all container 'cpu' values cannot be greater than"),
        (overriding(memory=1024), "The 'memory' setting for container 'main' is greater than"),
        (overriding(memory=0), "container main: memory is at least 6 MiB, not 0"),
        (overriding(cpu=-1), "container main: cpu -1 is negative"),
        (overriding(memory_reservation=300), "container main: memory is below memoryReservation"),
        (
            TaskOverride(container_overrides=(ContainerOverride(name="other"),)),
            "Override for container named other is not a container in the TaskDefinition.",
        ),
    ],
)
def test_what_run_task_would_refuse_is_told(overrides: TaskOverride, problem: str) -> None:
    (told,) = override_problems(JOB, overrides)
    assert told.startswith(problem)


def test_overrides_that_can_be_honoured_have_no_problem() -> None:
    assert override_problems(JOB, overriding(command=("x",), memory=512)) == []


def test_fargate_has_no_gpus_for_an_override_either() -> None:
    overrides = overriding(gpus=1)
    assert override_problems(JOB, overrides) == []
    fargate = replace(JOB, requires_compatibilities=(LaunchType.FARGATE,))
    assert override_problems(fargate, overrides) == [
        "Tasks using the Fargate launch type do not support GPU resource requirements."
    ]


@pytest.mark.parametrize(
    ("changes", "overrides"),
    [
        ({"cpu": 1}, overriding(command=("date",))),
        ({"cpu": 1}, TaskOverride()),
        ({"memory": 128}, overriding(command=("date",))),
    ],
)
def test_what_is_wrong_with_the_definition_itself_is_not_told_again(
    changes: dict[str, Any], overrides: TaskOverride
) -> None:
    assert override_problems(replace(JOB, **changes), overrides) == []
