"""`roles` of ecs-local.yaml: IAM roles as far as lint judges them, in the shape `config` prints."""

from typing import Final

from emulator.definitions.nodes import Fields, Node, Problems
from emulator.definitions.policies import read_statements
from emulator.model.roles import Role

_STATEMENT: Final = (
    *("Action", "Condition", "Effect", "NotAction", "NotResource", "Resource", "Sid"),
)


def read_declared_roles(fields: Fields, problems: Problems) -> list[Role]:
    """Take `roles`, by name: who may assume each, and what it allows.

    Statements are those of an IAM policy document. AWS: "IAM JSON policy elements".
    """
    return [_role(name, node, problems) for name, node in fields.entries("roles")]


def _role(name: str, node: Node, problems: Problems) -> Role:
    fields = Fields(node, f"roles.{name}", problems)
    statements = fields.items("statements")
    for item in statements:
        _check(item, problems)
    role = Role(
        name=name,
        trusted=fields.texts("trustedPrincipals") or (),
        statements=read_statements(Node({"Statement": Node(statements, node.source)}, node.source)),
        managed_policies=fields.texts("managedPolicyArns") or (),
        complete=fields.boolean("complete", default=True),
        source=node.source,
    )
    fields.refuse_rest()
    return role


def _check(item: Node, problems: Problems) -> None:
    """Check the keys of a statement, and that its effect is one of both."""
    fields = Fields(item, "the statement", problems)
    fields.choice("Effect", among=("Allow", "Deny"))
    fields.has(*_STATEMENT)
    fields.refuse_rest()
