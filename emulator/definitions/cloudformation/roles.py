"""IAM roles and policies of a template, as far as they decide whether a rule may run its task."""

from dataclasses import dataclass, field

from emulator.definitions.cloudformation.functions import as_text
from emulator.definitions.cloudformation.template import Template
from emulator.definitions.cloudformation.values import TRANSFORM, Values
from emulator.definitions.nodes import Node, child
from emulator.definitions.policies import read_statements, read_trust
from emulator.model.names import short_name
from emulator.model.roles import Role, Statement

ROLE = "AWS::IAM::Role"
POLICIES = ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy")


@dataclass(slots=True)
class _Draft:
    """A role while its policies are gathered."""

    node: Node
    trusted: tuple[str, ...] = ()
    statements: list[Statement] = field(default_factory=list)
    managed: list[str] = field(default_factory=list)
    complete: bool = True


Attached = dict[str, list[Statement]]
"""The statements of policies by the name of a role that another template declares."""


def read_roles(
    template: Template, values: Values, logical_ids: list[str]
) -> tuple[list[Role], Attached]:
    """Return the roles of a template with its policies, and what it attaches to other roles."""
    drafts: dict[str, _Draft] = {}
    others: Attached = {}
    for logical_id in logical_ids:
        if template.resource_type(logical_id) == ROLE:
            name = str(values.name_of(logical_id).value)
            drafts[name] = _role(template.resources[logical_id], values)
    for logical_id in logical_ids:
        if template.resource_type(logical_id) in POLICIES:
            _attach(template, logical_id, values, drafts, others)
    roles = [
        Role(
            name=name,
            trusted=draft.trusted,
            statements=tuple(draft.statements),
            managed_policies=tuple(draft.managed),
            complete=draft.complete,
            source=draft.node.source,
        )
        for name, draft in drafts.items()
    ]
    return roles, others


def _role(resource: Node, values: Values) -> _Draft:
    properties = _properties(resource, values)
    draft = _Draft(resource)
    trust = child(properties, "AssumeRolePolicyDocument")
    draft.trusted = read_trust(trust)
    for policy in _items(child(properties, "Policies")):
        draft.statements += read_statements(child(policy, "PolicyDocument"))
    draft.managed += _texts(child(properties, "ManagedPolicyArns"))
    draft.complete = properties.guess is None and not _includes(child(resource, "Properties"))
    return draft


def _includes(node: Node | None) -> bool:
    """Return whether a macro may add to a value what is not known here."""
    if node is None or not isinstance(node.value, dict | list):
        return False
    if isinstance(node.value, list):
        return any(map(_includes, node.value))
    return TRANSFORM in node.value or any(map(_includes, node.value.values()))


def _attach(
    template: Template,
    logical_id: str,
    values: Values,
    drafts: dict[str, _Draft],
    others: Attached,
) -> None:
    properties = _properties(template.resources[logical_id], values)
    statements = read_statements(child(properties, "PolicyDocument"))
    single = child(properties, "RoleName")
    names = _texts(child(properties, "Roles")) + ([] if single is None else _texts(single))
    for name in names:
        draft = drafts.get(short_name(name))
        known = others.setdefault(short_name(name), []) if draft is None else draft.statements
        known += statements


def _properties(resource: Node, values: Values) -> Node:
    properties = child(resource, "Properties") or Node({}, resource.source)
    return values.value(properties) or Node({}, resource.source)


def _items(node: Node | None) -> list[Node]:
    if node is None or node.value is None:
        return []
    return node.value if isinstance(node.value, list) else [node]


def _texts(node: Node | None) -> list[str]:
    return [
        as_text(item)
        for item in _items(node)
        if item.value is not None and not isinstance(item.value, dict | list)
    ]
