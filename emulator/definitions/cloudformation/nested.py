"""Where the template of a nested stack is: beside the one that nests it, or out of reach.

`aws cloudformation package` and SAM take a path; CDK notes the file in the resource's metadata,
where it is asked to, and in the manifest of what is uploaded.
AWS: AWS::CloudFormation::Stack in the template reference; AWS::Serverless::Application in SAM's.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from emulator.definitions.cloudformation.template import Template
from emulator.definitions.nodes import Node, child

OUTPUTS: Final = "Outputs."
"""What the attributes of a nested stack begin with."""

PLACES: Final = {
    "AWS::CloudFormation::Stack": "TemplateURL",
    "AWS::Serverless::Application": "Location",
}
"""The types of nested stacks, and the property that says where the template is."""

_REMOTE: Final = re.compile(r"(?:https?|s3)://", re.IGNORECASE)
_WRITTEN: Final = re.compile(
    r"""["']?\b(?:TemplateURL|Location)["']?\s*:\s*(?:"([^"\n]+)"|'([^'\n]+)'|([^\s"'{\[!,}]+))"""
)


def is_nested(kind: str) -> bool:
    """Return whether resources of a type are nested stacks."""
    return kind in PLACES


def place_of(
    template: Template, logical_id: str, properties: Node, assets: Mapping[str, Node]
) -> Node | None:
    """Return the path of a nested stack's template; None for one that is not on this machine.

    `properties` are those of the resource, resolved; `assets` the files that are uploaded before,
    by the name that they get.
    """
    name = PLACES[template.resource_type(logical_id)]
    metadata = child(template.resources[logical_id], "Metadata")
    asset, of = child(metadata, "aws:asset:path"), child(metadata, "aws:asset:property")
    if asset is not None and isinstance(asset.value, str) and (of is None or of.value == name):
        return asset
    place = child(properties, name)
    if place is None or not isinstance(place.value, str):
        return None
    if _REMOTE.match(place.value):
        return assets.get(place.value.rpartition("/")[2])
    return None if place.guess is not None else place


def nested_beside(path: Path, text: str) -> Iterator[Path]:
    """Yield the files that a template's text names as templates of nested stacks.

    Only what stands there as it is: for the search, which must know them before it reads any.
    """
    if not any(kind in text for kind in PLACES):
        return
    for match in _WRITTEN.finditer(text):
        name = match[1] or match[2] or match[3]
        if "\0" not in name and not _REMOTE.match(name):
            yield path.parent / name
