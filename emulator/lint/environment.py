"""Secrets and environment files that have no value on this machine."""

from collections.abc import Iterator, Sequence
from typing import Final

from emulator.errors import Severity, SourceRef
from emulator.lint.checks import Check, Facts, Finding

_SHOWN: Final = 10


def _secrets(facts: Facts) -> Iterator[Finding]:
    for definition, container in facts.containers():
        log = container.log_configuration
        places = [(secret, ("secrets",)) for secret in container.secrets] + [
            (secret, ("logConfiguration", "secretOptions"))
            for secret in (() if log is None else log.secret_options)
        ]
        # What a loop writes stands at one place: one finding has all of it.
        missing: dict[SourceRef | str | None, list[tuple[str, SourceRef | None, str]]] = {}
        for secret, path in places:
            hint = facts.missing_secrets.get(secret.value_from)
            if hint is not None:
                place = facts.of_container(definition, container, *path, secret.name)
                missing.setdefault(place or secret.name, []).append((secret.name, place, hint))
        for found in missing.values():
            names = [name for name, _, _ in found]
            _, place, hint = found[0]
            several = len(names) > 1
            yield Finding(
                f"{'secrets' if several else 'secret'} {_shown(names)} of container "
                f"{container.name} {'have' if several else 'has'} no value here: "
                "its task does not start",
                place,
                f"{hint}, and the others likewise" if several else hint,
            )


def _shown(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more


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
