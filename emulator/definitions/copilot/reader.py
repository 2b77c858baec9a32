"""A manifest of a scheduled job becomes a rule, a task definition and a log group.

On AWS a state machine of Step Functions stands between the rule and the task and does retries
and the timeout; here the rule starts the task itself.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from emulator.definitions.copilot.images import Images
from emulator.definitions.copilot.manifest import (
    Job,
    Tree,
    dependencies,
    health_check,
    in_environment,
    seconds,
    secrets,
    variables,
    words,
)
from emulator.definitions.copilot.schedule import NotAScheduleError, aws_expression
from emulator.definitions.fragment import Fragment
from emulator.definitions.log_groups import read_log_group
from emulator.definitions.nodes import Fields, Node
from emulator.definitions.reading import Reading
from emulator.definitions.schedule_text import check_schedule
from emulator.definitions.task_definitions import read_task_definition
from emulator.definitions.yaml_text import parse_yaml
from emulator.errors import DefinitionError, SourceRef
from emulator.model.placement import NetworkConfiguration
from emulator.model.rules import Rule, Target
from emulator.model.task_definition import LaunchType

DEFAULT_ENVIRONMENT: Final = "test"
RETENTION: Final = 30
_TYPE: Final = re.compile(r"^type:\s*[\"']?Scheduled Job", re.MULTILINE)
_LATER: Final = ("publish", "taskdef_overrides")
_NO_EFFECT: Final = ("exec", "observability")


def is_manifest(path: Path, text: str) -> bool:
    """Return whether a file is the manifest of a scheduled job."""
    return path.suffix in (".yml", ".yaml") and _TYPE.search(text) is not None


def read_manifest(path: Path, text: str, reading: Reading) -> Fragment:
    """Return the rule and the task definition of a job. Raises `DefinitionError`."""
    problems = reading.problems
    root = parse_yaml(text, reading.project.name(path))
    environment = reading.environment or DEFAULT_ENVIRONMENT
    fields = Fields(in_environment(root, environment, problems), "the manifest", problems)
    name = fields.text("name", required=True) or path.parent.name
    fields.take("type")
    job = Job(_application(path, reading), environment, name)
    return _Reader(path, reading, fields, job, Fragment(files=[path])).read()


def _application(path: Path, reading: Reading) -> str:
    """Return the application that `copilot/.workspace` names, else the name of the project."""
    workspace = path.parent.parent / ".workspace"
    if workspace.is_file():
        try:
            root = parse_yaml(reading.project.read(workspace), reading.project.name(workspace))
        except DefinitionError as error:
            reading.problems.found.extend(error.problems)
        else:
            entries = root.value if isinstance(root.value, dict) else {}
            if "application" in entries and isinstance(entries["application"].value, str):
                return entries["application"].value
    return path.absolute().parent.parent.parent.name or "app"


@dataclass(slots=True)
class _Reader:
    path: Path
    reading: Reading
    fields: Fields
    job: Job
    fragment: Fragment

    def read(self) -> Fragment:
        """Read a manifest whose environment is settled."""
        fields, problems = self.fields, self.reading.problems
        tree = Tree(fields.source)
        network, assigned = self._network()
        retention = self._logging()
        definition = self._task_definition(tree)
        if definition is not None:
            self._rule(network, assigned)
        group = read_log_group(
            self.job.log_group,
            tree.mapping(retentionInDays=tree.text(retention)),
            problems,
        )
        if group is not None:
            self.fragment.add_log_group(group, tree.mapping(retentionInDays=tree.text(retention)))
        for later in _LATER:
            if (node := fields.take(later)) is not None and not node.empty:
                problems.error(f"{later} is not supported yet", node.source)
        for ignored in _NO_EFFECT:
            fields.take(ignored)
        fields.refuse_rest()
        return self.fragment

    # -- the rule ------------------------------------------------------------------------------

    def _rule(self, groups: tuple[str, ...], public: bool) -> None:
        problems, job = self.reading.problems, self.job
        on = self.fields.section("on")
        schedule = None if on is None else on.text("schedule", required=True)
        if on is None:
            problems.error("the manifest has no on.schedule", self.fields.source)
            return
        place = on.place("schedule")
        on.refuse_rest()
        retries, timeout = self._state_machine()
        if schedule is None or schedule.strip() == "none":
            problems.note(f"job {job.name} has no schedule: left out", place)
            return
        try:
            expression, warning = aws_expression(schedule)
        except NotAScheduleError as error:
            problems.error(f"on.schedule: {error}", place)
            return
        if warning is not None:
            problems.warning(f"on.schedule: {warning}: {expression}", place)
        if not check_schedule(expression, "rule", "UTC", place, problems):
            return
        target = Target(
            id=job.name,
            task_definition=job.family,
            launch_type=LaunchType.FARGATE,
            cluster=f"{job.app}-{job.environment}",
            network_configuration=NetworkConfiguration(
                security_groups=groups, assign_public_ip=public
            ),
            propagate_tags="TASK_DEFINITION",
            source=self.fields.source,
        )
        rule = Rule(
            name=job.name,
            description=self.fields.text("description") or "",
            schedule_expression=expression,
            targets=(target,),
            retries=retries,
            timeout_seconds=timeout,
            source=self.fields.source,
        )
        self.fragment.add_rule(rule, Tree(self.fields.source).mapping())

    def _state_machine(self) -> tuple[int, int | None]:
        """Take what Copilot leaves to its state machine: retries, and seconds until a timeout."""
        problems = self.reading.problems
        retries = self.fields.integer("retries") or 0
        timeout = seconds(self.fields, "timeout", problems)
        length = None if timeout is None else timeout.value
        return retries, length if isinstance(length, int) else None

    def _network(self) -> tuple[tuple[str, ...], bool]:
        """Take the security groups, and whether the task gets a public address."""
        network = self.fields.section("network")
        vpc = None if network is None else network.section("vpc")
        if network is not None:
            network.take("connect")
            network.refuse_rest()
        if vpc is None:
            return (), True
        placement = vpc.take("placement")
        groups = vpc.take("security_groups")
        vpc.refuse_rest()
        listed = groups.value if groups is not None and isinstance(groups.value, list) else []
        private = placement is not None and placement.value == "private"
        return tuple(node.text for node in listed if isinstance(node.value, str)), not private

    def _logging(self) -> int:
        section = self.fields.section("logging")
        if section is None:
            return RETENTION
        days = section.integer("retention")
        for name, node in section.rest():
            if name != "retention":
                self.reading.problems.error(f"logging.{name} is not supported yet", node.source)
        return RETENTION if days is None else days

    # -- the task definition -------------------------------------------------------------------

    def _task_definition(self, tree: Tree) -> str | None:
        fields, job = self.fields, self.job
        storage = fields.section("storage")
        volumes, mounts = self._volumes(storage, tree)
        read_only = None if storage is None else storage.take("readonly_fs")
        ephemeral = None if storage is None else storage.take("ephemeral")
        if storage is not None:
            storage.refuse_rest()
        main = self._main_container(tree, mounts, read_only)
        sidecars = [self._sidecar(name, node) for name, node in fields.entries("sidecars")]
        account = self.reading.account
        node = tree.mapping(
            family=tree.text(job.family),
            cpu=fields.take("cpu"),
            memory=fields.take("memory"),
            networkMode=tree.text("awsvpc"),
            requiresCompatibilities=tree.items([tree.text("FARGATE")]),
            executionRoleArn=tree.text(f"arn:aws:iam::{account}:role/{job.family}-ExecutionRole"),
            runtimePlatform=self._platform(tree),
            ephemeralStorage=None if ephemeral is None else tree.mapping(sizeInGiB=ephemeral),
            volumes=volumes,
            containerDefinitions=tree.items([main, *sidecars]),
        )
        definition = read_task_definition(node, self.reading.problems)
        if definition is None:
            self.fragment.broken.add(job.family)
            return None
        self.fragment.add_task_definition(definition, node)
        return definition.family

    def _main_container(self, tree: Tree, mounts: Node | None, read_only: Node | None) -> Node:
        fields, problems = self.fields, self.reading.problems
        image = fields.section("image")
        return tree.mapping(
            name=tree.text(self.job.name),
            image=self._images().main(image, self.fields),
            entryPoint=words(fields, "entrypoint", problems),
            command=words(fields, "command", problems),
            environment=self._environment(fields, tree),
            secrets=secrets(fields, self.reading),
            dependsOn=None if image is None else dependencies(image, tree, problems),
            dockerLabels=None if image is None else image.take("labels"),
            healthCheck=None if image is None else health_check(image, tree, problems),
            mountPoints=mounts,
            readonlyRootFilesystem=read_only,
            logConfiguration=self._log_configuration(tree),
        )

    def _images(self) -> Images:
        return Images(self.path, self.job, self.reading, self.fragment)

    def _sidecar(self, name: str, node: Node) -> Node:
        problems = self.reading.problems
        fields, tree = Fields(node, f"the sidecar {name}", problems), Tree(node.source)
        port = fields.text("port")
        mounts = []
        for item in fields.items("mount_points"):
            mount = Fields(item, "the mount point", problems)
            mounts.append(
                tree.mapping(
                    sourceVolume=mount.take("source_volume"),
                    containerPath=mount.take("path"),
                    readOnly=mount.take("read_only"),
                )
            )
            mount.refuse_rest()
        made = tree.mapping(
            name=tree.text(name),
            image=self._images().named(fields.take("image"), name),
            essential=fields.take("essential"),
            entryPoint=words(fields, "entrypoint", problems),
            command=words(fields, "command", problems),
            environment=self._environment(fields, tree),
            secrets=secrets(fields, self.reading),
            dependsOn=dependencies(fields, tree, problems),
            dockerLabels=fields.take("labels"),
            healthCheck=health_check(fields, tree, problems),
            mountPoints=tree.items(mounts) if mounts else None,
            portMappings=None if port is None else _ports(port, tree),
            logConfiguration=self._log_configuration(tree),
        )
        if (credentials := fields.take("credentials_parameter")) is not None:
            problems.note("credentials_parameter has no effect on this machine", credentials.source)
        fields.refuse_rest()
        return made

    def _environment(self, fields: Fields, tree: Tree) -> Node:
        """Return the variables of a container; those of the manifest win over its file."""
        given = {name: tree.text(value) for name, value in self.job.variables.items()}
        file, place = fields.text("env_file"), fields.place("env_file")
        if file is not None:
            given |= {name: Node(value, place) for name, value in self._file(file, place)}
        return tree.pairs({**given, **variables(fields, self.reading)})

    def _file(self, name: str, place: SourceRef) -> list[tuple[str, str]]:
        """Return the variables of a file, which lies in the workspace, by ECS's own rules."""
        project = self.reading.project
        try:
            file = project.referred(name, place, self.path.parent.parent)
            text = project.read(file)
        except DefinitionError as error:
            self.reading.problems.found.extend(error.problems)
            return []
        self.fragment.files.append(file)
        lines = (line.strip().partition("=") for line in text.splitlines())
        return [(n, value) for n, equals, value in lines if equals and n and n[0] != "#"]

    def _log_configuration(self, tree: Tree) -> Node:
        options = {
            "awslogs-region": tree.text(self.reading.region),
            "awslogs-group": tree.text(self.job.log_group),
            "awslogs-stream-prefix": tree.text("copilot"),
        }
        return tree.mapping(logDriver=tree.text("awslogs"), options=tree.mapping(**options))

    def _platform(self, tree: Tree) -> Node | None:
        node = self.fields.take("platform")
        if node is None or node.value is None:
            return None
        if isinstance(node.value, dict):
            system, architecture = node.value.get("osfamily"), node.value.get("architecture")
        else:
            name, _, processor = node.text.partition("/")
            system, architecture = Node(name, node.source), Node(processor, node.source)
        words_of = {"amd64": "X86_64", "x86_64": "X86_64", "arm64": "ARM64", "arm": "ARM64"}
        processor = "" if architecture is None else architecture.text.lower()
        return tree.mapping(
            operatingSystemFamily=None if system is None else tree.text(system.text.upper()),
            cpuArchitecture=tree.text(words_of.get(processor, processor.upper())),
        )

    def _volumes(self, storage: Fields | None, tree: Tree) -> tuple[Node | None, Node | None]:
        """Take the volumes of the task, and where its main container mounts them."""
        volumes, mounts = [], []
        for name, node in [] if storage is None else storage.entries("volumes"):
            fields = Fields(node, f"the volume {name}", self.reading.problems)
            efs = fields.take("efs")
            used = (
                None if efs is None or efs.empty else tree.mapping(fileSystemId=_file_system(efs))
            )
            volumes.append(tree.mapping(name=tree.text(name), efsVolumeConfiguration=used))
            read_only = fields.take("read_only")
            mounts.append(
                tree.mapping(
                    sourceVolume=tree.text(name),
                    containerPath=fields.take("path"),
                    # Copilot mounts read-only unless it is told otherwise.
                    readOnly=read_only if read_only is not None else tree.text(True),
                )
            )
            fields.refuse_rest()
        return (tree.items(volumes), tree.items(mounts)) if volumes else (None, None)


def _ports(port: str, tree: Tree) -> Node | None:
    number, _, protocol = port.partition("/")
    if not number.isdigit() or len(number) > 5:
        return tree.items([tree.mapping(containerPort=tree.text(port))])
    named = tree.text(protocol) if protocol else None
    return tree.items([tree.mapping(containerPort=tree.text(int(number)), protocol=named)])


def _file_system(efs: Node) -> Node:
    """Return the id of a file system; the one Copilot makes itself has none here."""
    identity = efs.value.get("id") if isinstance(efs.value, dict) else None
    return identity if identity is not None else Node("${copilot-managed-efs}", efs.source)
