"""Task definitions: what RegisterTaskDefinition takes, and what DescribeTaskDefinition gives."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from emulator.definitions.containers import read_containers
from emulator.definitions.nodes import Fields, Node, Problems
from emulator.definitions.size_text import take_cpu, take_memory
from emulator.definitions.task_rest import report_the_rest
from emulator.errors import SourceRef
from emulator.model.task_definition import (
    LaunchType,
    NamespaceMode,
    NetworkMode,
    TaskDefinition,
)

if TYPE_CHECKING:
    from emulator.model.volumes import Volume

MOST_TAGS: Final = 50
LONGEST_TAG_KEY: Final = 128
LONGEST_TAG_VALUE: Final = 256
MOST_CONSTRAINTS: Final = 10
_FAMILY: Final = re.compile(r"[A-Za-z0-9_-]{1,255}", re.ASCII)


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
    containers = read_containers(fields.items("containerDefinitions"), problems)
    listed = fields.take("containerDefinitions")
    definition = TaskDefinition(
        family=name or "",
        container_definitions=containers,
        revision=_revision(fields),
        cpu=take_cpu(fields, problems),
        memory=take_memory(fields, problems),
        network_mode=fields.member("networkMode", of=NetworkMode) or NetworkMode.BRIDGE,
        requires_compatibilities=_compatibilities(fields, problems),
        execution_role_arn=fields.text("executionRoleArn"),
        task_role_arn=fields.text("taskRoleArn"),
        volumes=_volumes(fields, problems),
        cpu_architecture=_architecture(fields, problems),
        ephemeral_storage_gib=_ephemeral_storage(fields, problems),
        pid_mode=_namespace(fields, "pidMode", ("host", "task")),
        ipc_mode=_namespace(fields, "ipcMode", ("host", "task", "none")),
        tags=_tags(fields, problems),
        placement_constraints=_placement_constraints(fields, problems),
        enable_fault_injection=fields.boolean("enableFaultInjection"),
        source=node.source,
    )
    _check_memory(definition, problems)
    report_the_rest(fields, containers, problems)
    # Where every container is broken, that they are missing is no news.
    missing = listed is None or listed.empty
    return definition if name and (containers or missing) else None


def _check_memory(definition: TaskDefinition, problems: Problems) -> None:
    """Check that memory is said where the definition speaks of AWS's machines."""
    compatible = definition.requires_compatibilities
    if definition.memory is not None or not compatible or LaunchType.FARGATE in compatible:
        return
    for container in definition.container_definitions:
        if container.memory is None and container.memory_reservation is None:
            problems.rejected(
                f"Invalid setting for container '{container.name}'. At least one of 'memory' or "
                "'memoryReservation' must be specified.",
                container.source,
            )


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


def _compatibilities(fields: Fields, problems: Problems) -> tuple[LaunchType, ...]:
    found = []
    for text in fields.texts("requiresCompatibilities") or ():
        if text == "MANAGED_INSTANCES":
            problems.note(
                "requiresCompatibilities MANAGED_INSTANCES: tasks run here as on EC2",
                fields.place("requiresCompatibilities"),
            )
        elif text not in tuple(LaunchType):
            allowed = ", ".join(LaunchType)
            source = fields.place("requiresCompatibilities")
            problems.error(f"requiresCompatibilities: {text!r} is not one of {allowed}", source)
        else:
            found.append(LaunchType(text))
    return tuple(found)


def _namespace(fields: Fields, name: str, among: tuple[str, ...]) -> NamespaceMode | None:
    mode = fields.choice(name, among=among)
    return NamespaceMode(mode) if mode else None


def _tags(fields: Fields, problems: Problems) -> dict[str, str]:
    found: dict[str, str] = {}
    for item in fields.items("tags"):
        entry = Fields(item, "the tag", problems)
        key, value = entry.text("key", required=True), entry.text("value") or ""
        entry.refuse_rest()
        for complaint in tag_complaints(key or "-", value):
            problems.rejected(f"tags: {key!r}: {complaint}", item.source)
        if key is not None and key in found:
            problems.rejected(f"tags: {key!r} is there twice", item.source)
        elif key is not None:
            found[key] = value
    if len(found) > MOST_TAGS:
        problems.rejected(f"tags: {len(found)} tags; AWS allows {MOST_TAGS}", fields.place("tags"))
    return found


def tag_complaints(key: str, value: str) -> Iterator[str]:
    """Yield what is wrong with a tag (AWS: Tag)."""
    if not 1 <= len(key) <= LONGEST_TAG_KEY or len(value) > LONGEST_TAG_VALUE:
        yield "a tag's key has 1 to 128 characters, its value at most 256"
    if key.lower().startswith("aws:"):
        yield "keys that begin with aws: are AWS's own"
    if "${" in key + value:
        return  # Of what is not known here nobody can say what characters it has.
    if not all(c.isalnum() or c.isspace() or c in "_.:/=+-@" for c in key + value):
        yield "a tag has letters, digits, blanks and _ . : / = + - @ only"


def _placement_constraints(fields: Fields, problems: Problems) -> tuple[str, ...]:
    found = []
    for item in fields.items("placementConstraints"):
        entry = Fields(item, "the placement constraint", problems)
        entry.choice("type", among=("memberOf",))
        found.append(entry.text("expression") or "")
        entry.refuse_rest()
    if len(found) > MOST_CONSTRAINTS:
        message = f"placementConstraints: AWS allows {MOST_CONSTRAINTS}, not {len(found)}"
        problems.rejected(message, fields.place("placementConstraints"))
    return tuple(found)


def _volumes(fields: Fields, problems: Problems) -> "tuple[Volume, ...]":
    if not fields.has("volumes"):
        return ()
    from emulator.definitions.volumes import read_volumes

    return read_volumes(fields, problems)


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


def _ephemeral_storage(fields: Fields, problems: Problems) -> int | None:
    storage = fields.section("ephemeralStorage")
    if storage is None:
        return None
    size = storage.integer("sizeInGiB")
    storage.refuse_rest()
    if "sizeInGiB" not in storage:
        problems.error("ephemeralStorage has no sizeInGiB", storage.source)
    elif size is not None:
        problems.note("ephemeralStorage: the disk of this machine is the limit", storage.source)
    return size
