"""Secrets and environment files that have no value on this machine."""

from collections.abc import Iterator
from typing import Final

from emulator.errors import Severity
from emulator.lint.checks import Check, Facts, Finding


def _secrets(facts: Facts) -> Iterator[Finding]:
    for definition, container in facts.containers():
        log = container.log_configuration
        places = [(secret, ("secrets",)) for secret in container.secrets] + [
            (secret, ("logConfiguration", "secretOptions"))
            for secret in (() if log is None else log.secret_options)
        ]
        for secret, path in places:
            hint = facts.missing_secrets.get(secret.value_from)
            if hint is not None:
                yield Finding(
                    f"secret {secret.name} of container {container.name} has no value here: "
                    "its task does not start",
                    facts.of_container(definition, container, *path, secret.name),
                    hint,
                )


def _files(facts: Facts) -> Iterator[Finding]:
    for definition, container in facts.containers():
        for index, file in enumerate(container.environment_files):
            hint = facts.missing_files.get(file.value)
            if hint is not None:
                yield Finding(
                    f"environment file {file.value} of container {container.name} is not here: "
                    "its task does not start",
                    facts.of_container(definition, container, "environmentFiles", index),
                    hint,
                )


CHECKS: Final = (
    Check(
        "secret-unresolvable",
        Severity.WARNING,
        "A secret has no value on this machine.",
        _secrets,
    ),
    Check(
        "environment-file-missing",
        Severity.WARNING,
        "An environment file has no counterpart on this machine.",
        _files,
    ),
)
