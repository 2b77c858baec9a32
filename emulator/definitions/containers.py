"""Container definitions: the camelCase of RegisterTaskDefinition becomes the model."""

import re
from typing import Final

from emulator.definitions.container_logging import read_log_configuration
from emulator.definitions.nodes import Fields, Node, Problems
from emulator.model.task_definition import ContainerDefinition

LIMITS: Final = (
    "dockerSecurityOptions",
    "linuxParameters",
    "resourceRequirements",
    "systemControls",
    "ulimits",
)
"""Fields about the kernel, and what of it a container may use."""

_IMAGE: Final = re.compile(r"[\x21-\x7e]{1,512}")
_PLACEHOLDER: Final = re.compile(r"\$\{[^{}]*\}")
_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,255}", re.ASCII)
_AS_IN_AWS: Final = "write [{name: NAME, value: VALUE}]; compose writes it otherwise"


def read_containers(nodes: list[Node], problems: Problems) -> tuple[ContainerDefinition, ...]:
    """Return the containers of a list of container definitions."""
    found = (read_container(node, problems) for node in nodes)
    return tuple(container for container in found if container is not None)


def read_container(node: Node, problems: Problems) -> ContainerDefinition | None:
    """Return one container; None without name or image.

    One with a wrong name is returned, too: what else is wrong with it is told at the same time.
    """
    fields = Fields(node, "the container definition", problems)
    if not fields.readable:
        return None
    name, image = _name(fields, problems), _image(fields, problems)
    container = ContainerDefinition(
        name=name or "",
        image=image or "",
        command=fields.texts("command"),
        entry_point=fields.texts("entryPoint"),
        environment=_environment(fields, problems),
        cpu=fields.integer("cpu") or 0,
        memory=fields.integer("memory"),
        memory_reservation=fields.integer("memoryReservation"),
        essential=fields.boolean("essential", default=True),
        user=fields.text("user"),
        working_directory=fields.text("workingDirectory"),
        log_configuration=read_log_configuration(fields, problems),
        start_timeout=fields.integer("startTimeout"),
        stop_timeout=fields.integer("stopTimeout"),
        readonly_root_filesystem=fields.boolean("readonlyRootFilesystem"),
        interactive=fields.boolean("interactive"),
        pseudo_terminal=fields.boolean("pseudoTerminal"),
        docker_labels=fields.mapping("dockerLabels"),
        hostname=fields.text("hostname"),
        dns_search_domains=fields.texts("dnsSearchDomains") or (),
        disable_networking=fields.boolean("disableNetworking"),
        privileged=fields.boolean("privileged"),
        source=node.source,
    )
    container = _with_sections(container, fields, problems)
    _report(fields, problems)
    fields.refuse_rest()
    return container if name and image else None


def _with_sections(
    container: ContainerDefinition, fields: Fields, problems: Problems
) -> ContainerDefinition:
    """Add what few containers have: its readers and their part of the model are imported then."""
    if fields.has("environmentFiles", "repositoryCredentials", "secrets"):
        from emulator.definitions.container_environment import with_environment

        container = with_environment(container, fields, problems)
    if fields.has("dependsOn", "healthCheck", "restartPolicy"):
        from emulator.definitions.container_life import with_life

        container = with_life(container, fields, problems)
    if fields.has("mountPoints", "volumesFrom"):
        from emulator.definitions.volumes import with_mounts

        container = with_mounts(container, fields, problems)
    if fields.has("dnsServers", "extraHosts", "links", "portMappings"):
        from emulator.definitions.container_networking import with_network

        container = with_network(container, fields, problems)
    if fields.has("firelensConfiguration"):
        from emulator.definitions.firelens import with_firelens

        container = with_firelens(container, fields, problems)
    if fields.has(*LIMITS):
        from emulator.definitions.container_limits import with_limits

        container = with_limits(container, fields, problems)
    return container


def _name(fields: Fields, problems: Problems) -> str | None:
    name = fields.text("name")
    if not name:
        if name is not None or not fields.says("name"):  # What is no text is told of by now.
            problems.error("Container.name should not be null or empty.", fields.place("name"))
        return None
    if not _NAME.fullmatch(name):
        problems.error(
            f"Container.name contains invalid characters: {name!r}",
            fields.place("name"),
            hint="letters, digits, - and _ are allowed, 255 of them",
        )
    return name


def _image(fields: Fields, problems: Problems) -> str | None:
    node, image = fields.take("image"), fields.text("image")
    if not image:
        if image is not None or not fields.says("image"):
            problems.error("Container.image should not be null or empty.", fields.place("image"))
        return None
    # The expression that a placeholder spells may have blanks; what it stands for has none.
    known = _PLACEHOLDER.sub("_", image) if node is not None and node.guess else image
    if not _IMAGE.fullmatch(known):
        problems.error(
            f"Container.image contains invalid characters: {image!r}",
            fields.place("image"),
            hint="write it as for docker pull: registry/repository:tag or @sha256:...",
        )
    return image


def _environment(fields: Fields, problems: Problems) -> dict[str, str]:
    """Take a list of name and value; of a name that comes twice the last value holds."""
    found = {}
    for item in fields.items("environment", hint=_AS_IN_AWS):
        entry = Fields(item, "the environment variable", problems)
        name = entry.text("name", required=True)
        value = entry.text("value")
        entry.refuse_rest()
        if name is not None and (not name or "=" in name or "\0" in name):
            problems.error(f"environment: {name!r} cannot be a name", item.source)
        elif name is not None:
            found[name] = value or ""
    return found


def _report(fields: Fields, problems: Problems) -> None:
    fields.choice("versionConsistency", among=("enabled", "disabled"))
    specs = fields.take("credentialSpecs")
    if specs is not None and not specs.empty:
        problems.error("credentialSpecs is for Windows containers and domains", specs.source)
