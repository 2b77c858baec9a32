"""Container definitions: the camelCase of RegisterTaskDefinition becomes the model."""

import re
from typing import Final

from emulator.definitions.nodes import Fields, Node, Problems
from emulator.model.task_definition import (
    ContainerDefinition,
    ContainerDependency,
    DependencyCondition,
    LogConfiguration,
    MountPoint,
    Ulimit,
)

UNSUPPORTED: Final = (
    "credentialSpecs",
    "disableNetworking",
    "dnsSearchDomains",
    "dnsServers",
    "dockerSecurityOptions",
    "environmentFiles",
    "extraHosts",
    "firelensConfiguration",
    "hostname",
    "links",
    "privileged",
    "repositoryCredentials",
    "resourceRequirements",
    "restartPolicy",
    "secrets",
    "systemControls",
    "volumesFrom",
)
"""Fields that change what a container does and are not there yet: refused unless empty."""

REPORTED: Final = {
    "healthCheck": "health checks are not run, and the health status stays UNKNOWN",
    "portMappings": "no port is published on this machine",
}
"""Fields whose absence a job does not notice by itself: a warning."""

AWSLOGS_OPTIONS: Final = (
    "awslogs-group",
    "awslogs-region",
    "awslogs-stream-prefix",
    "awslogs-create-group",
)
_AWSLOGS_LATER: Final = ("awslogs-datetime-format", "awslogs-multiline-pattern", "awslogs-format")
_AWSLOGS_NO_EFFECT: Final = (
    "mode",
    "max-buffer-size",
    "awslogs-create-stream",
    "awslogs-force-flush-interval-seconds",
    "awslogs-max-buffered-events",
    "awslogs-endpoint",
    "awslogs-credentials-endpoint",
)
ULIMITS: Final = (
    *("core", "cpu", "data", "fsize", "locks", "memlock", "msgqueue", "nice", "nofile"),
    *("nproc", "rss", "rtprio", "rttime", "sigpending", "stack"),
)
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
    linux = fields.section("linuxParameters")
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
        depends_on=_dependencies(fields, problems),
        log_configuration=_log_configuration(fields, problems),
        mount_points=_mount_points(fields, problems),
        start_timeout=fields.integer("startTimeout"),
        stop_timeout=fields.integer("stopTimeout"),
        readonly_root_filesystem=fields.boolean("readonlyRootFilesystem"),
        init_process_enabled=False if linux is None else linux.boolean("initProcessEnabled"),
        interactive=fields.boolean("interactive"),
        pseudo_terminal=fields.boolean("pseudoTerminal"),
        docker_labels=fields.mapping("dockerLabels"),
        ulimits=_ulimits(fields, problems),
        source=node.source,
    )
    if linux is not None:
        _refuse_unsupported(linux, "linuxParameters.", problems)
    fields.take("versionConsistency")
    _report(fields, problems)
    fields.refuse_rest(UNSUPPORTED)
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


def _dependencies(fields: Fields, problems: Problems) -> tuple[ContainerDependency, ...]:
    found = []
    for item in fields.items("dependsOn"):
        entry = Fields(item, "the dependency", problems)
        name = entry.text("containerName", required=True)
        conditions = tuple(condition.value for condition in DependencyCondition)
        if (node := entry.take("condition")) is not None and node.value == "HEALTHY":
            problems.error("dependsOn: the condition HEALTHY is not supported yet", node.source)
            continue
        condition = entry.choice("condition", among=conditions)
        if name and condition:
            found.append(
                ContainerDependency(container_name=name, condition=DependencyCondition(condition))
            )
        elif name and "condition" not in entry:
            problems.error("the dependency has no condition", item.source)
        entry.refuse_rest()
    return tuple(found)


def _log_configuration(fields: Fields, problems: Problems) -> LogConfiguration | None:
    section = fields.section("logConfiguration")
    if section is None:
        return None
    driver = section.text("logDriver", required=True)
    source = section.place("options")
    options = section.mapping("options")
    secret = section.take("secretOptions")
    if secret is not None and not secret.empty:
        problems.error("logConfiguration.secretOptions is not supported yet", secret.source)
    section.refuse_rest()
    if driver is None:
        return None
    if driver == "awslogs":
        _check_awslogs(options, section, problems)
        if not options.get("awslogs-group"):
            return None
    else:
        problems.note(
            f"logDriver {driver}: its output is kept in the local log group /ecs/FAMILY", source
        )
    return LogConfiguration(log_driver=driver, options=options)


def _check_awslogs(options: dict[str, str], section: Fields, problems: Problems) -> None:
    source = section.place("options")
    missing = [name for name in ("awslogs-region", "awslogs-group") if not options.get(name)]
    if "awslogs-group" in missing:
        problems.error(f"Log driver awslogs requires options: {', '.join(missing)}", source)
    elif missing:
        problems.rejected(f"Log driver awslogs requires options: {', '.join(missing)}", source)
    for name in options:
        if name in _AWSLOGS_LATER:
            problems.error(f"the log option {name} is not supported yet", source)
        elif name in _AWSLOGS_NO_EFFECT:
            problems.note(f"the log option {name} has no effect on this machine", source)
        elif name not in AWSLOGS_OPTIONS:
            problems.error(f"unknown log opt '{name}' for awslogs log driver", source)


def _mount_points(fields: Fields, problems: Problems) -> tuple[MountPoint, ...]:
    found = []
    for item in fields.items("mountPoints"):
        entry = Fields(item, "the mount point", problems)
        volume = entry.text("sourceVolume", required=True)
        path = entry.text("containerPath", required=True)
        read_only = entry.boolean("readOnly")
        entry.refuse_rest()
        if path and not path.startswith("/"):
            problems.error(f"containerPath {path!r} must begin with /", item.source)
        elif volume and path:
            found.append(MountPoint(source_volume=volume, container_path=path, read_only=read_only))
    return tuple(found)


def _ulimits(fields: Fields, problems: Problems) -> tuple[Ulimit, ...]:
    found = []
    for item in fields.items("ulimits"):
        entry = Fields(item, "the ulimit", problems)
        name = entry.choice("name", among=ULIMITS)
        soft, hard = entry.integer("softLimit"), entry.integer("hardLimit")
        entry.refuse_rest()
        if name is None or soft is None or hard is None:
            problems.error("a ulimit has a name, a softLimit and a hardLimit", item.source)
        elif soft > hard >= 0:
            problems.error(f"ulimit {name}: softLimit {soft} is over hardLimit {hard}", item.source)
        else:
            found.append(Ulimit(name=name, soft_limit=soft, hard_limit=hard))
    return tuple(found)


def _report(fields: Fields, problems: Problems) -> None:
    for name, effect in REPORTED.items():
        node = fields.take(name)
        if node is not None and not node.empty:
            problems.warning(f"{name}: {effect}", node.source)
    for name in UNSUPPORTED:
        node = fields.take(name)
        if node is not None and not node.empty:
            problems.error(f"{name} is not supported yet", node.source)


def _refuse_unsupported(fields: Fields, prefix: str, problems: Problems) -> None:
    """Refuse what is left of a section whose keys are not all known here."""
    for name, node in fields.rest():
        if not node.empty and not _says_nothing(node):
            problems.error(f"{prefix}{name} is not supported yet", node.source)


def _says_nothing(node: Node) -> bool:
    return isinstance(node.value, dict) and all(child.empty for child in node.value.values())
