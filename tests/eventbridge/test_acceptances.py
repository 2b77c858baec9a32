"""What RunTask says to targets: decided once while the definitions hold."""

from dataclasses import replace

import pytest

from emulator.ecs.run_task import RunTaskRefusedError, RunTaskRequest
from emulator.eventbridge.acceptances import Acceptances
from emulator.model.container_override import ContainerOverride
from emulator.model.definitions import Definitions
from emulator.model.rules import Target, TaskOverride
from emulator.model.task_definition import ContainerDefinition, TaskDefinition

JOB = TaskDefinition(
    family="job",
    container_definitions=(ContainerDefinition(name="app", image="alpine", memory=64),),
)
DEFINITIONS = Definitions(task_definitions={"job": JOB})
PLAIN = Target(id="plain", task_definition="job")


def _command(*words: str, container: str = "app") -> TaskOverride:
    return TaskOverride(container_overrides=(ContainerOverride(name=container, command=words),))


def _request(target: Target, overrides: TaskOverride | None = None) -> RunTaskRequest:
    return RunTaskRequest(
        task_definition=target.task_definition, overrides=overrides or target.overrides
    )


def test_what_targets_ask_for_without_overrides_is_decided_once_for_all() -> None:
    acceptances = Acceptances(DEFINITIONS)
    first = acceptances.of(PLAIN, _request(PLAIN))
    other = replace(PLAIN, id="other")
    assert first.task_definition == JOB
    assert acceptances.of(other, _request(other)) is first
    elsewhere = acceptances.of(PLAIN, replace(_request(PLAIN), cluster="jobs"))
    assert elsewhere.cluster_arn.endswith("cluster/jobs")


def test_targets_keep_their_overrides_apart() -> None:
    acceptances = Acceptances(DEFINITIONS)
    targets = [replace(PLAIN, id=word, overrides=_command(word)) for word in ("one", "two")]
    for _ in range(2):
        accepted = [acceptances.of(target, _request(target)) for target in targets]
        commands = [a.task_definition.container_definitions[0].command for a in accepted]
        assert commands == [("one",), ("two",)]
    assert acceptances.of(targets[0], _request(targets[0])) is accepted[0]


def test_overrides_of_one_occasion_hold_for_no_other() -> None:
    acceptances = Acceptances(DEFINITIONS)
    target = replace(PLAIN, overrides=_command("as", "written"))
    acceptances.of(target, _request(target))
    for word in ("monday", "tuesday"):
        accepted = acceptances.of(target, _request(target, _command(word)))
        assert accepted.task_definition.container_definitions[0].command == (word,)


def test_a_refusal_comes_each_time() -> None:
    acceptances = Acceptances(DEFINITIONS)
    target = replace(PLAIN, overrides=_command("x", container="nobody"))
    for _ in range(2):
        with pytest.raises(RunTaskRefusedError, match="container named nobody"):
            acceptances.of(target, _request(target))
