"""Everything the definition files say together, and what is true of this machine only."""

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from emulator.errors import Problem
from emulator.model.pull_policy import PullPolicy
from emulator.model.rules import LogGroup, Rule
from emulator.model.task_definition import TaskDefinition
from emulator.values import frozen

if TYPE_CHECKING:
    from emulator.model.environment import CredentialsSource, DeclaredSecret, SecretSource
    from emulator.model.event_rules import EventRule
    from emulator.model.image_builds import LocalImage
    from emulator.model.roles import Role
    from emulator.model.sinks import SinkConfiguration
    from emulator.model.task_policies import HistoryLimits, LocalRule


class EndpointUse(StrEnum):
    """Which tasks can ask for their metadata and credentials.

    DEFAULT: those of network mode awsvpc and host, and of bridge those with a role.
    """

    NEVER = "false"
    DEFAULT = "true"
    ALWAYS = "always"


class Permission(StrEnum):
    """What a definition may have on this machine only if `local.allow` says so.

    PRIVILEGED: rights over the machine beyond those of any container. HOST_PATHS: its files.
    """

    PRIVILEGED = "privileged"
    HOST_PATHS = "hostPaths"


@frozen
class Local:
    """The `local:` part of ecs-local.yaml: what AWS would not know.

    `images` maps the image a definition names, or a glob, to what runs here, the builds that
    definition files bring along included; `env` is given to every container, below the
    environment its definition gives. `networks` are networks of the engine that tasks are on
    instead of its default bridge; `bind_address` is where ports are published.
    `volumes` maps the name of a volume, or the id or ARN of a file system or access point, to an
    absolute path of this machine. `concurrency` is how many tasks run at once (None: all).
    `history` says how much of it is kept (None: all).
    `secrets` maps the name, ARN or `valueFrom` of a secret, or a glob, to where its value is; or
    `secrets_file` is the absolute path of a file that does.
    `declared_secrets` are those that definition files declare: they stand in for one that neither
    says anything of.
    `env_files` maps the ARN of an environment file in S3, or a glob, to an absolute path.
    `chain_limit` is how often one rule may start in one chain of events, `sinks` where
    notifications go besides their files.
    `endpoints` says which tasks can ask for metadata and credentials; `endpoint_url` is where AWS's
    SDKs find AWS; `credentials` None gives made-up ones to tasks with a role. `prewarm`: the
    namespaces of awsvpc tasks are made before these are due.
    """

    pull: PullPolicy = PullPolicy.MISSING
    images: Mapping[str, "LocalImage"] = field(default_factory=dict)
    env: Mapping[str, str] = field(default_factory=dict)
    secrets: "Mapping[str, SecretSource]" = field(default_factory=dict)
    secrets_file: str | None = None
    declared_secrets: "tuple[DeclaredSecret, ...]" = ()
    env_files: Mapping[str, str] = field(default_factory=dict)
    endpoints: EndpointUse = EndpointUse.DEFAULT
    endpoint_url: str | None = None
    credentials: "CredentialsSource | None" = None
    networks: tuple[str, ...] = ()
    volumes: Mapping[str, str] = field(default_factory=dict)
    allow: frozenset[Permission] = frozenset()
    bind_address: str = "127.0.0.1"
    concurrency: int | None = None
    history: "HistoryLimits | None" = None
    rules: Mapping[str, "LocalRule"] = field(default_factory=dict)
    chain_limit: int = 1
    prewarm: bool = True
    sinks: "tuple[SinkConfiguration, ...]" = ()

    def stand_in(self, image: str) -> "LocalImage | None":
        """Return what stands for an image: what its own name says, else the first glob."""
        if image in self.images:
            return self.images[image]
        return next((own for glob, own in self.images.items() if fnmatchcase(image, glob)), None)

    def rule(self, name: str) -> "LocalRule":
        """Return what is said of a rule, or the defaults."""
        from emulator.model.task_policies import LocalRule

        return self.rules.get(name, LocalRule())


@frozen
class Definitions:
    """The resolved content of all definition files.

    `rules`, `event_rules` and `log_groups` in the order of the files; `task_definitions` by
    family; `roles` by name and `queues` (names of SQS queues) as far as the files declare them;
    `problems` holds the warnings and notes, for a resolved model has no errors left.
    """

    rules: tuple[Rule, ...] = ()
    event_rules: "tuple[EventRule, ...]" = ()
    task_definitions: Mapping[str, TaskDefinition] = field(default_factory=dict)
    log_groups: tuple[LogGroup, ...] = ()
    roles: Mapping[str, "Role"] = field(default_factory=dict)
    queues: tuple[str, ...] = ()
    region: str = "us-east-1"
    account: str = "000000000000"
    cluster: str = "default"
    local: Local = field(default_factory=Local)
    problems: tuple[Problem, ...] = ()
    files: tuple[str, ...] = ()

    @property
    def rule_names(self) -> tuple[str, ...]:
        """The names of all rules, each once: those with a schedule, then those with a pattern."""
        names = [rule.name for rule in self.rules]
        names += [rule.name for rule in self.event_rules]
        return tuple(dict.fromkeys(names))
