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
    assert len(outcome.lost("x" * 2000)) == len(outcome.cannot_stop("x" * 2000)) == 1024
    assert len(outcome.task_failed_to_start("x" * 2000, FARGATE)[1]) == 1024


def test_what_the_engine_says_against_a_container_is_named_as_ecs_names_it() -> None:
    broken = ContainerExit(exit_code=127, error="no such device")
    assert outcome.exit_reason(broken) == "DockerStateError: no such device"
    assert outcome.lost("gone") == "CannotInspectContainerError: gone"
    assert outcome.cannot_stop("busy") == "CannotStopContainerError: busy"


def test_a_log_group_that_does_not_exist_is_worded_by_launch_type() -> None:
    text = (
        "failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log "
        "group does not exist."
    )
    assert outcome.missing_log_group(FARGATE) == (
        "ResourceInitializationError: failed to validate logger args: create stream has been "
        f"retried 1 times: {text} : exit status 1"
    )
    assert outcome.missing_log_group(EC2) == (
        "CannotStartContainerError: Error response from daemon: "
        f"failed to initialize logging driver: {text}"
    )


def test_a_container_that_just_exits_has_no_reason() -> None:
    assert outcome.exit_reason(ContainerExit(exit_code=1)) is None


def test_out_of_memory_is_told_whatever_the_exit_code() -> None:
    for code in (0, 1, 137):
        assert outcome.exit_reason(ContainerExit(exit_code=code, oom_killed=True)) == (
            "OutOfMemoryError: Container killed due to memory usage"
        )
