"""Container definitions: the camelCase of RegisterTaskDefinition becomes the model."""

import re
from typing import Final

from emulator.definitions.container_environment import (
    read_environment_files,
    read_repository_credentials,
    read_secrets,
)
from emulator.definitions.container_life import (
    read_dependencies,
    read_health_check,
    read_restart_policy,
)
from emulator.definitions.container_limits import (
    read_gpus,
    read_linux_parameters,
    read_security_options,
    read_system_controls,
    read_ulimits,
)
from emulator.definitions.container_logging import read_log_configuration
from emulator.definitions.container_networking import (
    read_dns_servers,
    read_extra_hosts,
    read_links,
    read_port_mappings,
)
from emulator.definitions.nodes import Fields, Node, Problems
from emulator.definitions.volumes import read_mount_points, read_volumes_from
from emulator.model.task_definition import ContainerDefinition

NO_EFFECT: Final = {
    "firelensConfiguration": "its container runs, but no output is routed through it",
}
"""Fields that are accepted: what there is of them on this machine."""

_IMAGE: Final = re.compile(r"[\x21-\x7e]{1,512}")
_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,255}", re.ASCII)


def read_containers(nodes: list[Node], problems: Problems) -> tuple[ContainerDefinition, ...]:
    """Return the containers of a list of container definitions."""
    found = (read_container(node, problems) for node in nodes)
    return tuple(container for container in found if container is not None)


def read_container(node: Node, problems: Problems) -> ContainerDefinition | None:
    """Return one container; None when it has no usable name or image."""
    fields = Fields(node, "the container definition", problems)
    if not fields.readable:
        return None
    name, image = _name(fields, problems), _image(fields, problems)
    shown = name or "?"
    linux = fields.section("linuxParameters")
    environment = _environment(fields, problems)
    container = ContainerDefinition(
        name=name or "",
        image=image or "",
        command=fields.texts("command"),
        entry_point=fields.texts("entryPoint"),
        environment=environment,
        environment_files=read_environment_files(fields, problems),
        secrets=read_secrets(fields, problems, taken=environment),
        repository_credentials=read_repository_credentials(fields),
        cpu=fields.integer("cpu") or 0,
        memory=fields.integer("memory"),
        memory_reservation=fields.integer("memoryReservation"),
        essential=fields.boolean("essential", default=True),
        user=fields.text("user"),
        working_directory=fields.text("workingDirectory"),
        depends_on=read_dependencies(fields, problems),
        log_configuration=read_log_configuration(fields, problems),
        mount_points=read_mount_points(fields, problems),
        volumes_from=read_volumes_from(fields, problems),
        start_timeout=fields.integer("startTimeout"),
        stop_timeout=fields.integer("stopTimeout"),
        readonly_root_filesystem=fields.boolean("readonlyRootFilesystem"),
        init_process_enabled=False if linux is None else linux.boolean("initProcessEnabled"),
        interactive=fields.boolean("interactive"),
        pseudo_terminal=fields.boolean("pseudoTerminal"),
        docker_labels=fields.mapping("dockerLabels"),
        ulimits=read_ulimits(fields, problems),
        health_check=read_health_check(fields, problems),
        restart_policy=read_restart_policy(fields, problems),
        port_mappings=read_port_mappings(fields, shown, problems),
        links=read_links(fields, problems),
        hostname=fields.text("hostname"),
        dns_servers=read_dns_servers(fields, problems),
        dns_search_domains=fields.texts("dnsSearchDomains") or (),
        extra_hosts=read_extra_hosts(fields, problems),
        disable_networking=fields.boolean("disableNetworking"),
        linux_parameters=read_linux_parameters(linux, problems),
        system_controls=read_system_controls(fields, problems),
        docker_security_options=read_security_options(fields, problems),
        privileged=fields.boolean("privileged"),
        gpus=read_gpus(fields, problems),
        source=node.source,
    )
    _report(fields, problems)
    fields.refuse_rest()
    return container if name and image else None


def _name(fields: Fields, problems: Problems) -> str | None:
    name = fields.text("name")
    if not name:
        problems.error("Container.name should not be null or empty.", fields.place("name"))
        return None
    if not _NAME.fullmatch(name):
        problems.error(
            f"Container.name contains invalid characters: {name!r}",
            fields.place("name"),
            hint="letters, digits, - and _ are allowed, 255 of them",
        )
        return None
    return name


def _image(fields: Fields, problems: Problems) -> str | None:
    image = fields.text("image")
    if not image:
        problems.error("Container.image should not be null or empty.", fields.place("image"))
        return None
    if not _IMAGE.fullmatch(image):
        problems.error(
            f"Container.image contains invalid characters: {image!r}",
            fields.place("image"),
            hint="write it as for docker pull: registry/repository:tag or @sha256:...",
        )
        return None
    return image


def _environment(fields: Fields, problems: Problems) -> dict[str, str]:
    """Take a list of name and value; of a name that comes twice the last value holds."""
    found = {}
    for item in fields.items("environment"):
        entry = Fields(item, "the environment variable", problems)
        name = entry.text("name", required=True)
        value = entry.text("value")
        entry.refuse_rest()
        if name and ("=" in name or "\0" in name):
            problems.error(f"environment: {name!r} cannot be a name", item.source)
        elif name:
            found[name] = value or ""
    return found


def _report(fields: Fields, problems: Problems) -> None:
    fields.choice("versionConsistency", among=("enabled", "disabled"))
    for name, effect in NO_EFFECT.items():
        node = fields.take(name)
        if node is not None and not node.empty:
            problems.note(f"{name}: {effect}", node.source)
    specs = fields.take("credentialSpecs")
    if specs is not None and not specs.empty:
        problems.error("credentialSpecs is for Windows containers and domains", specs.source)
