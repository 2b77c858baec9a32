"""IAM roles with their policies, as far as they decide whether a rule may run its task."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from emulator.definitions.policies import read_statements, read_trust
from emulator.definitions.terraform.drafts import Draft
from emulator.definitions.terraform.items import Item
from emulator.definitions.terraform.plain_values import as_list
from emulator.definitions.terraform.telling import Telling
from emulator.definitions.terraform.values import EvaluationError, Value
from emulator.errors import SourceRef
from emulator.model.roles import Role, Statement

TYPES: Final = (
    "aws_iam_role",
    "aws_iam_role_policy",
    "aws_iam_role_policy_attachment",
    "aws_iam_policy",
    "aws_iam_policy_attachment",
)


@dataclass(slots=True)
class _RoleDraft:
    trusted: tuple[str, ...]
    source: SourceRef
    statements: list[Statement] = field(default_factory=list)
    managed: list[str] = field(default_factory=list)
    complete: bool = True


def read_roles(items: Iterable[Item], world: Telling) -> list[Role]:
    """Return the roles that resources declare.

    What cannot be read makes a role incomplete; what Terraform would refuse is told of, too.
    """
    by_type: dict[str, list[Item]] = {name: [] for name in TYPES}
    for item in items:
        by_type[item.type].append(item)
    roles = {
        name: draft
        for item in by_type["aws_iam_role"]
        if (name := _text(item, "name"))
        for draft in [_role(item, world)]
    }
    policies = {arn: item for item in by_type["aws_iam_policy"] if (arn := _text(item, "arn"))}
    for item in by_type["aws_iam_role_policy"]:
        _add_policy(roles, _text(item, "role"), item, world)
    for item in by_type["aws_iam_role_policy_attachment"]:
        _attach(roles, [_text(item, "role")], _text(item, "policy_arn"), policies, world)
    for item in by_type["aws_iam_policy_attachment"]:
        _attach(roles, _texts(item, "roles"), _text(item, "policy_arn"), policies, world)
    return [
        Role(
            name=name,
            trusted=draft.trusted,
            statements=tuple(draft.statements),
            managed_policies=tuple(draft.managed),
            complete=draft.complete,
            source=draft.source,
        )
        for name, draft in roles.items()
    ]


def _role(item: Item, world: Telling) -> _RoleDraft:
    draft = Draft(world.budget)
    found = _RoleDraft((), item.source)
    try:
        trust = item.value("assume_role_policy")
        if trust is not None:
            found.trusted = read_trust(draft.document(trust))
        found.complete = trust is not None
        for block in item.blocks("inline_policy"):
            policy = block.value("policy")
            if policy is not None:
                found.statements += read_statements(draft.document(policy))
        found.managed += _texts(item, "managed_policy_arns")
    except EvaluationError as error:
        _unread(item, error, world)
        found.complete = False
    found.complete = found.complete and not draft.gaps
    return found


def _add_policy(roles: dict[str, _RoleDraft], name: str | None, item: Item, world: Telling) -> None:
    role = roles.get(name or "")
    if role is None:
        return
    draft = Draft(world.budget)
    try:
        policy = item.value("policy")
        if policy is not None:
            role.statements += read_statements(draft.document(policy))
    except EvaluationError as error:
        _unread(item, error, world)
        role.complete = False
    role.complete = role.complete and not draft.gaps


def _attach(
    roles: dict[str, _RoleDraft],
    names: Iterable[str | None],
    arn: str | None,
    policies: dict[str, Item],
    world: Telling,
) -> None:
    for name in names:
        role = roles.get((name or "").rpartition("/")[2])
        if role is None:
            continue
        if arn is None:
            role.complete = False
        elif arn in policies:
            _add_policy(roles, name, policies[arn], world)
        else:
            role.managed.append(arn)


def _unread(item: Item, error: EvaluationError, world: Telling) -> None:
    world.unread.append((item.address, error, error.source or item.source))


def _text(item: Item, name: str) -> str | None:
    try:
        value = item.value(name)
    except EvaluationError:
        return None
    return value.content if value is not None and isinstance(value.content, str) else None


def _texts(item: Item, name: str) -> list[str]:
    value: Value | None = item.value(name)
    if value is None or not value.known:
        return []
    return [entry.content for entry in as_list(value) if isinstance(entry.content, str)]
