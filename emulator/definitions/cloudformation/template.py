"""The text of a template becomes its sections; short tags become the long form."""

from dataclasses import dataclass, field, replace
from typing import Final

from emulator.definitions.json_text import parse_json
from emulator.definitions.nodes import Node, ValueBudget, child, failure
from emulator.definitions.yaml_text import parse_yaml
from emulator.errors import SourceRef

INTRINSICS: Final = (
    *("And", "Base64", "Cidr", "Equals", "FindInMap", "GetAtt", "GetAZs", "If", "ImportValue"),
    *("Join", "Length", "Not", "Or", "Select", "Split", "Sub", "ToJsonString", "Transform"),
)
TAGS: Final = {
    "!Ref": "Ref",
    "!Condition": "Condition",
    **{f"!{name}": f"Fn::{name}" for name in INTRINSICS},
}
LANGUAGE_EXTENSIONS: Final = "AWS::LanguageExtensions"
IGNORED_TRANSFORMS: Final = (LANGUAGE_EXTENSIONS, "AWS::Serverless-2016-10-31")
"""Transforms that leave ECS resources as they are, or are done here."""


@dataclass(slots=True)
class Template:
    """The sections of a template, by name; `transforms` are the macros it asks for."""

    root: Node
    parameters: dict[str, Node] = field(default_factory=dict)
    mappings: dict[str, Node] = field(default_factory=dict)
    conditions: dict[str, Node] = field(default_factory=dict)
    resources: dict[str, Node] = field(default_factory=dict)
    outputs: dict[str, Node] = field(default_factory=dict)
    transforms: tuple[str, ...] = ()

    def resource_type(self, logical_id: str) -> str:
        """Return the type of a resource, or "" where it has none."""
        return _text(self.resources[logical_id], "Type")

    def written(self, logical_id: str, name: str) -> Node | None:
        """Return a property of a resource as it is written."""
        return child(child(self.resources[logical_id], "Properties"), name)

    def copy(self) -> "Template":
        """Return it with sections of its own, which the loops of one stack are written out in."""
        return replace(
            self,
            conditions=dict(self.conditions),
            resources=dict(self.resources),
            outputs=dict(self.outputs),
        )

    @property
    def extended(self) -> bool:
        """Whether the template asks for the language extensions, Fn::ForEach among them."""
        return LANGUAGE_EXTENSIONS in self.transforms


def parse_template(text: str, path: str, budget: ValueBudget | None = None) -> Template:
    """Return a template's sections. Raises `DefinitionError`.

    `budget` is that of templates which are read as one; None: this one has its own.
    """
    if text.lstrip().startswith("{"):
        root = parse_json(text, path, budget=budget)
    else:
        root = parse_yaml(text, path, tags=TAGS, budget=budget)
    if not isinstance(root.value, dict):
        raise failure(f"a template is a mapping, not {root.kind}", SourceRef(path))
    return Template(
        root,
        parameters=_section(root, "Parameters"),
        mappings=_section(root, "Mappings"),
        conditions=_section(root, "Conditions"),
        resources=_section(root, "Resources"),
        outputs=_section(root, "Outputs"),
        transforms=_transforms(root),
    )


def _section(root: Node, name: str) -> dict[str, Node]:
    node = child(root, name)
    if node is None or node.value is None:
        return {}
    if not isinstance(node.value, dict):
        raise failure(f"{name} must be a mapping, not {node.kind}", node.source)
    return node.value


def _transforms(root: Node) -> tuple[str, ...]:
    node = child(root, "Transform")
    if node is None:
        return ()
    items = node.value if isinstance(node.value, list) else [node]
    return tuple(item.value for item in items if isinstance(item.value, str))


def _text(node: Node, name: str) -> str:
    found = child(node, name)
    return found.value if found is not None and isinstance(found.value, str) else ""
