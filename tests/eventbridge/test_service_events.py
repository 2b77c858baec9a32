"""The events that AWS services send."""

from datetime import UTC, datetime

from emulator.ecs.identity import part_id
from emulator.ecs.run_task import RunTaskRequest, run_task
from emulator.eventbridge.context import in_context, scheduler_context
from emulator.eventbridge.service_events import scheduled_event, task_state_change
from emulator.model.container_override import ContainerOverride
from emulator.model.definitions import Definitions
from emulator.model.rules import TaskOverride
from emulator.model.task import Task
from emulator.model.task_definition import ContainerDefinition, TaskDefinition

NOW = datetime(2026, 11, 24, 0, 0, 0, 123456, tzinfo=UTC)


def _task() -> Task:
    definition = TaskDefinition(
        family="batch",
        container_definitions=(ContainerDefinition(name="app", image="alpine:latest"),),
    )
    definitions = Definitions(
        task_definitions={"batch": definition}, region="ap-northeast-1", cluster="example"
    )
    request = RunTaskRequest(task_definition="batch", started_by="events-rule/nightly")
    return run_task(request, definitions, now=NOW, new_id=lambda: "0" * 32)[0]


def test_a_task_state_change_has_the_envelope_and_the_task_as_detail() -> None:
    event = task_state_change(_task(), NOW)
    detail = event.pop("detail")
    assert event == {
        "version": "0",
        "id": part_id(_task(), "version 1"),
        "detail-type": "ECS Task State Change",
        "source": "aws.ecs",
        "account": "000000000000",
        "time": "2026-11-24T00:00:00Z",
        "region": "ap-northeast-1",
        "resources": [f"arn:aws:ecs:ap-northeast-1:000000000000:task/example/{'0' * 32}"],
    }
    assert detail["lastStatus"] == "PROVISIONING"
    assert detail["startedBy"] == "events-rule/nightly"
    assert detail["updatedAt"] == "2026-11-24T00:00:00.123Z"
    assert detail["overrides"] == {"containerOverrides": [{"name": "app"}]}


def test_what_only_describe_tasks_has_is_not_in_the_event() -> None:
    detail = task_state_change(_task(), NOW)["detail"]
    assert not {"tags", "platformFamily", "fargateEphemeralStorage"} & set(detail)


def test_a_scheduled_event_says_its_rule_and_when_it_is_due() -> None:
    event = scheduled_event("example-batch", NOW, region="ap-northeast-1", account="123456789012")
    assert event.pop("id")
    assert event == {
        "version": "0",
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": "123456789012",
        "time": "2026-11-24T00:00:00Z",
        "region": "ap-northeast-1",
        "resources": ["arn:aws:events:ap-northeast-1:123456789012:rule/example-batch"],
        "detail": {},
    }


def test_context_attributes_are_replaced_in_commands_and_environment() -> None:
    overrides = TaskOverride(
        container_overrides=(
            ContainerOverride(
                name="app",
                command=("report", "--at", "<aws.scheduler.scheduled-time>"),
                environment={"RUN": "<aws.scheduler.execution-id>/<aws.scheduler.attempt-number>"},
            ),
        )
    )
    context = scheduler_context(
        schedule_arn="arn:x", scheduled_time=NOW, execution_id="abc", attempt=1
    )
    (container,) = in_context(overrides, context).container_overrides
    assert container.command == ("report", "--at", "2026-11-24T00:00:00Z")
    assert container.environment == {"RUN": "abc/1"}


def test_a_container_that_keeps_the_command_of_its_definition_still_does_in_context() -> None:
    only_named = ContainerOverride(name="app", environment={"ARN": "<aws.scheduler.schedule-arn>"})
    context = scheduler_context(
        schedule_arn="arn:x", scheduled_time=NOW, execution_id="abc", attempt=2
    )
    overrides = TaskOverride(container_overrides=(only_named,))
    (container,) = in_context(overrides, context).container_overrides
    assert (container.command, container.environment) == (None, {"ARN": "arn:x"})
