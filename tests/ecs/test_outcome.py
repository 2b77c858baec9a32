"""How ECS words the ways a task can end."""

from emulator.ecs import outcome
from emulator.engines.base import ContainerExit
from emulator.model.task import StopCode
from emulator.model.task_definition import LaunchType

FARGATE, EC2 = LaunchType.FARGATE, LaunchType.EC2


def test_an_image_that_cannot_be_pulled_is_worded_as_fargate_words_it() -> None:
    failure = outcome.pull_failure("shop/job:7", "shop/job:7: not found", FARGATE)
    assert failure.reason(FARGATE) == (
        "CannotPullContainerError: pull image manifest has been retried 1 time(s): "
        "failed to resolve ref shop/job:7: shop/job:7: not found"
    )


def test_on_ec2_an_image_that_cannot_be_pulled_is_told_in_the_engines_words() -> None:
    failure = outcome.pull_failure("shop/job:7", "manifest unknown", EC2)
    assert failure.reason(EC2) == (
        "CannotPullContainerError: Error response from daemon: manifest unknown"
    )


def test_a_command_that_does_not_exist_is_worded_by_launch_type() -> None:
    text = 'exec: "x": executable file not found in $PATH'
    assert outcome.start_failure(text, FARGATE).reason(FARGATE) == (
        "CannotStartContainerError: ResourceInitializationError: "
        f"failed to create new container runtime task: {text}"
    )
    assert outcome.start_failure(text, EC2).reason(EC2) == (
        f"CannotStartContainerError: Error response from daemon: {text}"
    )


def test_on_fargate_the_task_tells_the_reason_and_on_ec2_only_the_container_does() -> None:
    reason = outcome.create_failure("no space left").reason(FARGATE)
    assert outcome.task_failed_to_start(reason, FARGATE) == (
        StopCode.TASK_FAILED_TO_START,
        "CannotCreateContainerError: no space left",
    )
    assert outcome.task_failed_to_start(reason, EC2)[1] == "Task failed to start"


def test_reasons_are_cut_at_1024_characters() -> None:
    failure = outcome.create_failure("x" * 2000)
    assert len(failure.reason(FARGATE)) == len(failure.reason(EC2)) == 1024
    assert len(outcome.exit_reason(ContainerExit(exit_code=1, error="x" * 2000)) or "") == 1024


def test_a_container_that_just_exits_has_no_reason() -> None:
    assert outcome.exit_reason(ContainerExit(exit_code=1)) is None


def test_out_of_memory_is_told_whatever_the_exit_code() -> None:
    for code in (0, 1, 137):
        assert outcome.exit_reason(ContainerExit(exit_code=code, oom_killed=True)) == (
            "OutOfMemoryError: Container killed due to memory usage"
        )
