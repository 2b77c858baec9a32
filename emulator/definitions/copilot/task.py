"""The task definition of a Copilot job: the job's own container, and its sidecars."""

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from emulator.definitions.copilot.images import Images
from emulator.definitions.copilot.log_router import NAME, LogRouter, read_log_router
from emulator.definitions.copilot.manifest import (
    Job,
    Tree,
    dependencies,
    filled,
    health_check,
    secrets,
    variables,
    words,
)
from emulator.definitions.copilot.overrides import overridden
from emulator.definitions.copilot.storage import mount_variable, read_storage, sidecar_mounts
from emulator.definitions.copilot.topics import read_topics
from emulator.definitions.fragment import Fragment
from emulator.definitions.nodes import Fields, Node, Problems
from emulator.definitions.reading import Reading
from emulator.errors import DefinitionError, SourceRef
from emulator.model.arns import arn_of

ARCHITECTURES = {"amd64": "X86_64", "x86_64": "X86_64", "arm64": "ARM64", "arm": "ARM64"}
"""What a manifest calls an architecture, and what the API does."""

CPU = 256
MEMORY = 512
"""What a task has where its manifest says nothing."""


class _Part(NamedTuple):
    """A container as a manifest has it.

    `about` is where its labels, health check and dependencies stand: the job's own has them under
    its image.
    """

    name: str
    image: Node | None
    fields: Fields
    about: Fields
    mounts: Node | None
    logs: Node


@dataclass(slots=True)
class JobTask:
    """Reads what of one manifest makes its task definition."""

    path: Path
    reading: Reading
    fields: Fields
    job: Job
    fragment: Fragment

    @property
    def problems(self) -> Problems:
        """Where what is wrong with the manifest is noted."""
        return self.reading.problems

    def definition(self) -> Node:
        """Return the task definition in the API's shape."""
        fields, job = self.fields, self.job
        tree = Tree(fields.source)
        storage = read_storage(fields, tree, self.problems)
        topics = read_topics(fields, job, self.reading)
        router = read_log_router(fields, self.reading)
        logs = self._log_configuration(tree) if router is None else router.log_configuration
        main = self._main_container(tree, topics, storage.mounts, logs, storage.read_only_root)
        routers = [] if router is None else [self._log_router(router)]
        sidecars = [self._sidecar(name, node, topics) for name, node in fields.entries("sidecars")]
        role = arn_of(
            "iam", self.reading.region, self.reading.account, f"role/{job.family}-ExecutionRole"
        )
        made = tree.mapping(
            family=tree.text(job.family),
            cpu=filled(fields, "cpu") or tree.text(CPU),
            memory=filled(fields, "memory") or tree.text(MEMORY),
            networkMode=tree.text("awsvpc"),
            requiresCompatibilities=tree.items([tree.text("FARGATE")]),
            executionRoleArn=tree.text(role),
            runtimePlatform=self._platform(tree),
            ephemeralStorage=storage.ephemeral,
            volumes=storage.volumes,
            containerDefinitions=tree.items([main, *routers, *sidecars]),
        )
        return overridden(made, fields, self.problems)

    def _main_container(
        self,
        tree: Tree,
        topics: dict[str, Node],
        mounts: Node | None,
        logs: Node,
        read_only: Node | None,
    ) -> Node:
        image = self.fields.section("image")
        if image is None:
            self.problems.error("the manifest has no image", self.fields.source)
            image = Fields(tree.mapping(), "the image", self.problems)
        chosen = self._images().main(image)
        part = _Part(self.job.name, chosen, self.fields, image, mounts, logs)
        made = self._container(
            part,
            tree,
            topics,
            repositoryCredentials=_credentials(image, "credentials"),
            readonlyRootFilesystem=read_only,
        )
        image.refuse_rest()
        return made

    def _sidecar(self, name: str, node: Node, topics: dict[str, Node]) -> Node:
        fields, tree = Fields(node, f"the sidecar {name}", self.problems), Tree(node.source)
        port = fields.text("port")
        image = self._images().named(fields.take("image"), name)
        mounts = sidecar_mounts(fields, tree, self.problems)
        made = self._container(
            _Part(name, image, fields, fields, mounts, self._log_configuration(tree)),
            tree,
            topics,
            repositoryCredentials=_credentials(fields, "credentials_parameter"),
            essential=fields.take("essential"),
            portMappings=None if port is None else _ports(port, tree),
        )
        fields.refuse_rest()
        return made

    def _log_router(self, router: LogRouter) -> Node:
        fields, tree = router.fields, Tree(router.fields.source)
        made = tree.mapping(
            name=tree.text(NAME),
            image=router.image,
            environment=self._environment(fields, tree, {}),
            secrets=secrets(fields, self.reading),
            firelensConfiguration=router.configuration,
            logConfiguration=self._log_configuration(tree),
        )
        fields.refuse_rest()
        return made

    def _container(
        self, part: _Part, tree: Tree, topics: dict[str, Node], **further: Node | None
    ) -> Node:
        """Return a container in the API's shape; `further` is what not all of them have."""
        fields, about, problems = part.fields, part.about, self.problems
        return tree.mapping(
            name=tree.text(part.name),
            image=part.image,
            entryPoint=words(fields, "entrypoint", problems),
            command=words(fields, "command", problems),
            environment=self._environment(fields, tree, topics | mount_variable(part.mounts)),
            secrets=secrets(fields, self.reading),
            dependsOn=dependencies(about, tree, problems),
            dockerLabels=about.take("labels"),
            healthCheck=health_check(about, tree, problems),
            mountPoints=part.mounts,
            logConfiguration=part.logs,
            **further,
        )

    def _images(self) -> Images:
        return Images(self.path, self.job, self.reading, self.fragment)

    def _environment(self, fields: Fields, tree: Tree, given: dict[str, Node]) -> Node:
        """Return the variables of a container; those of the manifest win over its file."""
        own = {name: tree.text(value) for name, value in self.job.variables.items()} | given
        file, place = fields.text("env_file"), fields.place("env_file")
        if file is not None:
            own |= {name: Node(value, place) for name, value in self._file(file, place)}
        return tree.pairs({**own, **variables(fields, self.reading)})

    def _file(self, name: str, place: SourceRef) -> list[tuple[str, str]]:
        """Return the variables of a file, which lies in the workspace, by ECS's own rules."""
        project = self.reading.project
        try:
            file = project.referred(name, place, self.path.parent.parent)
            text = project.read(file)
        except DefinitionError as error:
            self.problems.found.extend(error.problems)
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
        processor = "" if architecture is None else architecture.text.lower()
        return tree.mapping(
            operatingSystemFamily=None if system is None else tree.text(system.text.upper()),
            cpuArchitecture=tree.text(ARCHITECTURES.get(processor, processor.upper())),
        )


def _credentials(fields: Fields, name: str) -> Node | None:
    """Take the secret with which an image is pulled."""
    secret = fields.take(name)
    if secret is None or secret.value is None:
        return None
    return Tree(secret.source).mapping(credentialsParameter=secret)


def _ports(port: str, tree: Tree) -> Node | None:
    number, _, protocol = port.partition("/")
    if not number.isdigit() or len(number) > 5:
        return tree.items([tree.mapping(containerPort=tree.text(port))])
    named = tree.text(protocol) if protocol else None
    return tree.items([tree.mapping(containerPort=tree.text(int(number)), protocol=named)])
