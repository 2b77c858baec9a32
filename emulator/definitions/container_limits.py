"""What container definitions say about the kernel: limits, capabilities, devices, parameters."""

from dataclasses import replace
from typing import Final

from emulator.definitions.nodes import Fields, Node, Problems
from emulator.model.linux import Device, LinuxParameters, SystemControl, Tmpfs, Ulimit
from emulator.model.task_definition import ContainerDefinition

ULIMITS: Final = (
    *("core", "cpu", "data", "fsize", "locks", "memlock", "msgqueue", "nice", "nofile"),
    *("nproc", "rss", "rtprio", "rttime", "sigpending", "stack"),
)
CAPABILITIES: Final = (
    *("ALL", "AUDIT_CONTROL", "AUDIT_WRITE", "BLOCK_SUSPEND", "CHOWN", "DAC_OVERRIDE"),
    *("DAC_READ_SEARCH", "FOWNER", "FSETID", "IPC_LOCK", "IPC_OWNER", "KILL", "LEASE"),
    *("LINUX_IMMUTABLE", "MAC_ADMIN", "MAC_OVERRIDE", "MKNOD", "NET_ADMIN", "NET_BIND_SERVICE"),
    *("NET_BROADCAST", "NET_RAW", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_ADMIN"),
    *("SYS_BOOT", "SYS_CHROOT", "SYS_MODULE", "SYS_NICE", "SYS_PACCT", "SYS_PTRACE"),
    *("SYS_RAWIO", "SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "SYSLOG", "WAKE_ALARM"),
)
"""What `capabilities` may name (AWS: KernelCapabilities)."""

TMPFS_OPTIONS: Final = (
    *("defaults", "ro", "rw", "suid", "nosuid", "dev", "nodev", "exec", "noexec", "sync", "async"),
    *("dirsync", "remount", "mand", "nomand", "atime", "noatime", "diratime", "nodiratime"),
    *("bind", "rbind", "unbindable", "runbindable", "private", "rprivate", "shared", "rshared"),
    *("slave", "rslave", "relatime", "norelatime", "strictatime", "nostrictatime"),
)
TMPFS_OPTIONS_WITH_VALUE: Final = ("mode", "uid", "gid", "nr_inodes", "nr_blocks", "mpol")
_SYSTEM_CONTROLS: Final = (
    *("kernel.msgmax", "kernel.msgmnb", "kernel.msgmni", "kernel.sem", "kernel.shmall"),
    *("kernel.shmmax", "kernel.shmmni", "kernel.shm_rmid_forced"),
)
_SYSTEM_CONTROL_PREFIXES: Final = ("fs.mqueue.", "net.")
SECURITY_OPTIONS: Final = ("apparmor:", "label:", "credentialspec:")


def with_limits(
    container: ContainerDefinition, fields: Fields, problems: Problems
) -> ContainerDefinition:
    """Return a container with what it may do and use of the kernel, and the GPUs it asks for."""
    linux = fields.section("linuxParameters")
    return replace(
        container,
        init_process_enabled=False if linux is None else linux.boolean("initProcessEnabled"),
        linux_parameters=_linux_parameters(linux, problems),
        ulimits=_ulimits(fields, problems),
        system_controls=_system_controls(fields, problems),
        docker_security_options=_security_options(fields, problems),
        gpus=read_gpus(fields, problems),
    )


def _linux_parameters(section: Fields | None, problems: Problems) -> LinuxParameters | None:
    """Return what is left of `linuxParameters` once `initProcessEnabled` is taken."""
    if section is None:
        return None
    add, drop = _capabilities(section, problems)
    parameters = LinuxParameters(
        capabilities_add=add,
        capabilities_drop=drop,
        devices=_devices(section, problems),
        tmpfs=_tmpfs(section, problems),
        shared_memory_size=section.integer("sharedMemorySize"),
        max_swap=section.integer("maxSwap"),
        swappiness=section.integer("swappiness"),
        source=section.source,
    )
    section.refuse_rest()
    size, swap = parameters.shared_memory_size, parameters.max_swap
    for name, value, allowed in (
        ("sharedMemorySize", size, size is None or size > 0),
        ("maxSwap", swap, swap is None or swap >= 0),
        ("swappiness", parameters.swappiness, parameters.swappiness in (None, *range(101))),
    ):
        if not allowed:
            problems.error(f"linuxParameters.{name} cannot be {value}", section.place(name))
    return None if parameters == LinuxParameters() else parameters


def _capabilities(section: Fields, problems: Problems) -> tuple[tuple[str, ...], tuple[str, ...]]:
    own = section.section("capabilities")
    if own is None:
        return (), ()
    found = []
    for name in ("add", "drop"):
        words = tuple(word.upper().removeprefix("CAP_") for word in own.texts(name) or ())
        for word in words:
            if word not in CAPABILITIES:
                problems.error(f"capabilities.{name}: there is no {word}", own.place(name))
        found.append(tuple(word for word in words if word in CAPABILITIES))
    own.refuse_rest()
    return found[0], found[1]


def _devices(section: Fields, problems: Problems) -> tuple[Device, ...]:
    found = []
    for item in section.items("devices"):
        entry = Fields(item, "the device", problems)
        path = entry.text("hostPath", required=True)
        inside = entry.text("containerPath")
        permissions = entry.texts("permissions")
        entry.refuse_rest()
        for permission in permissions or ():
            if permission not in ("read", "write", "mknod"):
                problems.error(f"devices: {permission!r} is not a permission", item.source)
        if path:
            device = Device(host_path=path, container_path=inside)
            if permissions:
                device = Device(host_path=path, container_path=inside, permissions=permissions)
            found.append(device)
    return tuple(found)


def _tmpfs(section: Fields, problems: Problems) -> tuple[Tmpfs, ...]:
    found = []
    for item in section.items("tmpfs"):
        entry = Fields(item, "the tmpfs", problems)
        path, size = entry.text("containerPath", required=True), entry.integer("size")
        options = entry.texts("mountOptions") or ()
        entry.refuse_rest()
        for option in options:
            name, equals, _ = option.partition("=")
            if option not in TMPFS_OPTIONS and not (equals and name in TMPFS_OPTIONS_WITH_VALUE):
                problems.error(f"tmpfs: there is no mount option {option!r}", item.source)
        if size is None or size <= 0:
            problems.error("a tmpfs has a size in MiB of at least 1", item.source)
        elif path and path.startswith("/"):
            found.append(Tmpfs(container_path=path, size=size, mount_options=options))
        elif path:
            problems.error(f"containerPath {path!r} must begin with /", item.source)
    return tuple(found)


def _ulimits(fields: Fields, problems: Problems) -> tuple[Ulimit, ...]:
    """Take `ulimits`."""
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


def _system_controls(fields: Fields, problems: Problems) -> tuple[SystemControl, ...]:
    """Take `systemControls`: kernel parameters that belong to a namespace."""
    found = []
    for item in fields.items("systemControls"):
        entry = Fields(item, "the system control", problems)
        name, value = entry.text("namespace", required=True), entry.text("value", required=True)
        entry.refuse_rest()
        if name and name not in _SYSTEM_CONTROLS and not name.startswith(_SYSTEM_CONTROL_PREFIXES):
            problems.error(
                f"systemControls: {name} cannot be set for a container",
                item.source,
                hint=f"{', '.join(_SYSTEM_CONTROLS)}, fs.mqueue.* and net.* can",
            )
        elif name and value:
            found.append(SystemControl(namespace=name, value=value))
    return tuple(found)


def _security_options(fields: Fields, problems: Problems) -> tuple[str, ...]:
    """Take `dockerSecurityOptions`."""
    options = fields.texts("dockerSecurityOptions") or ()
    for option in options:
        known = option.startswith((*SECURITY_OPTIONS, "no-new-privileges"))
        if not known or option.startswith("credentialspec:"):
            problems.error(
                f"dockerSecurityOptions: {option!r} is not possible for Linux containers",
                fields.place("dockerSecurityOptions"),
                hint="no-new-privileges, apparmor:PROFILE and label:VALUE are",
            )
    return options


def read_gpus(fields: Fields, problems: Problems) -> int:
    """Take `resourceRequirements`; return how many GPUs it asks for."""
    gpus = 0
    for item in fields.items("resourceRequirements"):
        gpus += _gpus(item, problems)
    return gpus


def _gpus(item: Node, problems: Problems) -> int:
    entry = Fields(item, "the resource requirement", problems)
    kind = entry.choice("type", among=("GPU", "InferenceAccelerator", "NeuronDevice"))
    count = entry.digits("value") if kind == "GPU" else None
    entry.has("value")
    entry.without_effect("sharingStrategy")
    entry.refuse_rest()
    if "type" not in entry or "value" not in entry:
        problems.error("a resource requirement has a type and a value", item.source)
    elif kind not in ("GPU", None):
        problems.error(f"resourceRequirements: there is no {kind} on this machine", item.source)
    return count or 0
