"""Task definitions: what RegisterTaskDefinition takes, and what DescribeTaskDefinition gives."""

import re
from typing import Final

from emulator.definitions.containers import read_containers
from emulator.definitions.nodes import Fields, Node, Problems
from emulator.errors import SourceRef
from emulator.model.task_definition import LaunchType, NetworkMode, TaskDefinition

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

UNSUPPORTED: Final = (
    "inferenceAccelerators",
    "ipcMode",
    "pidMode",
    "proxyConfiguration",
    "trustedExecutionConfiguration",
)
NO_EFFECT: Final = ("enableFaultInjection", "placementConstraints", "tags")
_FAMILY: Final = re.compile(r"[A-Za-z0-9_-]{1,255}", re.ASCII)
_CPU: Final = re.compile(r"(\d{1,6})|(\d{0,3}(?:\.\d{1,3})?)\s*vcpu", re.ASCII | re.IGNORECASE)
_MEMORY: Final = re.compile(r"(\d{1,7})|(\d{1,3}(?:\.\d{1,3})?)\s*gb", re.ASCII | re.IGNORECASE)


def read_task_definition(
    node: Node,
    problems: Problems,
    *,
    family: str | None = None,
) -> TaskDefinition | None:
    """Return a task definition; None after errors that leave nothing to run.

    `family` where the place of the definition names it.
    """
    fields = Fields(node, "the task definition", problems)
    if not fields.readable:
        return None
    named = fields.text("family")
    if family is not None and named is not None and named != family:
        problems.error(f"family {named!r} stands under {family!r}", fields.place("family"))
    name = _family(family or named, fields.place("family"), problems)
    nodes = fields.items("containerDefinitions")
    containers = read_containers(nodes, problems)
    definition = TaskDefinition(
        family=name or "",
        container_definitions=containers,
        revision=_revision(fields),
        cpu=_amount(fields, "cpu", _CPU, 1024, problems),
        memory=_amount(fields, "memory", _MEMORY, 1024, problems),
        network_mode=_network_mode(fields),
        requires_compatibilities=_compatibilities(fields, problems),
        execution_role_arn=fields.text("executionRoleArn"),
        task_role_arn=fields.text("taskRoleArn"),
        volumes=_volumes(fields, problems),
        cpu_architecture=_architecture(fields, problems),
        ephemeral_storage_gib=_ephemeral_storage(fields),
        source=node.source,
    )
    _report(fields, problems)
    fields.refuse_rest(DESCRIBE_ONLY)
    # Where every container is broken, that they are missing is no news.
    return definition if name and (containers or not nodes) else None


def _family(family: str | None, source: SourceRef, problems: Problems) -> str | None:
    if not family:
        problems.error("Family should not be null or empty.", source)
        return None
    if not _FAMILY.fullmatch(family):
        problems.error(
            f"Family contains invalid characters: {family!r}",
            source,
            hint="letters, digits, - and _ are allowed, 255 of them",
        )
        return None
    return family


def _revision(fields: Fields) -> int:
    """Take the revision that a described definition has; a registered one begins at 1."""
    node = fields.take("revision")
    return node.value if node is not None and type(node.value) is int and node.value > 0 else 1


def _amount(
    fields: Fields, name: str, form: re.Pattern[str], unit: int, problems: Problems
) -> int | None:
    """Take `256`, `"256"`, `".5 vCPU"` or `"2 GB"` as units or MiB."""
    text = fields.text(name)
    if text is None:
        return None
    match = form.fullmatch(text.strip())
    if match is None or (match[1] is None and not match[2].strip(".")):
        problems.error(f"Invalid '{name}' setting for task: {text!r}", fields.place(name))
        return None
    return int(match[1]) if match[1] else round(float(match[2]) * unit)


def _network_mode(fields: Fields) -> NetworkMode:
    mode = fields.choice("networkMode", among=tuple(mode.value for mode in NetworkMode))
    return NetworkMode(mode) if mode else NetworkMode.BRIDGE


def _compatibilities(fields: Fields, problems: Problems) -> tuple[LaunchType, ...]:
    found = []
    for text in fields.texts("requiresCompatibilities") or ():
        if text not in tuple(LaunchType):
            allowed = ", ".join(LaunchType)
            source = fields.place("requiresCompatibilities")
            problems.error(f"requiresCompatibilities: {text!r} is not one of {allowed}", source)
        else:
            found.append(LaunchType(text))
    return tuple(found)


def _volumes(fields: Fields, problems: Problems) -> tuple[str, ...]:
    names: dict[str, bool] = {}
    for item in fields.items("volumes"):
        entry = Fields(item, "the volume", problems)
        name = _family(entry.text("name"), item.source, problems)
        host = entry.section("host")
        path = None if host is None else host.take("sourcePath")
        if path is not None and not path.empty:
            problems.error("volumes: host.sourcePath is not supported yet", path.source)
        for other, node in entry.rest():
            if not node.empty:
                problems.error(f"volumes: {other} is not supported yet", node.source)
        if name in names:
            problems.error(f"volumes: {name} is there twice", item.source)
        elif name:
            names[name] = True
    return tuple(names)


def _architecture(fields: Fields, problems: Problems) -> str | None:
    platform = fields.section("runtimePlatform")
    if platform is None:
        return None
    system = platform.text("operatingSystemFamily")
    if system not in (None, "LINUX"):
        message = f"operatingSystemFamily {system}: only LINUX containers run here"
        problems.error(message, platform.place("operatingSystemFamily"))
    architecture = platform.choice("cpuArchitecture", among=("X86_64", "ARM64"))
    platform.refuse_rest()
    return architecture


def _ephemeral_storage(fields: Fields) -> int | None:
    storage = fields.section("ephemeralStorage")
    if storage is None:
        return None
    size = storage.integer("sizeInGiB")
    storage.refuse_rest()
    return size


def _report(fields: Fields, problems: Problems) -> None:
    for name in NO_EFFECT:
        node = fields.take(name)
        if node is not None and not node.empty:
            problems.note(f"{name} has no effect on this machine", node.source)
    for name in UNSUPPORTED:
        node = fields.take(name)
        if node is not None and not node.empty:
            problems.error(f"{name} is not supported yet", node.source)
    described = [name for name in DESCRIBE_ONLY if fields.take(name) is not None]
    if described:
        problems.note(
            f"keys that only DescribeTaskDefinition has are left out: {', '.join(described)}",
            fields.source,
        )
    if (role := fields.take("taskRoleArn")) is not None and not role.empty:
        problems.warning("taskRoleArn: the task gets no credentials here yet", role.source)
