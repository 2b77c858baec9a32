"""CloudFormation's PascalCase becomes the camelCase of the ECS API, by schema.

The keys of free mappings stay as they are written (log options, labels), and values get the type
that the API has: templates may write numbers and truth values as text, and text as either.
AWS: AWS::ECS::TaskDefinition in the template reference; RegisterTaskDefinition in the ECS API.
"""

import re
from typing import Final

from emulator.definitions import api_types
from emulator.definitions.cloudformation.functions import as_text
from emulator.definitions.nodes import Node


def _pascal(names: frozenset[str]) -> frozenset[str]:
    return frozenset(name[:1].upper() + name[1:] for name in names)


FREE: Final = _pascal(api_types.FREE)
"""Mappings whose keys are the user's."""

NUMBERS: Final = _pascal(api_types.NUMBERS)
TRUTHS: Final = _pascal(api_types.TRUTHS)
IRREGULAR: Final = {
    "EFSVolumeConfiguration": "efsVolumeConfiguration",
    "FilesystemId": "fileSystemId",
    "FSxWindowsFileServerVolumeConfiguration": "fsxWindowsFileServerVolumeConfiguration",
    "IAM": "iam",
    "ProxyConfigurationProperties": "properties",
    "S3FilesVolumeConfiguration": "s3filesVolumeConfiguration",
}
"""What the template reference calls by another name than the API, after whose letters others go."""

_NUMBER: Final = re.compile(r"-?\d{1,9}", re.ASCII)


def camel_case(node: Node) -> Node:
    """Return a resource's properties as the API takes them."""
    value = node.value
    if isinstance(value, dict):
        made = {api_name(key): api_value(key, child) for key, child in value.items()}
        return Node(made, node.source, node.guess)
    if isinstance(value, list):
        return Node([camel_case(item) for item in value], node.source, node.guess)
    return _as_text(node)


def api_name(key: str) -> str:
    """Return the API's name of a property."""
    return IRREGULAR.get(key) or key[:1].lower() + key[1:]


def api_value(key: str, node: Node) -> Node:
    """Return the value of a property as the API takes it."""
    if key in FREE and isinstance(node.value, dict):
        made = {name: _as_text(child) for name, child in node.value.items()}
        return Node(made, node.source, node.guess)
    if isinstance(node.value, dict):
        return camel_case(node)
    if isinstance(node.value, list):
        return Node([api_value(key, item) for item in node.value], node.source, node.guess)
    if key in NUMBERS:
        return _as_number(node)
    return _as_truth(node) if key in TRUTHS else _as_text(node)


def _as_number(node: Node) -> Node:
    if isinstance(node.value, str) and _NUMBER.fullmatch(node.value):
        return Node(int(node.value), node.source, node.guess)
    return node


def _as_truth(node: Node) -> Node:
    if isinstance(node.value, str) and node.value.lower() in ("true", "false"):
        return Node(node.value.lower() == "true", node.source, node.guess)
    return node


def _as_text(node: Node) -> Node:
    if node.value is None or isinstance(node.value, str | dict | list):
        return node
    return Node(as_text(node), node.source, node.guess)
