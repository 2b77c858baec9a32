"""Tells which parts of a task definition have no effect on this machine, each by its name."""

from typing import Final

from emulator.definitions.nodes import Fields, Problems
from emulator.model.task_definition import ContainerDefinition

DESCRIBE_ONLY: Final = (
    "compatibilities",
    "deleteRequestedAt",
    "deregisteredAt",
    "registeredAt",
    "registeredBy",
    "requiresAttributes",
    "revision",
    "status",
    "taskDefinitionArn",
)
"""Keys that DescribeTaskDefinition adds; RegisterTaskDefinition would refuse them."""

NO_EFFECT: Final = {
    "enableFaultInjection": "no faults are injected",
    "placementConstraints": "every task runs on this machine",
}
"""Fields that are accepted: what there is of them on this machine."""


def report_the_rest(
    fields: Fields, containers: tuple[ContainerDefinition, ...], problems: Problems
) -> None:
    """Take what the model has no place for, and refuse what is not known at all."""
    _report(fields, problems)
    _report_isolation(fields, problems)
    _report_proxy(fields, containers, problems)
    _report_described(fields, problems)
    fields.refuse_rest(DESCRIBE_ONLY)


def _report(fields: Fields, problems: Problems) -> None:
    for name, effect in NO_EFFECT.items():
        node = fields.take(name)
        if node is not None and not node.empty:
            problems.note(f"{name}: {effect}", node.source)
    accelerators = fields.take("inferenceAccelerators")
    if accelerators is not None and not accelerators.empty:
        message = "inferenceAccelerators: AWS has ended Elastic Inference"
        problems.error(message, accelerators.source)


def _report_described(fields: Fields, problems: Problems) -> None:
    described = [name for name in DESCRIBE_ONLY if fields.take(name) is not None]
    # The revision is kept; it is left out only together with what else AWS made up.
    if described and described != ["revision"]:
        problems.note(
            f"keys that only DescribeTaskDefinition has are left out: {', '.join(described)}",
            fields.source,
        )


def _report_proxy(
    fields: Fields, containers: tuple[ContainerDefinition, ...], problems: Problems
) -> None:
    node, section = fields.take("proxyConfiguration"), fields.section("proxyConfiguration")
    if section is None or node is None or node.empty:
        return
    name = section.text("containerName", required=True)
    section.choice("type", among=("APPMESH",))
    section.take("properties")
    section.refuse_rest()
    if name and all(container.name != name for container in containers):
        message = f"proxyConfiguration: {name} is not a container of the task definition"
        problems.rejected(message, section.place("containerName"))
    message = "proxyConfiguration: no traffic is redirected to the proxy"
    problems.note(message, section.source)


def _report_isolation(fields: Fields, problems: Problems) -> None:
    section = fields.section("trustedExecutionConfiguration")
    if section is None:
        return
    mode = section.text("isolationMode", required=True)
    section.take("attestationPolicy")
    section.refuse_rest()
    if mode == "SHARED":
        problems.note("trustedExecutionConfiguration has no effect on this machine", section.source)
    else:
        message = f"isolationMode {mode}: containers of this machine share its kernel"
        problems.error(message, section.place("isolationMode"))
