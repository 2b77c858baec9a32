"""IAM policy documents become statements, as far as lint judges them.

AWS: "IAM JSON policy elements" in the IAM User Guide. One value and a list of one are the same
there. Nothing is refused: a document that IAM would not take is no business of a local run.
"""

from collections.abc import Iterator

from emulator.definitions.nodes import Node, child, scalar_text
from emulator.model.roles import Statement


def read_statements(document: Node | None) -> tuple[Statement, ...]:
    """Return the statements of a policy document; one that holds none has none."""
    return tuple(
        Statement(
            allow=_first(node, "Effect") != "Deny",
            actions=_texts(node, "Action"),
            not_actions=_texts(node, "NotAction"),
            resources=_texts(node, "Resource"),
            not_resources=_texts(node, "NotResource"),
            conditions=_conditions(node),
            source=node.source,
        )
        for node in _items(child(document, "Statement"))
    )


def read_trust(document: Node | None) -> tuple[str, ...]:
    """Return the principals that a trust policy lets assume its role."""
    found: list[str] = []
    for node in _items(child(document, "Statement")):
        principal = child(node, "Principal")
        if principal is None or _first(node, "Effect") == "Deny":
            continue
        kinds = principal.value.values() if isinstance(principal.value, dict) else [principal]
        found += [scalar_text(item.value) for kind in kinds for item in _items(kind)]
    return tuple(dict.fromkeys(found))


def _conditions(node: Node) -> dict[str, dict[str, tuple[str, ...]]]:
    conditions = child(node, "Condition")
    if conditions is None or not isinstance(conditions.value, dict):
        return {}
    return {
        operator: {key: _scalars(values) for key, values in keys.value.items()}
        for operator, keys in conditions.value.items()
        if isinstance(keys.value, dict)
    }


def _items(node: Node | None) -> Iterator[Node]:
    if node is not None:
        yield from node.value if isinstance(node.value, list) else [node]


def _scalars(node: Node | None) -> tuple[str, ...]:
    return tuple(
        scalar_text(item.value)
        for item in _items(node)
        if not isinstance(item.value, dict | list | None)
    )


def _texts(node: Node, key: str) -> tuple[str, ...]:
    return _scalars(child(node, key))


def _first(node: Node, key: str) -> str | None:
    return next(iter(_texts(node, key)), None)
