"""Parameters of Systems Manager and secrets of Secrets Manager, with the values that files say."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from emulator.definitions.terraform.items import Item
from emulator.definitions.terraform.plain_values import as_text
from emulator.definitions.terraform.values import EvaluationError, UndeterminedError
from emulator.model.environment import DeclaredSecret

_PARAMETER: Final = "aws_ssm_parameter"
_SECRET: Final = "aws_secretsmanager_secret"  # noqa: S105 - a type
_VERSION: Final = "aws_secretsmanager_secret_version"
TYPES: Final = (_PARAMETER, _SECRET, _VERSION)

_OF_PARAMETER: Final = ("value", "insecure_value", "value_wo")
_OF_VERSION: Final = ("secret_string", "secret_string_wo")


def read_secrets(by_type: Mapping[str, Sequence[Item]]) -> list[DeclaredSecret]:
    """Return what resources of the `TYPES` declare.

    A value that is unknown, or that Terraform leaves to somebody else (`ignore_changes`), is None.
    """
    return [*_parameters(by_type[_PARAMETER]), *_secrets(by_type[_SECRET], by_type[_VERSION])]


def _parameters(items: Iterable[Item]) -> Iterator[DeclaredSecret]:
    for item in items:
        if name := _known(item, "name"):
            value = _value(item, _OF_PARAMETER)
            yield DeclaredSecret(name=name, value=value, source=item.source)


def _secrets(items: Iterable[Item], versions: Iterable[Item]) -> Iterator[DeclaredSecret]:
    values = {}
    for version in versions:
        if arn := _known(version, "secret_id"):
            values[arn] = _value(version, _OF_VERSION)
    for item in items:
        if name := _known(item, "name"):
            arn = _known(item, "arn") or ""
            value = values.get(arn, values.get(name))
            yield DeclaredSecret(name=name, secrets_manager=True, value=value, source=item.source)


def _value(item: Item, names: Sequence[str]) -> str | None:
    if item.ignores(*names):
        return None
    return next((text for name in names if (text := _known(item, name)) is not None), None)


def _known(item: Item, name: str) -> str | None:
    try:
        value = item.value(name)
        return None if value is None or not value.known else as_text(value)
    except (EvaluationError, UndeterminedError, RecursionError):
        return None
