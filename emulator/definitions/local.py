"""The `local:` part of ecs-local.yaml: what AWS would not know."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

from emulator.definitions.files import Project, lies_in
from emulator.definitions.local_endpoints import (
    read_credentials,
    read_endpoint_url,
    read_endpoints,
)
from emulator.definitions.local_images import read_local_images
from emulator.definitions.local_rules import (
    MOST_TASKS,
    number,
    read_history_limits,
    read_local_rules,
)
from emulator.definitions.local_secrets import absolute, read_secret_sources
from emulator.definitions.nodes import Fields, Node, Problems, child, did_you_mean
from emulator.definitions.regions import read_region
from emulator.definitions.sinks import read_sinks
from emulator.errors import SourceRef
from emulator.model.definitions import Local, Permission
from emulator.model.pull_policy import PullPolicy

LATER: Final = ("vars",)
"""Keys that are planned: refused by name until they do something."""

MAXIMUM_CHAIN: Final = 100
_ACCOUNT: Final = re.compile(r"\d{12}", re.ASCII)


class LocalPart(NamedTuple):
    """`local:` with the region and account that stand in for AWS's.

    `volume_places` says where each of `local.volumes` stands.
    """

    local: Local
    volume_places: Mapping[str, SourceRef]
    region: str | None = None
    account: str | None = None


def read_local(fields: Fields, directory: Path, project: Project, problems: Problems) -> LocalPart:
    """Return what `local:` says; its relative paths begin at `directory`."""
    account = fields.text("account")
    if account is not None and not _ACCOUNT.fullmatch(account):
        message = f"account {account!r} is not 12 digits"
        hint = "quote it, so that leading zeros stay: '000000000000'"
        problems.error(message, fields.place("account"), hint=hint)
    region = read_region(fields, problems)
    pull = fields.member("pull", of=PullPolicy)
    allow = _allow(fields, problems)
    secrets, secrets_file = read_secret_sources(fields, directory, problems)
    if Permission.HOST_PATHS in allow:
        project = Project(Path(directory.absolute().anchor))
    part = LocalPart(
        Local(
            pull=pull or PullPolicy.MISSING,
            images=read_local_images(fields, directory, project, problems),
            env=fields.mapping("env"),
            secrets=secrets,
            secrets_file=secrets_file,
            env_files=_env_files(fields, directory, problems),
            endpoints=read_endpoints(fields, problems),
            endpoint_url=read_endpoint_url(fields, problems),
            credentials=read_credentials(fields, problems),
            networks=fields.texts("networks") or (),
            volumes=_volumes(fields, directory, problems),
            allow=allow,
            bind_address=_bind_address(fields, problems),
            concurrency=number(fields, "concurrency", MOST_TASKS, problems),
            history=read_history_limits(fields, problems),
            rules=read_local_rules(fields, problems),
            chain_limit=_chain_limit(fields, problems),
            prewarm=fields.boolean("prewarm", default=True),
            sinks=read_sinks(fields, problems) if "sinks" in fields else (),
        ),
        volume_places={name: node.source for name, node in fields.entries("volumes")},
        region=region,
        account=account,
    )
    _refuse_later(fields, LATER, "local.", problems)
    fields.refuse_rest()
    return part


def places_of_rules(local: Node | None) -> dict[str, Node]:
    """Return where `local:` says something of each rule."""
    rules = None if local is None else child(local, "rules")
    return dict(rules.value) if rules and isinstance(rules.value, dict) else {}


def _env_files(fields: Fields, directory: Path, problems: Problems) -> dict[str, str]:
    """Take files by the object of S3 they stand for; none of them lies outside of the project."""
    root = directory.absolute()
    found = {}
    for name, node in fields.entries("envFiles"):
        text = node.text if isinstance(node.value, str) else ""
        path = absolute(text, root)
        if not text or not lies_in(Path(path), root):
            message = f"local.envFiles.{name}: {text!r} is not a path within the project"
            problems.error(message, node.source)
        else:
            found[name] = path
    return found


def _volumes(fields: Fields, directory: Path, problems: Problems) -> dict[str, str]:
    """Take directories by the volume or file system they stand for, as absolute paths."""
    found = {}
    for name, text in fields.mapping("volumes").items():
        path = Path(os.path.normpath(directory.absolute() / Path(text).expanduser()))
        if ":" in str(path):
            message = f"local.volumes.{name}: a path here has no colon: {path}"
            problems.error(message, fields.place("volumes"))
        else:
            found[name] = str(path)
    return found


def _allow(fields: Fields, problems: Problems) -> frozenset[Permission]:
    found = set()
    for word in fields.texts("allow") or ():
        if word in tuple(Permission):
            found.add(Permission(word))
            continue
        known = tuple(Permission)
        problems.error(
            f"local.allow: {word!r} is not one of {', '.join(known)}",
            fields.place("allow"),
            hint=did_you_mean(word, known),
        )
    return frozenset(found)


def _bind_address(fields: Fields, problems: Problems) -> str:
    text = fields.text("bindAddress")
    if text is None:
        return Local().bind_address
    from emulator.definitions.container_networking import is_address

    if not is_address(text):
        message = f"local.bindAddress: {text!r} is not an IP address"
        problems.error(message, fields.place("bindAddress"))
        return Local().bind_address
    return text


def _chain_limit(fields: Fields, problems: Problems) -> int:
    limit = fields.integer("chainLimit")
    if limit is not None and not 1 <= limit <= MAXIMUM_CHAIN:
        message = f"local.chainLimit is 1 to {MAXIMUM_CHAIN}, not {limit}"
        problems.error(message, fields.place("chainLimit"))
    return Local().chain_limit if limit is None else limit


def _refuse_later(fields: Fields, names: tuple[str, ...], prefix: str, problems: Problems) -> None:
    for name in names:
        node = fields.take(name)
        if node is not None and not node.empty:
            problems.error(f"{prefix}{name} is not supported yet", node.source)
