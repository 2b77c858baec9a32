"""All secrets of a task at once, and what ECS says when some cannot be had."""

from collections.abc import Iterable
from typing import Final

from emulator.ecs.secret_values import SecretUnavailableError, SecretValues
from emulator.model.environment import Secret
from emulator.model.task_definition import LaunchType, TaskDefinition

_FARGATE: Final = (
    "ResourceInitializationError: unable to pull secrets or registry auth: execution resource "
    "retrieval failed: "
)
_RETRIED: Final = "service call has been retried 1 time(s): "


class SecretsMissingError(Exception):
    """Secrets of a task cannot be had; `reason` as ECS words it, `hints` say what to write."""

    def __init__(self, reason: str, hints: Iterable[str]) -> None:
        super().__init__(reason)
        self.reason = reason
        self.hints = tuple(dict.fromkeys(hints))


def task_secrets(
    definition: TaskDefinition, values: SecretValues, launch_type: LaunchType, region: str
) -> dict[str, dict[str, str]]:
    """Return the secrets of each container by variable. Raises `SecretsMissingError`.

    Those of log drivers are asked for as well: on AWS the task would not start without.
    """
    found: dict[str, dict[str, str]] = {}
    failures: list[SecretUnavailableError] = []
    for container in definition.container_definitions:
        log = container.log_configuration
        found[container.name] = _gathered(container.secrets, values, failures)
        _gathered(() if log is None else log.secret_options, values, failures)
    if failures:
        reason = reason_of(failures, launch_type, region)
        raise SecretsMissingError(reason, (failure.hint for failure in failures))
    return found


def _gathered(
    secrets: Iterable[Secret], values: SecretValues, failures: list[SecretUnavailableError]
) -> dict[str, str]:
    found = {}
    for secret in secrets:
        try:
            found[secret.name] = values.value(secret.value_from)
        except SecretUnavailableError as failure:
            failures.append(failure)
    return found


def reason_of(failures: list[SecretUnavailableError], launch_type: LaunchType, region: str) -> str:
    """Return what ECS says of the first secret that is missing (pure)."""
    first = failures[0]
    fargate = launch_type is LaunchType.FARGATE
    if first.complaint is None:
        names = ",".join(f.reference.value_from for f in failures if f.complaint is None)
        if fargate:
            return (
                f"{_FARGATE}unable to retrieve secrets from ssm: {_RETRIED}"
                f"invalid ssm parameters: {names}"
            )
        region = first.reference.region or region
        store = f"SSM Parameter Store in {region}"
        return f"Fetching secret data from {store}: invalid parameters: {names}"
    secret, complaint = first.reference.secret, first.complaint
    missing = complaint.startswith("ResourceNotFoundException")
    if fargate:
        what = f"failed to fetch secret {secret} from secrets manager: " if missing else ""
        return f"{_FARGATE}unable to retrieve secret from asm: {_RETRIED}{what}{complaint}"
    if missing:
        return (
            f"ResourceNotFoundException: The task can't retrieve the secret with ARN '{secret}' "
            "from AWS Secrets Manager. Check whether the secret exists in the specified Region: "
            f"{complaint}"
        )
    return complaint[0].upper() + complaint[1:]
