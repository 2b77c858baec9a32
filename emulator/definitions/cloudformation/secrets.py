"""Parameters of Systems Manager and secrets of Secrets Manager, with the values that templates say.

AWS: AWS::SSM::Parameter and AWS::SecretsManager::Secret in the template reference.
"""

from typing import Final

from emulator.definitions.cloudformation.functions import as_text
from emulator.definitions.nodes import Node, child
from emulator.model.environment import DeclaredSecret

VALUE_KEYS: Final = {"AWS::SSM::Parameter": "Value", "AWS::SecretsManager::Secret": "SecretString"}
"""The types of resources that declare one, and the property that is its value."""


def declared_secret(kind: str, name: Node, properties: Node) -> DeclaredSecret | None:
    """Return what a resource of such a type declares; None where its name is not known.

    What Secrets Manager generates, or only AWS knows, is no value.
    """
    if name.value is None or (name.guess and "${" in str(name.value)):
        return None
    value = child(properties, VALUE_KEYS[kind])
    known = value is not None and value.guess is None and not isinstance(value.value, dict | list)
    return DeclaredSecret(
        name=str(name.value),
        secrets_manager=kind == "AWS::SecretsManager::Secret",
        value=as_text(value) if known and value is not None else None,
        source=properties.source,
    )
