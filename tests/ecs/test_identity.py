"""Names of tasks and of their containers in the engine."""

import re

from emulator.ecs import identity
from tests.builders import task


def test_a_task_id_is_32_lower_hexadecimal_digits() -> None:
    assert re.fullmatch("[0-9a-f]{32}", identity.new_id())
    assert identity.new_id() != identity.new_id()


def test_started_by_is_cut_at_36_characters() -> None:
    assert identity.started_by("prd-recommend-batch-event-rule", "rule") == (
        "events-rule/prd-recommend-batch-even"
    )
    assert identity.started_by("nightly", "scheduler") == "chronos-schedule/nightly"
    assert identity.started_by("reports/nightly", "scheduler") == "chronos-schedule/nightly"


def test_a_cluster_is_given_by_name_or_arn() -> None:
    arn = "arn:aws:ecs:eu-west-1:123456789012:cluster/jobs"
    assert identity.cluster_arn("eu-west-1", "123456789012", "jobs") == arn
    assert identity.cluster_arn("us-east-1", "0", arn) == arn
    assert identity.task_arn("eu-west-1", "123456789012", arn, "7f") == (
        "arn:aws:ecs:eu-west-1:123456789012:task/jobs/7f"
    )


def test_an_engine_name_is_the_agents_and_holds_what_engines_take() -> None:
    assert re.fullmatch("ecs-job-3-myapp-[0-9a-f]{20}", identity.engine_name("job", 3, "my_app"))


def test_the_agents_labels_are_on_every_container() -> None:
    made = task()
    assert identity.labels(made, "app") == {
        "com.amazonaws.ecs.task-arn": made.arn,
        "com.amazonaws.ecs.cluster": made.cluster_arn,
        "com.amazonaws.ecs.container-name": "app",
        "com.amazonaws.ecs.task-definition-family": "job",
        "com.amazonaws.ecs.task-definition-version": "1",
        "ecs-local.task-id": made.id,
        "ecs-local.rule": "nightly",
    }


def test_what_belongs_to_a_task_has_the_same_id_each_time() -> None:
    made = task()
    assert identity.part_id(made, "version 1") == identity.part_id(made, "version 1")
    assert identity.part_id(made, "version 1") != identity.part_id(made, "version 2")
    assert re.fullmatch(
        r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}",
        identity.part_id(made, "version 1"),
    )
