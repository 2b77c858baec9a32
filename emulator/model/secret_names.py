"""Which secret a `valueFrom` means, and which entry of `local.secrets` stands for it (pure).

AWS: "Pass Secrets Manager secrets through Amazon ECS environment variables", and the same for
Systems Manager parameters. The agent takes everything that is no ARN of Secrets Manager for a
parameter.
"""

import re
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from typing import Final

from emulator.values import frozen

_SECRETS_MANAGER: Final = re.compile(
    r"arn:[\w-]+:secretsmanager:(?P<region>[\w-]*):[^:]*:(?P<resource>.*)", re.DOTALL
)
_PARAMETER: Final = re.compile(r"arn:[\w-]+:ssm:(?P<region>[\w-]*):[^:]*:parameter(?P<name>/.*)")
_KEYED: Final = re.compile(
    r"(?P<name>.+?):(?P<key>[^:]*):(?P<stage>[^:]*):(?P<id>[^:]*)", re.DOTALL
)
_SUFFIX: Final = re.compile(r"-[A-Za-z0-9]{6}", re.ASCII)
_GLOB: Final = re.compile(r"[*?\[]")


@frozen
class SecretReference:
    """What a `valueFrom` asks for.

    `secret` is the secret's ARN, or the parameter's name or ARN, as written; `name` its name
    alone. `json_key`, `version_stage` and `version_id` are "" where they are not said; a parameter
    has none of them. `malformed`: an ARN of Secrets Manager that the agent would refuse.
    """

    value_from: str
    secret: str
    name: str
    secrets_manager: bool
    region: str = ""
    json_key: str = ""
    version_stage: str = ""
    version_id: str = ""
    malformed: bool = False


def parse_value_from(text: str) -> SecretReference:
    """Return what a `valueFrom` asks for.

    A placeholder for an ARN that only AWS knows, `${…}`, counts as one of Secrets Manager where a
    JSON key follows it.
    """
    arn = _SECRETS_MANAGER.fullmatch(text)
    if arn is not None:
        return _of_secrets_manager(text, arn["region"], arn["resource"])
    if text.startswith("${") and (keyed := _KEYED.fullmatch(text)) is not None:
        return _keyed(text, "", keyed["name"], keyed)
    parameter = _PARAMETER.fullmatch(text)
    if parameter is None:
        return SecretReference(value_from=text, secret=text, name=text, secrets_manager=False)
    return SecretReference(
        value_from=text,
        secret=text,
        name=parameter["name"],
        secrets_manager=False,
        region=parameter["region"],
    )


def _of_secrets_manager(text: str, region: str, resource: str) -> SecretReference:
    parts = resource.split(":")
    if len(parts) == 5 and parts[0] == "secret":
        keyed = _KEYED.fullmatch(text)
        if keyed is not None:
            return _keyed(text, region, parts[1], keyed)
    return SecretReference(
        value_from=text,
        secret=text,
        name=parts[1] if len(parts) > 1 else resource,
        secrets_manager=True,
        region=region,
        malformed=len(parts) != 2 or parts[0] != "secret",
    )


def _keyed(text: str, region: str, name: str, keyed: re.Match[str]) -> SecretReference:
    return SecretReference(
        value_from=text,
        secret=keyed["name"],
        name=name,
        secrets_manager=True,
        region=region,
        json_key=keyed["key"],
        version_stage=keyed["stage"],
        version_id=keyed["id"],
    )


def find_entry(reference: SecretReference, names: Iterable[str]) -> str | None:
    """Return the name of the entry that stands for a secret: the most exact one, or None.

    In this order: the whole `valueFrom`, the ARN, the name; each with the six characters that
    Secrets Manager appends, then without them, on either side; then the first glob that matches
    one of these.
    """
    known = list(names)
    wanted = list(dict.fromkeys(_forms(reference)))
    for form in wanted:
        if form in known:
            return form
    if reference.secrets_manager:
        for name in known:
            if _without_suffix(name) in wanted:
                return name
    globs = (name for name in known if _GLOB.search(name))
    return next((g for g in globs if any(fnmatchcase(form, g) for form in wanted)), None)


def _forms(reference: SecretReference) -> Iterator[str]:
    yield reference.value_from
    yield reference.secret
    if not reference.secrets_manager:
        yield reference.name
        # A parameter at the root is called by its name with a slash and without it.
        slash, bare = reference.name[:1] == "/", reference.name.removeprefix("/")
        if "/" not in bare:
            yield bare if slash else f"/{bare}"
        return
    yield _without_suffix(reference.secret)
    yield reference.name
    yield _without_suffix(reference.name)


def _without_suffix(text: str) -> str:
    return text[:-7] if _SUFFIX.fullmatch(text[-7:]) else text
