"""What container definitions say about secrets and environment files, in AWS's words."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from emulator.definitions.nodes import Fields, Node, Problems
from emulator.model.environment import EnvironmentFile, Secret
from emulator.model.secret_names import parse_value_from
from emulator.model.task_definition import ContainerDefinition

MOST_FILES: Final = 10


def with_environment(
    container: ContainerDefinition, fields: Fields, problems: Problems
) -> ContainerDefinition:
    """Return a container with its secrets, environment files and registry credentials."""
    return replace(
        container,
        environment_files=read_environment_files(fields, problems),
        secrets=read_secrets(fields, problems, taken=container.environment),
        repository_credentials=_repository_credentials(fields),
    )


def read_secrets(
    fields: Fields, problems: Problems, *, name: str = "secrets", taken: Iterable[str] = ()
) -> tuple[Secret, ...]:
    """Take `secrets` or `secretOptions`; `taken` are names that `environment` has already."""
    found: dict[str, Secret] = {}
    used = set(taken)
    for node in fields.items(name):
        secret = _secret(node, problems)
        if secret is None:
            continue
        if secret.name in used:
            problems.rejected(
                "The secret name must be unique and not shared with any new or existing "
                f"environment variables set on the container, such as '{secret.name}'.",
                node.source,
            )
        used.add(secret.name)
        found[secret.name] = secret
    return tuple(found.values())


def _secret(node: Node, problems: Problems) -> Secret | None:
    entry = Fields(node, "the secret", problems)
    name = entry.text("name", required=True)
    value_from = entry.text("valueFrom", required=True)
    entry.refuse_rest()
    if name and ("=" in name or "\0" in name):
        problems.error(f"secrets: {name!r} cannot be a name", node.source)
        return None
    if not name or not value_from:
        return None
    if parse_value_from(value_from).malformed:
        problems.rejected(
            f"secret {name}: invalid ARN of Secrets Manager: {value_from}",
            entry.place("valueFrom"),
            hint="write arn:…:secret:NAME, or with all three of :JSON-KEY:VERSION-STAGE:VERSION-ID",
        )
    return Secret(name=name, value_from=value_from)


def _repository_credentials(fields: Fields) -> str | None:
    """Take `repositoryCredentials`: the secret that holds a user name and a password."""
    section = fields.section("repositoryCredentials")
    if section is None:
        return None
    parameter = section.text("credentialsParameter", required=True)
    section.refuse_rest()
    return parameter


def read_environment_files(
    fields: Fields, problems: Problems, *names: str
) -> tuple[EnvironmentFile, ...]:
    """Take `environmentFiles`, also by other names: objects of S3, at most ten."""
    nodes = fields.items("environmentFiles", *names)
    if len(nodes) > MOST_FILES:
        message = f"environmentFiles: AWS takes {MOST_FILES} of them"
        problems.rejected(message, nodes[MOST_FILES].source)
    found = (_environment_file(node, problems) for node in nodes)
    return tuple(file for file in found if file is not None)


def _environment_file(node: Node, problems: Problems) -> EnvironmentFile | None:
    entry = Fields(node, "the environment file", problems)
    entry.choice("type", among=("s3",))
    value = entry.text("value", required=True)
    entry.refuse_rest()
    if not value:
        return None
    known = not value.startswith("${")
    if known and not (value.startswith("arn:") and ":s3:::" in value and "/" in value):
        problems.rejected(
            f"environmentFiles: {value!r} is not the ARN of an object of S3",
            entry.place("value"),
            hint="write arn:aws:s3:::BUCKET/KEY.env",
        )
    elif known and not value.endswith(".env"):
        message = f"environmentFiles: the name of an environment file ends in .env: {value}"
        problems.rejected(message, entry.place("value"))
    return EnvironmentFile(value=value)
