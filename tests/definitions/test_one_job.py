"""The same job in every format is the same model, apart from what a format cannot say."""

from dataclasses import replace
from pathlib import Path

import pytest

from emulator.definitions import load
from emulator.errors import Severity
from emulator.model.definitions import Definitions
from emulator.model.placement import NetworkConfiguration
from emulator.model.rules import LogGroup, Rule
from emulator.model.task_definition import LogConfiguration, TaskDefinition

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "sample_jobs"
ROLE = "arn:aws:iam::000000000000:role/ecs-events"
SUBNET = "subnet-private"
FORMATS = ("aws-cli", "cdk", "cloudformation", "ecschedule", "terraform")


def loaded(path: Path) -> Definitions:
    return load([path], directory=ROOT, environ={})


@pytest.fixture(scope="module")
def book() -> Definitions:
    return loaded(ROOT / "ecs-local.yaml")


def as_deployed(rule: Rule, subnet: str = SUBNET) -> Rule:
    """Return the rule of ecs-local.yaml with what it leaves out, for only AWS needs it."""
    (target,) = rule.targets
    network = NetworkConfiguration(subnets=(subnet,))
    target = replace(target, role_arn=ROLE, platform_version="1.4.0", network_configuration=network)
    return replace(rule, targets=(target,))


@pytest.mark.parametrize("name", FORMATS)
def test_the_rule_is_equal(name: str, book: Definitions) -> None:
    definitions = loaded(SAMPLES / name)
    (rule,) = definitions.rules
    network = rule.targets[0].network_configuration
    assert network is not None
    # Terraform asks AWS for the subnet, so that its id is a placeholder here.
    (subnet,) = network.subnets if name == "terraform" else (SUBNET,)
    assert rule == as_deployed(book.rules[0], subnet)
    assert ("${" in subnet) == (name == "terraform")


@pytest.mark.parametrize("name", FORMATS)
def test_the_task_definition_is_equal(name: str, book: Definitions) -> None:
    assert loaded(SAMPLES / name).task_definitions == book.task_definitions


@pytest.mark.parametrize("name", FORMATS)
def test_the_log_group_is_equal_where_a_format_has_some(name: str, book: Definitions) -> None:
    # ecschedule, ecspresso and what the CLI says of rules know nothing of log groups.
    expected = () if name in ("aws-cli", "ecschedule") else book.log_groups
    assert loaded(SAMPLES / name).log_groups == expected


@pytest.mark.parametrize("name", ["cdk", "cloudformation", "terraform"])
def test_the_roles_are_equal_where_a_format_has_some(name: str) -> None:
    roles = loaded(SAMPLES / name).roles
    assert sorted(roles) == ["ecs-events", "ecs-task-execution"]
    assert roles["ecs-events"].trusted == ("events.amazonaws.com",)


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "aws-cli"])
def test_the_region_is_equal(name: str, book: Definitions) -> None:
    assert loaded(SAMPLES / name).region == book.region


def test_copilot_says_the_same_job_under_names_of_its_own(book: Definitions) -> None:
    """Family, container, log group, stream, cluster and variables are Copilot's to choose."""
    definitions = loaded(SAMPLES / "copilot")
    (rule,) = definitions.rules
    (target,) = rule.targets
    (told,) = book.rules[0].targets
    assert replace(rule, targets=()) == replace(book.rules[0], targets=())
    assert target == replace(
        told,
        task_definition="example-test-example-batch",
        cluster="example-test",
        network_configuration=NetworkConfiguration(),
        propagate_tags="TASK_DEFINITION",
    )
    definition = definitions.task_definitions["example-test-example-batch"]
    assert without_copilots_names(definition) == book.task_definitions["example-batch"]
    log_group = LogGroup(name="/copilot/example-test-example-batch", retention_in_days=180)
    assert definitions.log_groups == (log_group,)


def without_copilots_names(definition: TaskDefinition) -> TaskDefinition:
    (container,) = definition.container_definitions
    log = container.log_configuration
    assert log is not None
    options = {
        "awslogs-region": "ap-northeast-1",
        "awslogs-stream-prefix": "batch",
        "awslogs-group": "/ecs-scheduled-tasks/example",
    }
    assert set(log.options) == set(options)
    assert all(name.startswith("COPILOT_") for name in container.environment)
    plain = replace(
        container,
        name="alpine",
        environment={},
        log_configuration=LogConfiguration(log_driver="awslogs", options=options),
    )
    return replace(
        definition,
        family="example-batch",
        execution_role_arn="arn:aws:iam::000000000000:role/ecs-task-execution",
        container_definitions=(plain,),
    )


@pytest.mark.parametrize("name", [*FORMATS, "copilot"])
def test_a_sample_has_no_warnings(name: str) -> None:
    problems = loaded(SAMPLES / name).problems
    assert [str(p) for p in problems if p.severity is not Severity.NOTE] == []
