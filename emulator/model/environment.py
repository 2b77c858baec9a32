"""Where the environment of a container comes from besides `environment` itself."""

from dataclasses import field

from emulator.errors import SourceRef
from emulator.values import frozen


@frozen
class Secret:
    """A variable, or a log option, whose value is a secret; `valueFrom` says which one."""

    name: str
    value_from: str


@frozen
class EnvironmentFile:
    """A file of variables in S3; `value` is the ARN of the object (AWS: EnvironmentFile)."""

    value: str
    type: str = "s3"


@frozen
class CredentialsSource:
    """Whose real credentials tasks get: of a `profile` of AWS's own files (None: the default), of
    the task's role, which that profile assumes, or the ones given.
    """

    profile: str | None = None
    assume_role: bool = False
    access_key_id: str | None = None
    secret_access_key: str | None = field(default=None, repr=False)
    session_token: str | None = field(default=None, repr=False)


@frozen
class DeclaredSecret:
    """A parameter of Systems Manager, or a secret of Secrets Manager, that definition files make.

    `name` is its name there. `value` is None where the files do not say it, or only AWS knows it.
    """

    name: str
    secrets_manager: bool = False
    value: str | None = field(default=None, repr=False)
    source: SourceRef | None = field(default=None, compare=False)


@frozen
class SecretSource:
    """Where a secret's value is on this machine; one of the three.

    `value` itself, the variable `env` of the environment of ecs-local, or `file`, an absolute
    path: of its `key` where one is given, else its whole text without the newline at its end.
    """

    value: str | None = field(default=None, repr=False)
    env: str | None = None
    file: str | None = None
    key: str | None = None
